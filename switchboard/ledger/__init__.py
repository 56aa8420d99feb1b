"""What happened in every call, event by event: the one source for views, metrics and reports."""

from switchboard.ledger.ledger import Lag, Ledger, Listener

__all__ = ["Lag", "Ledger", "Listener"]
