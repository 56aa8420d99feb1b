"""The parts of LiveKit that we stand on are as we know them, and all of them are written down in `contract.py`."""

import sys
import warnings
from collections.abc import Sequence

import pytest
from livekit import agents
from livekit.agents.llm._realtime.openai import RealtimeSession

from tests.contract.checks import Attribute, Behaviour, Method, Name, Options, Part
from tests.contract.contract import CONTRACT, MESSAGE, SESSION
from tests.contract.report import changes, not_in, not_needed
from tests.contract.uses import Source, our_sources, uses


@pytest.fixture(scope="module")
def sources() -> Sequence[Source]:
    return our_sources()


def test_livekit_is_as_we_know_it(sources: Sequence[Source]) -> None:
    assert "\n".join(changes(CONTRACT, sources)) == ""


def test_what_we_reach_into_is_written_down(sources: Sequence[Source]) -> None:
    missing = not_in(CONTRACT, uses(sources), sources)
    assert not missing, "without a row in tests/contract/contract.py:\n" + "\n".join(map(str, missing))


def test_what_is_written_down_is_needed(sources: Sequence[Source]) -> None:
    spare = [f"{part.shown} for {part.ours}" for part in not_needed(CONTRACT, sources)]
    assert not spare, "rows of tests/contract/contract.py that nothing of ours needs:\n" + "\n".join(spare)


def row(name: str) -> Part:
    return next(part for part in CONTRACT if (part.of, part.name) == (SESSION, name))


def test_a_method_that_is_gone_is_told_with_what_stands_on_it(
    sources: Sequence[Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(RealtimeSession, "_append_audio")

    (sentence,) = changes([row("_append_audio")], sources)

    assert sentence.startswith(
        "livekit.agents.llm._realtime.openai.RealtimeSession._append_audio is gone. SpokenSession in"
    )
    assert "spoken.py stands on it: " in sentence


def test_other_parameters_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RealtimeSession, "clear_audio", lambda self, *, hard=False: None)

    assert row("clear_audio").change() == "takes (*, hard=) now, and not ()"


def test_a_method_that_became_a_coroutine_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def interrupt(self: RealtimeSession) -> None: ...

    monkeypatch.setattr(RealtimeSession, "interrupt", interrupt)

    assert row("interrupt").change() == "is a coroutine now"


def test_a_method_that_is_called_by_nobody_any_more_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def push_audio(self: RealtimeSession, frame: object) -> None:
        self.send_event({})

    monkeypatch.setattr(RealtimeSession, "push_audio", push_audio)

    assert row("_append_audio").change() == "is not called by `push_audio` any more"


def test_another_order_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def clear_audio(self: RealtimeSession) -> None:
        self.interrupt()
        self.clear_audio()

    monkeypatch.setattr(RealtimeSession, "clear_audio", clear_audio)
    part = Behaviour(SESSION, "clear_audio", "CallSession", "", says=("self.clear_audio()", "self.interrupt()"))

    assert part.change() == "does not say `self.interrupt()` any more, or not where it did"


def test_a_module_that_is_gone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "livekit.plugins.openai.realtime", None)
    part = Name("livekit.plugins.openai.realtime", "RealtimeModel", "CallModel", "")

    assert "cannot be had: importing livekit.plugins.openai.realtime fails" in (part.change() or "")


def test_what_is_to_go_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def deprecated(name: str) -> object:
        warnings.warn("use something else", DeprecationWarning, stacklevel=2)
        return object

    monkeypatch.setattr(agents, "__getattr__", deprecated, raising=False)

    assert Name("livekit.agents", "OldName", "", "").change() == "is to go: use something else"


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (Attribute(SESSION, "_nothing", "", ""), "is not set by `__init__` any more"),
        (Attribute(MESSAGE, "_nothing", "", ""), "is not set by `__init__` any more"),
        (Method(SESSION, "_nothing", "", ""), "is gone"),
        (Behaviour(SESSION, "_nothing", "", "", says=("",)), "is gone"),
        (Options("livekit.agents", "AgentSession", "", "", "llm ears"), "takes no `ears` any more"),
        (Name("livekit.agents", "Nothing", "", ""), "is gone"),
        (Name("livekit.agents:Nothing", "at_all", "", ""), "cannot be had: livekit.agents has no Nothing any more"),
    ],
    ids=lambda value: value.name if isinstance(value, Part) else "",
)
def test_what_is_not_there_is_told(part: Part, told: str) -> None:
    assert part.change() == told


REACHES = """
import os
from livekit import rtc
from livekit.agents import Agent
from livekit.agents._private import thing
from livekit.plugins.openai.realtime import RealtimeSession

class Ours(RealtimeSession):
    def push_audio(self, frame):
        self._opts = None
        self._msg_ch.close()
        super()._handle_error(frame)

class Child(Ours):
    def commit_audio(self):
        self._own = self._tools

def reach(room):
    rtc.AudioStream.aclose = None
    os.environ["LIVEKIT_AGENTS_SOMETHING"] = "1"
    return room._queue, getattr(room, "_token")
"""


def test_whatever_our_source_reaches_into_is_found() -> None:
    found = {(use.name, use.how) for use in uses([Source("ours.py", REACHES)])}

    assert found == {
        ("thing", "imports the private"),
        ("_queue", "reaches for the private"),
        ("_token", "reaches for the private"),
        ("aclose", "replaces"),
        ("LIVEKIT_AGENTS_SOMETHING", "sets"),
        ("push_audio", "overrides in Ours"),
        ("_opts", "overrides in Ours"),
        ("_msg_ch", "takes in Ours the private"),
        ("_handle_error", "takes in Ours the private"),
        ("commit_audio", "overrides in Child"),
        ("_tools", "takes in Child the private"),
    }


def test_a_reach_without_a_row_is_told() -> None:
    sources = [Source("ours.py", "def reach(room):\n    return room._queue\n")]
    (use,) = not_in(CONTRACT, uses(sources), sources)

    assert str(use) == "ours.py:2 reaches for the private `_queue`"


def test_a_row_for_what_is_gone_from_our_source_is_told() -> None:
    sources = [Source("ours.py", "class CallSession:\n    pass\n")]

    assert not_needed([row("interrupt")], sources) == [row("interrupt")]
