"""A9: what a line calls secret is written nowhere, whichever way it goes."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest
from livekit.agents import RunContext, function_tool, llm
from pydantic import BaseModel

from simulator.mind import CallTool, Reply, Request, Say
from switchboard import logs
from switchboard.call.call import Call
from switchboard.call.resume import recall
from switchboard.ledger.events import AgentSpoke, CallerSpoke, Remembered, ToolCalled, ToolReturned
from switchboard.ledger.mask import MASK
from switchboard.ledger.timeline import timeline
from switchboard.settings.schema import Log
from switchboard.transfer.warm import said_in
from tests.own_logging import own_logging
from tests.stage.agents import Desk, Reception
from tests.stage.mind import Obedient
from tests.stage.stage import Stage, staged, with_line

PIN = "482193"
SAID_OUT_LOUD = "four eight two one nine three"


class Case(BaseModel):
    """What the line remembers."""

    pin: int | None = None
    notes: list[str] = []


@function_tool
async def open_vault(ctx: RunContext[Call[Case]], pin: str) -> str:
    """Open the vault."""
    ctx.userdata.state = Case(pin=int(pin), notes=[f"The PIN was {pin}.", "They were polite."])
    return f"The vault opens: {pin}, {' '.join(pin)}."


@function_tool
async def break_vault(ctx: RunContext[Call[Case]], pin: str) -> str:
    """Fail, and quote what was given."""
    raise ValueError(f"no vault has the PIN {pin}")


@function_tool
async def refuse(ctx: RunContext[Call[Case]], pin: str) -> str:
    """Refuse, and quote what was given."""
    raise llm.ToolError(f"{pin} is wrong.")


class Vault(Reception):
    toolbox: ClassVar[tuple[llm.Tool, ...]] = (*Reception.toolbox, open_vault, break_vault, refuse)
    name = classmethod(lambda cls: "reception")
    prompt_file = Reception.prompt_file


LINE = with_line(
    start=Vault, handoffs={Vault: (Desk,), Desk: (Vault,)}, voices={}, state=Case, secrets=frozenset({"pin"})
)


class Calling(Obedient):
    """Calls that tool with those arguments when told to, and repeats everything else."""

    def __init__(self, tool: str, arguments: Mapping[str, Any]) -> None:
        super().__init__()
        self._call = CallTool(tool, arguments)

    def answer(self, request: Request) -> Reply:
        """As described."""
        last = request.items[-1] if request.items else None
        if last and last.role == "user" and last.text.startswith("go") and not request.extra:
            self.requests.append(request)
            return [Say(f"I try {PIN}."), self._call]
        return super().answer(request)


async def stored(stage: Stage) -> str:
    await stage.conversation.ledger.saved()
    return str(await timeline(stage.database, stage.conversation.call.id))


def leaks(text: str) -> bool:
    return PIN in text or SAID_OUT_LOUD in text or " ".join(PIN) in text


WAYS: dict[str, tuple[str, dict[str, Any]]] = {
    "as it should be": ("open_vault", {"pin": PIN}),
    "as a number": ("open_vault", {"pin": int(PIN)}),
    "as a list": ("open_vault", {"pin": [PIN]}),
    "as digits": ("open_vault", {"pin": list(PIN)}),
    "nested": ("open_vault", {"pin": {"value": PIN}}),
    "nested elsewhere": ("look_up", {"thing": {"pin": PIN}}),
    "in another spelling": ("open_vault", {"PIN": PIN}),
    "in many words": ("open_vault", {"callerPinCode": PIN}),
    "misspelled": ("open_vault", {"pni": PIN}),
    "misspelled beside it": ("open_vault", {"pin": PIN, "pni": PIN}),
    "in an error": ("break_vault", {"pin": PIN}),
    "in a refusal": ("refuse", {"pin": PIN}),
}


@pytest.mark.parametrize("way", WAYS)
async def test_a_secret_stands_in_no_event_whichever_way_a_model_gives_it(database_url: str, way: str) -> None:
    tool, arguments = WAYS[way]
    async with staged(database_url, line=LINE, typed=True, mind=Calling(tool, arguments)) as stage:
        await stage.say("go")
        await stage.say(f"it was {SAID_OUT_LOUD}")

        assert stage.of(ToolReturned)
        called = stage.of(ToolCalled)[0].seq
        assert not leaks(str([event for event in stage.events if event.seq >= called]))
        assert not leaks(await stored(stage))


@pytest.mark.parametrize("pin", [71, ["correct horse battery staple, and a good deal more than anybody shows"]])
async def test_a_validation_error_tells_nothing_of_a_secret_too_short_or_too_long_to_be_found_again(
    database_url: str, pin: object
) -> None:
    async with staged(database_url, line=LINE, typed=True, mind=Calling("open_vault", {"pin": pin})) as stage:
        await stage.say("go")

        assert [(told.result, told.failed) for told in stage.of(ToolReturned)] == [
            ("Error parsing arguments: string_type", True)
        ]


async def test_a_secret_said_before_it_was_known_to_be_one_is_masked_in_what_is_stored(database_url: str) -> None:
    async with staged(database_url, line=LINE, typed=True, mind=Calling("open_vault", {"pin": PIN})) as stage:
        await stage.say(f"my PIN is {SAID_OUT_LOUD}")
        assert leaks(await stored(stage))
        await stage.say("go")

        assert not leaks(await stored(stage))
        assert f"my PIN is {MASK}" in await stored(stage)


async def test_a_secret_is_told_to_no_person_and_to_no_resumed_call(database_url: str) -> None:
    async with staged(database_url, line=LINE, typed=True, mind=Calling("open_vault", {"pin": PIN})) as stage:
        await stage.say(f"my PIN is {SAID_OUT_LOUD}")
        await stage.say("go")
        told = said_in(stage.conversation.session, stage.conversation.ledger.mask)
        await stage.conversation.ledger.saved()
        past = await recall(stage.database, "room", timedelta(minutes=5))

    assert past
    assert not leaks(str(told)) and not leaks(str(past))


async def test_a_call_goes_on_without_the_secret_that_it_remembered(database_url: str) -> None:
    async with staged(database_url, line=LINE, typed=True, mind=Calling("open_vault", {"pin": PIN})) as stage:
        await stage.say("go")
        assert stage.conversation.call.state.pin == int(PIN)
        assert stage.of(Remembered)[-1].state == {"notes": [f"The PIN was {MASK}.", "They were polite."]}
        await stage.conversation.ledger.saved()
        past = await recall(stage.database, "room", timedelta(minutes=5))

    async with staged(database_url, line=LINE, typed=True, past=past) as again:
        assert again.conversation.call.state == Case(notes=[f"The PIN was {MASK}.", "They were polite."])


async def test_what_is_no_secret_is_kept(database_url: str) -> None:
    async with staged(database_url, line=LINE, typed=True, mind=Calling("look_up", {"thing": "parcel"})) as stage:
        await stage.say("go, order 10042")

        assert stage.of(CallerSpoke)[0].text == "go, order 10042"
        assert stage.of(ToolCalled)[0].arguments == {"thing": "parcel"}
        assert stage.of(ToolReturned)[0].result == "The parcel is on its way."
        assert stage.of(AgentSpoke)[-1].text == "reception found: The parcel is on its way."


@contextmanager
def logged(file: Path, form: Literal["console", "json"]) -> Iterator[None]:
    """All log lines go into `file`, as they would in production."""
    with own_logging():
        logs.configure(Log(level="debug", format=form), file)
        yield


@pytest.mark.parametrize("form", ["console", "json"])
@pytest.mark.parametrize("way", ["as a number", "nested", "in an error", "in a refusal"])
async def test_a_secret_stands_in_no_log(
    database_url: str, tmp_path: Path, way: str, form: Literal["console", "json"]
) -> None:
    file = tmp_path / "log"
    tool, arguments = WAYS[way]
    with logged(file, form):
        async with staged(database_url, line=LINE, typed=True, mind=Calling(tool, arguments)) as stage:
            await stage.say("go")
    written = file.read_text()

    assert tool in written
    assert not leaks(written) and json.dumps(PIN) not in written
