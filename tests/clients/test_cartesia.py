"""Cartesia's own package."""

import pytest

from simulator.options import Options
from simulator.server import Simulator
from tests.clients.foreign import PYTHON, run
from tests.simulator.minds import Given

pytestmark = pytest.mark.usefixtures("foreign_clients")


async def test_contexts_speak_side_by_side_are_cancelled_and_refused_one_by_one() -> None:
    async with Simulator(Given(), Options(cartesia_key="the-key")) as simulator:
        told = await run(PYTHON / "cartesia_speech.py", simulator.url)

    first, second = told["contexts"]
    assert (first["words"], second["words"]) == (["It", "was", "shipped."], ["Thank", "you", "for", "your", "call."])
    assert min(first["seconds"], second["seconds"], told["after"]["seconds"], told["whole"]) > 0.3
    assert told["wrong"] == {"seconds": 0.0, "words": [], "error": 400}
    assert told["after"]["error"] is None
    assert told["refused"] == [401, 401]
