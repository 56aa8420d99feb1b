"""What happened in every call, event by event: the one source for views, metrics and reports."""

from switchboard.ledger.ledger import Ledger, Listener

__all__ = ["Ledger", "Listener"]
