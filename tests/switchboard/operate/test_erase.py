"""After an erasure nobody finds a caller's words: in no table, no file, no recording and no log."""

from collections.abc import Collection, Mapping
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import MetaData, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models import Ticket
from stack.ports import free_port
from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.ledger.events import Answered, CallerSpoke, Ended, HandoffDone, Recording, Remembered, ToolReturned
from switchboard.ledger.standing import Standing, change
from switchboard.ledger.tables import CallRow, DigestRow, EventRow, RecordingRow, StandingRow
from switchboard.ledger.timeline import timeline
from switchboard.line.business import Business, Whom
from switchboard.line.workflow import Workflow
from switchboard.operate.erase import Eraser
from switchboard.recording.recordings import Recordings
from tests.attacks.puppet import Puppet
from tests.attacks.test_a09_secrets import logged
from tests.conftest import MakeUrl
from tests.livekit import LiveKitServer, livekit_server
from tests.shop.rows import NOW
from tests.stage.room import Booth, booth
from tests.stage.stage import LINE as STAGE
from tests.stage.stage import stage_settings, staged
from tests.switchboard.operate.made import answered, bare_call
from tests.switchboard.operate.searched import database_text, files_of, files_text
from tools import clock
from workflows.support_line import SUPPORT_LINE

__all__ = ["livekit_server"]

LINE = replace(SUPPORT_LINE, voices={}, recorded=True)
NUMBER = "+447700900128"
TYPED, SPOKEN, LATER = "quokkas ate my parcel", "zanzibar trumpets played", "wombats came afterwards"
OF_THEIRS = ("quokka", "zanzibar", "wombat", "7700900999", "7700900128", "*28")
"""What is the caller's: words of theirs, the number that they gave, the number that they called from."""


class Noting:
    """Belongings that note whose they were asked for."""

    def __init__(self, asked: list[str | None]) -> None:
        self._asked = asked

    async def calls(self, session: AsyncSession, whom: Whom) -> set[str]:
        return set()

    async def erase(self, session: AsyncSession, whom: Whom, origins: Collection[str]) -> Mapping[str, int]:
        self._asked.append(whom.account)
        return {"letters": 2}


def found(text: str) -> set[str]:
    return {each for each in OF_THEIRS if each in text}


async def everything(database: Database, *places: Path) -> str:
    return await database_text(database) + files_text(*files_of(database), *places)


async def hold_call(this: Booth) -> None:
    """The caller types and speaks, and the model calls all tools with what they said."""
    await this.record.until(lambda: any(step.stage == "announced" for step in this.of(Recording)))
    this.mind.will_hear(SPOKEN)
    this.mouth.say(SPOKEN)
    await this.record.until(lambda: any(SPOKEN in each.text for each in this.of(CallerSpoke)))
    await this.record.until(lambda: this.of(HandoffDone))
    await this.idle()
    this.type(TYPED)
    await this.record.until(lambda: "open_ticket" in [each.tool for each in this.of(ToolReturned)])
    await this.idle()


async def test_after_an_erasure_nobody_finds_a_word_of_the_caller(
    livekit_server: LiveKitServer, make_url: MakeUrl, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    url, kept, log = make_url("seeded"), tmp_path / "kept", tmp_path / "logs" / "log"
    with logged(log, "json"):
        place = f"file://{kept}"
        mind = Puppet(f"My {TYPED}.")
        async with booth(
            livekit_server, url, monkeypatch, line=LINE, mind=mind, number=NUMBER, RECORDINGS_URL=place
        ) as this:
            await hold_call(this)
            this.conversation.ending.finish("caller_left")
        async with aclosing(Database(url)) as database:
            before = await everything(database, kept)
            recordings = Recordings(stage_settings(RECORDINGS_URL=place).recordings)
            done = await Eraser(database, recordings, (LINE,)).erase(Whom(caller=NUMBER))
            after = await everything(database, kept, log)
            (call,) = await rows(database)
            events = {event.kind for event in await timeline(database, call.id)}

    assert found(before) >= {"quokka", "zanzibar", "7700900999", "*28"}
    assert ".ogg" in before
    assert found(after) == set()
    assert ".ogg" not in after
    assert (done.calls, done.recordings, done.whole) == ((call.id,), 1, True)
    assert done.kept_by_business["tickets"] > 0
    assert (call.line, call.ended_reason, call.caller) == (LINE.name, "caller_left", None)
    assert {"erased", "answered", "used", "handoff_done", "ended"} <= events


async def rows(database: Database) -> list[CallRow]:
    async with database.read() as session:
        return list(await session.scalars(select(CallRow).order_by(CallRow.started_at)))


async def test_of_a_call_that_still_runs_nothing_is_kept_from_then_on(make_url: MakeUrl, tmp_path: Path) -> None:
    url = make_url("empty")
    async with staged(url, typed=True) as stage:
        await stage.say(TYPED)
        await stage.conversation.ledger.saved()
        done = await Eraser(stage.database, None, ()).erase(Whom(call=stage.conversation.call.id))
        assert done.whole
        assert found(await everything(stage.database)) == set()
        await stage.say(LATER)
        stage.conversation.ending.finish("goodbye")
    async with aclosing(Database(url)) as database:
        assert found(await everything(database)) == set()
        (call,) = await rows(database)
        async with database.read() as session:
            digest = await session.get(DigestRow, call.id)

    assert call.ended_reason == "goodbye"
    assert digest is not None, "it is counted as any other"


async def test_a_call_that_runs_and_is_erased_has_no_recording(
    livekit_server: LiveKitServer, make_url: MakeUrl, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url, kept = make_url("seeded"), tmp_path / "kept"
    place = f"file://{kept}"
    async with booth(livekit_server, url, monkeypatch, line=LINE, mind=Puppet(TYPED), RECORDINGS_URL=place) as this:
        await this.record.until(lambda: any(step.stage == "announced" for step in this.of(Recording)))
        async with aclosing(Database(url)) as database:
            await this.conversation.ledger.saved()
            await Eraser(database, None, ()).erase(Whom(call=this.conversation.call.id))
        this.conversation.ending.finish("caller_left")
    async with aclosing(Database(url)) as database, database.read() as session:
        assert (await session.scalars(select(RecordingRow))).all() == []

    assert "stored" not in [step.stage for step in this.of(Recording)]
    assert list(kept.rglob("*.ogg")) == []


async def test_a_call_takes_those_that_it_goes_on_from_along_and_nobody_elses(database: Database) -> None:
    for name, origin, words in (("call_1", "room", "one"), ("call_2", "room", "two"), ("call_3", "other", "three")):
        async with Ledger(database, name, "line", origin) as ledger:
            ledger.write(answered(line="line"))
            ledger.write(CallerSpoke(text=f"word {words}"))
            ledger.write(Ended(reason="error"))
    await change(database, "room", Standing("room"), Standing("room", uses=1))
    done = await Eraser(database, None, ()).erase(Whom(call="call_2"))

    left = await database_text(database)
    assert done.calls == ("call_1", "call_2")
    assert ("word one" in left, "word two" in left, "word three" in left) == (False, False, True)
    async with database.read() as session:
        assert (await session.scalars(select(StandingRow))).all() == []


async def test_an_account_is_erased_wherever_it_was_proved(database: Database) -> None:
    for account in ("7", "8"):
        proved = Remembered(
            state={"topic": f"word of {account}"}, verified={"account": account, "name": "A", "by": "b"}
        )
        await bare_call(database, f"call_{account}", answered(), proved, seconds=60)
    done = await Eraser(database, None, ()).erase(Whom(account="7"))

    left = await database_text(database)
    assert done.calls == ("call_7",)
    assert ("word of 7" in left, "word of 8" in left) == (False, True)


async def test_an_account_of_one_business_is_nobody_in_another(database: Database) -> None:
    asked: dict[str, list[str | None]] = {"one": [], "two": []}

    def line(name: str) -> Workflow:
        belongings = partial(Noting, asked[name])
        return replace(
            STAGE,
            name=f"line-{name}",
            business=Business(name, MetaData(), Path(), belongings=lambda _: belongings()),
        )

    lines = (line("one"), line("two"))
    proved = Remembered(state={}, verified={"account": "7", "name": "A", "by": "b"})
    for name in ("line-one", "line-two", "of-old"):
        await bare_call(database, name, answered(), proved, seconds=60, line=name)
    done = await Eraser(database, None, lines).erase(Whom(account="7", business="one"))
    assert set(done.calls) == {"line-one", "of-old"}, "a line that is no more may have been theirs"
    assert asked == {"one": ["7"], "two": []}

    done = await Eraser(database, None, lines).erase(Whom(call="line-two"))
    assert asked == {"one": ["7", None], "two": [None]}
    assert done.kept_by_business == {"letters": 4}


async def test_what_was_taken_down_for_a_number_leads_to_its_call(seeded: Database) -> None:
    """They called from another number, and gave this one."""
    async with Ledger(seeded, "call_1", "line", "room") as ledger:
        ledger.write(answered(line="line"))
        ledger.write(CallerSpoke(text="a word of theirs"))
    async with seeded.write() as session:
        row = {"urgency": "normal", "status": "open", "summary": "a summary", "opened_at": NOW}
        session.add(Ticket(**row, phone=NUMBER, idempotency_key="room:open_ticket:0"))
    done = await Eraser(seeded, None, (LINE,)).erase(Whom(caller=NUMBER))

    assert done.calls == ("call_1",)
    assert "a word of theirs" not in await database_text(seeded)
    assert "a summary" not in await database_text(seeded)


async def test_a_recording_that_the_storage_does_not_remove_is_told_and_stays_due(database: Database) -> None:
    await bare_call(database, "call_1", answered(), seconds=60)
    async with database.write() as session:
        session.add(RecordingRow(call_id="call_1", began_at=NOW))
    dead = {"RECORDINGS_URL": "s3://recordings", "RECORDINGS_S3_ENDPOINT": f"http://127.0.0.1:{free_port()}"}
    keys = {"RECORDINGS_S3_KEY_ID": "key", "RECORDINGS_S3_SECRET": "secret-of-nobody"}
    for recordings in (Recordings(stage_settings(**dead, **keys).recordings), None):
        done = await Eraser(database, recordings, ()).erase(Whom(call="call_1"))
        assert (done.recordings, done.recordings_left, done.whole) == (0, 1, False)
    async with database.read() as session:
        assert (await session.scalars(select(RecordingRow.call_id))).all() == ["call_1"]


async def test_a_new_kind_of_event_goes_with_the_words(database: Database) -> None:
    await bare_call(database, "call_1", Answered(line="line", agent="a", provider="simulator"), seconds=60)
    async with database.write() as session:
        row = {"call_id": "call_1", "seq": 9, "kind": "of tomorrow", "at": 1.0, "wall": NOW}
        session.add(EventRow(**row, body={"words": "quokka"}))
    await Eraser(database, None, ()).erase(Whom(call="call_1"))

    assert "quokka" not in await database_text(database)
