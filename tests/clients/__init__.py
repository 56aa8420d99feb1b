"""Clients that nobody here wrote, against the simulator. `python -m tests.clients` fetches them."""
