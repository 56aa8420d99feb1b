"""When nothing is kept: while a secret is asked for, typed or said, and until that has been answered."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from switchboard.ledger.events import AgentSpoke, CallerSpoke, Event, ToolCalled
from switchboard.ledger.mask import MASK
from switchboard.recording import discretion as module
from switchboard.recording.discretion import Discretion


class Told:
    """What a discretion has told, and the clock that it sees."""

    def __init__(self, *secrets: str) -> None:
        self.now = 100.0
        self.steps: list[tuple[str, float]] = []
        self.over = asyncio.Event()
        self.discretion = Discretion(secrets, lambda: self.now, self._paused, self._resumed)

    def _paused(self, since: float, why: str) -> None:
        self.steps.append((why, since))

    def _resumed(self, until: float) -> None:
        self.steps.append(("resumed", until))
        self.over.set()

    def __call__(self, kind: Callable[..., Event], at: float, **fields: Any) -> None:
        self.now = at
        self.discretion.note(kind(at=at, **fields))


def agent(at: float, text: str, **fields: Any) -> AgentSpoke:
    return AgentSpoke(agent="support", at=at, text=text, **fields)


def tool(at: float, arguments: dict[str, Any]) -> ToolCalled:
    return ToolCalled(agent="support", tool="verify", call_id="1", at=at, arguments=arguments)


async def test_a_secret_that_is_asked_for_is_not_kept_until_the_answer_to_it_was_heard() -> None:
    told = Told("code")
    told(agent, 10.0, text="Please tell me the code.")
    told(CallerSpoke, 14.0, text="one two three four")
    told(agent, 16.0, text="One two ...", interrupted=True)
    told(agent, 20.0, text="One two three four, thank you.")

    assert told.steps == [("asked for", 9.0), ("resumed", 20.0)]


@pytest.mark.parametrize(
    ("name", "words", "asks"),
    [
        ("code", "What is the Code?", True),
        ("code", "Two codes were sent.", True),
        ("code", "What is your postcode?", False),
        ("card_pin", "Your card pin, please.", True),
        ("cardPin", "Your card-PIN, please.", True),
        ("card_pin", "Your card, please.", False),
    ],
)
async def test_a_secret_is_asked_for_by_its_name(name: str, words: str, asks: bool) -> None:
    told = Told(name)
    told(agent, 10.0, text=words)

    assert bool(told.steps) is asks


async def test_a_line_without_secrets_is_asked_for_none() -> None:
    told = Told()
    told(agent, 10.0, text="Whatever is said.")

    assert told.steps == []


async def test_a_secret_that_nobody_asked_for_by_name_is_taken_out_when_a_tool_is_called_with_it() -> None:
    told = Told("code")
    told(agent, 10.0, text="What does it say in the mail?")
    told(tool, 15.0, arguments={"order": "1", "deep": [{"code": MASK}]})
    told(agent, 18.0, text="Thank you.")

    assert told.steps == [("said", 9.0), ("resumed", 18.0)]


async def test_a_secret_that_was_said_in_pieces_is_taken_out_from_when_it_was_asked_for() -> None:
    told = Told("code")
    told(agent, 10.0, text="The code, please.")
    told(agent, 14.0, text="One two, and?")
    told(tool, 20.0, arguments={"code": MASK})

    assert told.steps == [("asked for", 9.0), ("resumed", 14.0), ("said", 9.0)]


async def test_a_question_of_long_ago_is_not_the_one() -> None:
    told = Told("code")
    told(agent, 10.0, text="The code, please.")
    told(agent, 200.0, text="What does it say?")
    told(tool, 205.0, arguments={"code": MASK})

    assert told.steps[-1] == ("said", 199.0)


async def test_a_tool_without_a_secret_changes_nothing() -> None:
    told = Told("code")
    told(tool, 15.0, arguments={"order": "10042"})

    assert told.steps == []


async def test_what_is_typed_is_not_kept_until_it_was_given_to_an_agent_and_answered() -> None:
    told = Told()
    told.now = 10.0
    told.discretion.key()
    told(agent, 11.0, text="This was on its way before.")
    told.now = 12.0
    told.discretion.key()
    told(CallerSpoke, 14.0, text="(typed on the keypad) **")
    told(agent, 17.0, text="You typed one two.")

    assert told.steps == [("typed", 9.0), ("typed", 11.0), ("resumed", 17.0)]


async def test_keys_that_nobody_answers_do_not_end_the_recording(monkeypatch: pytest.MonkeyPatch) -> None:
    """A caller who is with a person may press one."""
    monkeypatch.setattr(module, "TYPED_SECONDS", 0.05)
    told = Told()
    told.discretion.key()
    await asyncio.wait_for(told.over.wait(), 5)

    assert told.steps == [("typed", 99.0), ("resumed", 100.0)]


async def test_a_call_that_is_over_is_not_resumed(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told()
    told.discretion.key()
    assert told.discretion._typing
    told.discretion.close()

    assert told.discretion._typing is None
