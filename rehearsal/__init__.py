"""Calls on trial: who calls and what must hold is written down, and each call is held, offline or live, and judged."""
