"""A real LiveKit server for the tests that ask for one."""

from tests.livekit import livekit_server

__all__ = ["livekit_server"]
