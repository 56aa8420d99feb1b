"""A line as data: its agents, who hands to whom, in which voice, with what of the conversation."""
