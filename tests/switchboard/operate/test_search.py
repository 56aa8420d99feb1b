"""Search in what was said: in calls that are over and in those that run, on both databases alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update

from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.ledger.events import AgentSpoke, CallerSpoke, Ended, Filled, PersonSpoke, ToolReturned
from switchboard.ledger.tables import CallRow, EventRow
from switchboard.ledger.timeline import forget
from switchboard.operate.filter import Filter
from switchboard.operate.find import find
from switchboard.operate.search import Phrase, Search
from tests.switchboard.operate.made import BEGAN, answered, bare_call, call

SAID = (
    answered(),
    CallerSpoke(text="My lamp's BROKEN; I don't want a café-lamp!"),
    AgentSpoke(agent="greeter", text="A refund of 12.50, then, for order A-4711. Naïve Grüße."),
    PersonSpoke(target="desk", text="They call about the Tiffany."),
    Filled(agent="greeter", waits_for="tool", text="One moment."),
    ToolReturned(agent="greeter", tool="look_up", call_id="1", result="secretive", failed=False, ms=1),
)


async def found(database: Database, q: str) -> list[str]:
    return [line.id for line in (await find(database, Filter(q=q))).calls]


WORDS = (
    ("lamp", True),
    ("LAMP Tiffany", True),
    ("lamp tiffany refund greeter", False),
    ("lam", False),
    ("lam*", True),
    ("lamps*", False),
    ("la*", False),
    ("*", False),
    ("broken", True),
    ('"lamp s broken"', True),
    ("lamp's", True),
    ('"broken lamp"', False),
    ('"BROKEN; I don\'t wan*"', True),
    ('"broken; i don\'t wan"', False),
    ('"a refund" "about the"', True),
    ('"a refund', True),
    ("cafe", True),
    ("CAFÉ", True),
    ("cafe\u0301-lamp", True),
    ("café-refund", False),
    ("grusse", False),
    ("grüße", True),
    ("naive", True),
    ("12.50", True),
    ("12.5", False),
    ("a-4711", True),
    ("4711", True),
    ("moment", False),
    ("secretive", False),
    ("lamp AND refund", False),
    ("lamp OR nothing", False),
    ("words: lamp", False),
    ("lamp -refund", True),
    ("(lamp)", True),
    ("'lamp'", True),
    ("lamp:*", True),
    ("!?", False),
    ('"', False),
    ("🙂", False),
)
"""What one looks for, and whether a call in which `SAID` was said has it."""


async def test_words_are_found_whole_in_calls_that_are_over_and_in_those_that_run(database: Database) -> None:
    await bare_call(database, "over", *SAID, minute=2, seconds=60)
    await bare_call(database, "running", *SAID, minute=1)
    await bare_call(database, "else", CallerSpoke(text="Something else."), seconds=60)
    await bare_call(database, "elsewhere", CallerSpoke(text="Something else."))
    for q, there in WORDS:
        assert await found(database, q) == ["over", "running"] * there, q


async def test_what_is_found_is_filtered_and_paged_as_all_calls_are(database: Database) -> None:
    for number in range(5):
        await call(database, f"call_{number}", CallerSpoke(text="hello"), minute=number, line=f"line-{number % 2}")
    await bare_call(database, "running", CallerSpoke(text="hello"), line="line-0", minute=9)

    first = await find(database, Filter(q="hello", line="line-0", limit=2))
    second = await find(database, Filter(q="hello", line="line-0", limit=2, after=first.next))

    assert [line.id for line in (*first.calls, *second.calls)] == ["running", "call_4", "call_2", "call_0"]
    assert second.next is None


async def test_a_call_of_the_ledger_is_found_while_it_runs_and_afterwards(database: Database) -> None:
    async with Ledger(database, "call_1", "line") as ledger:
        ledger.write(CallerSpoke(text="My parcel."))
        await ledger.saved()
        assert await found(database, "parcel") == ["call_1"]
        ledger.write(AgentSpoke(agent="greeter", text="Goodbye."))
        ledger.write(Ended(reason="goodbye"))
        await ledger.saved()
        assert await found(database, "parcel goodbye") == ["call_1"]
        ledger.write(CallerSpoke(text="One thing more!"))
        await ledger.saved()
    assert await found(database, "parcel thing") == ["call_1"]


@pytest.mark.parametrize("over", [True, False])
async def test_a_secret_is_not_found_once_it_is_known_to_be_one(database: Database, over: bool) -> None:
    async with Ledger(database, "call_1", "line") as ledger:
        ledger.write(CallerSpoke(text="It is 482193, my parcel."))
        if over:
            ledger.write(Ended(reason="goodbye"))
        await ledger.saved()
        assert await found(database, "482193") == ["call_1"]
        ledger.mask.hide("482193")
        ledger.write(AgentSpoke(agent="greeter", text="Thank you."))
    assert await found(database, "482193") == []
    assert await found(database, "482*") == []
    assert await found(database, "parcel thank") == ["call_1"]


async def test_no_secret_of_a_call_comes_into_the_index_that_is_known_at_its_end(database: Database) -> None:
    async with Ledger(database, "call_1", "line") as ledger:
        ledger.write(CallerSpoke(text="It is zebra, my parcel."))
        await ledger.saved()
        ledger.mask.hide("zebra")
        ledger.write(Ended(reason="goodbye"))
    async with database.read() as session:
        if session.get_bind().dialect.name == "sqlite":
            kept = "SELECT count(*) FROM call_search_data WHERE instr(block, CAST('zebra' AS BLOB))"
            assert await session.scalar(text(kept)) == 0
        assert await session.scalar(text("SELECT words FROM call_words WHERE call_id = 'call_1'")) is not None


async def test_words_that_are_erased_are_not_found(database: Database) -> None:
    await call(database, "call_1", *SAID)
    async with database.write() as session:
        await session.execute(
            update(EventRow).where(EventRow.kind == "caller_spoke").values(body={"text": "", "erased": True})
        )
        await session.execute(delete(EventRow).where(EventRow.kind == "person_spoke"))
    assert await found(database, "lamp") == []
    assert await found(database, "tiffany") == []
    assert await found(database, "refund") == ["call_1"]


async def test_a_call_that_is_forgotten_leaves_no_words(database: Database) -> None:
    await call(database, "call_1", *SAID)
    await call(database, "call_2", *SAID, minute=2)
    await forget(database, BEGAN.replace(minute=1))
    assert await found(database, "lamp") == ["call_2"]
    async with database.read() as session:
        assert (await session.scalars(text("SELECT call_id FROM call_words"))).all() == ["call_2"]
        if session.get_bind().dialect.name == "sqlite":
            found_in_index = text("SELECT count(*) FROM call_search WHERE call_search MATCH 'lamp'")
            assert await session.scalar(found_in_index) == 1
    if database.url.drivername.startswith("sqlite"):
        async with database.write() as session:  # raises if index and words have come apart
            await session.execute(text("INSERT INTO call_search(call_search) VALUES ('integrity-check')"))


async def test_a_call_that_lasts_for_days_ends_all_the_same(database: Database) -> None:
    await bare_call(database, "call_1", *(CallerSpoke(text=f"word{n} " * 99) for n in range(500)), seconds=60)
    assert await found(database, "word1") == ["call_1"]
    async with database.read() as session:
        assert await session.scalar(select(CallRow.ended_reason)) == "goodbye"


@given(st.text(max_size=40))
def test_whatever_is_looked_for_can_be_asked(written: str) -> None:
    search = Search.of(written)
    assert all(phrase.words for phrase in search.phrases)
    assert not search.phrases or search.is_in(" ".join(word for phrase in search.phrases for word in phrase.words))


@given(st.lists(st.text(alphabet="\"'*-:^(){}&|!<>\\ aäß1%_\0;", max_size=12), max_size=4))
def test_nothing_that_an_index_reads_as_its_own_goes_through(parts: list[str]) -> None:
    search = Search.of(" ".join(parts))
    for word in (word for phrase in search.phrases for word in phrase.words):
        assert word.isalnum()


ODD = ['"', "* *", "a* OR NEAR(b c)", "^a", "{a b}: c", "a:*b", "'a' & !b", "\\", "a\0b", "%"]


async def test_no_odd_search_is_an_error(database: Database) -> None:
    await call(database, "call_1", CallerSpoke(text="nothing of it"))
    for q in ODD:
        assert await found(database, q) == [], q


def test_quotes_and_stars_are_read_as_one_means_them() -> None:
    assert Search.of('Refund "broken LAMP" tiff* "in the sha*"').phrases == (
        Phrase(("refund",)),
        Phrase(("broken", "lamp")),
        Phrase(("tiff",), open=True),
        Phrase(("in", "the", "sha"), open=True),
    )
