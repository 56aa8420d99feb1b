"""What went wrong in a call, found by rules over its events: no model, and cheap enough for every call."""

from switchboard.ledger.rules.finding import Finding, Rule, findings

__all__ = ["Finding", "Rule", "findings"]
