"""A call's LiveKit room: its caller, what they hear, what they type."""
