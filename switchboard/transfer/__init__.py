"""People: a caller who is put through to one, for good or with a briefing first."""
