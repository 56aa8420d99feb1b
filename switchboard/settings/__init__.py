"""The settings of a process: what they are, what is wrong with them, where they are read."""
