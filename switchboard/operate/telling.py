"""An event as an operator is told it: no more of it than they may see, and what work has cost."""

from typing import Any

from switchboard.ledger.events import Event, Used
from switchboard.ledger.prices import Prices
from switchboard.operate.sight import Sight


def told(event: Event, sight: Sight, prices: Prices) -> dict[str, Any]:
    """As `LedgerEvent` of web/src/operate/types.ts. The `cost` of a `used` one has no amount if it is not known."""
    seen = sight.event(event.model_dump(mode="json"))
    return seen | {"cost": prices.of([event]).json()} if isinstance(event, Used) else seen
