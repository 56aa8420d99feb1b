"""What must hold of a call that a real service answered, whose model has words of its own."""

from collections.abc import Sequence

from rehearsal.held import Held
from rehearsal.judge import Miss, judge
from rehearsal.scenario import Holds
from switchboard.ledger.prices import Prices
from switchboard.ledger.rules import Rule


def judge_live(holds: Holds, held: Held, rules: Sequence[Rule], prices: Prices) -> Sequence[Miss]:
    """As `judge`, but for what agents say and are told: that is the offline call's to show.

    A rule that is named may strike, and need not: a model may do better than the playbook.
    """
    unnamed = [rule for rule in rules if rule.name not in holds.strikes]
    return judge(_wordless(holds), held, unnamed, prices)


def _wordless(holds: Holds) -> Holds:
    turns = tuple(turn.model_copy(update={"says": ()}) for turn in holds.turns)
    return holds.model_copy(update={"says": (), "turns": turns, "told": {}, "strikes": ()})
