"""The call's realtime model and its one session: LiveKit's, with what a call of several agents needs besides."""

from switchboard.realtime.model import CallModel
from switchboard.realtime.session import CallSession

__all__ = ["CallModel", "CallSession"]
