"""What calls by voice are held on."""

from tests.livekit import livekit_server

__all__ = ["livekit_server"]
