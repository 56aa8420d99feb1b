"""The whole stack on one machine: LiveKit's server and our own parts as child processes, and the page built for them.

Nothing here reads the environment: `Machine` is given what it needs.
"""
