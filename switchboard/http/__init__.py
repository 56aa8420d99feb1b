"""The web app: callers get their calls here, and our page. LiveKit's server carries the audio."""

from switchboard.http.app import create_app

__all__ = ["create_app"]
