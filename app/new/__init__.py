"""`main.py new`: an agent, a tool or a line written where it belongs; all of it, or nothing."""
