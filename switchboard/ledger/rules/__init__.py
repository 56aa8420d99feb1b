"""What went wrong in a call, found by rules over its events: no model, and cheap enough for every call."""

from collections.abc import Mapping

from switchboard.ledger.rules.again import asked_again
from switchboard.ledger.rules.deeds import said_not_done
from switchboard.ledger.rules.facts import asked_twice
from switchboard.ledger.rules.overlap import talked_over
from switchboard.ledger.rules.people import no_person
from switchboard.ledger.rules.rule import Finding, Rule, findings, rule
from switchboard.ledger.rules.silence import dead_air
from switchboard.ledger.rules.verification import verification_refused

RULES: Mapping[str, Rule] = {
    each.name: each
    for each in (dead_air, asked_again, said_not_done, asked_twice, verification_refused, no_person, talked_over)
}
"""Those of every line, by their names."""

__all__ = ["RULES", "Finding", "Rule", "findings", "rule"]
