"""The web app: callers get their calls here, and our page. LiveKit's server carries the audio."""

from switchboard.http.app import create_app
from switchboard.http.options import HttpSettings

__all__ = ["HttpSettings", "create_app"]
