"""Which agents make up a line, who hands to whom, in which voice."""
