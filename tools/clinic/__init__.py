"""What the agents of the practice's line can do."""
