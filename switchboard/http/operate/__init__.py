"""The operators' part of the web app: sign-in, their API, their live feed and their page."""

from switchboard.http.operate.operators import operator_routes

__all__ = ["operator_routes"]
