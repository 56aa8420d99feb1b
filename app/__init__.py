"""What the commands of `main.py` do, and the composition: settings and lines become something that runs."""
