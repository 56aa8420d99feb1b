"""A small line and all that a real call needs around it: a simulator, a loudspeaker, a microphone."""
