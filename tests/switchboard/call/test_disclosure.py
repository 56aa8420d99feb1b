"""Every caller hears that they speak with an automated assistant, those as well who speak into the greeting."""

from datetime import timedelta

import pytest

from simulator.mind import Request
from switchboard.call.resume import recall
from switchboard.line.sentences import BACK_AGAIN, DISCLOSURE, STILL_TO_DISCLOSE
from tests.stage.stage import Stage, staged, with_line


def reminded(request: Request) -> int:
    return sum(STILL_TO_DISCLOSE in item.text for item in request.items if item.role == "system")


async def speak_into_it(stage: Stage, words: str) -> None:
    await stage.loudspeaker.playing.wait()
    stage.speak(words)
    await stage.until_said(f"heard: {words}")


async def test_a_caller_who_speaks_into_the_greeting_is_told_in_the_next_answer(database_url: str) -> None:
    async with staged(database_url, speed=0.5, greeted=False) as stage:
        await speak_into_it(stage, "hello")

        assert reminded(stage.mind.requests[-1]) == 1


async def test_a_caller_who_has_heard_it_is_not_told_again(database_url: str) -> None:
    async with staged(database_url, speed=0.5, greeted=False) as stage:
        await speak_into_it(stage, "hello")
        await stage.loudspeaker.silence()
        await stage.say("and where is my parcel")

        assert reminded(stage.mind.requests[-1]) == 1


async def test_a_caller_who_listens_is_told_once(database_url: str) -> None:
    async with staged(database_url) as stage:
        await stage.say("hello")

        assert not reminded(stage.mind.requests[-1])


async def test_a_line_that_need_not_tell_reminds_nobody(database_url: str) -> None:
    line = with_line(discloses_automation=False)
    async with staged(database_url, line=line, speed=0.5, greeted=False) as stage:
        await speak_into_it(stage, "hello")

        assert not reminded(stage.mind.requests[-1])


@pytest.mark.parametrize(
    ("discloses", "heard", "owed"), [(True, False, True), (True, True, False), (False, False, False)]
)
async def test_a_caller_whose_call_broke_off_before_they_heard_it_is_told_when_they_are_back(
    database_url: str, discloses: bool, heard: bool, owed: bool
) -> None:
    line = with_line(discloses_automation=discloses)
    async with staged(database_url, line=line, speed=20 if heard else 0.5, greeted=heard) as stage:
        if not heard:
            await stage.loudspeaker.playing.wait()
    async with staged(database_url, line=line, past=await recall(stage.database, "room", timedelta(minutes=5))) as back:
        assert back.mind.requests[0].extra == (f"{BACK_AGAIN} {DISCLOSURE}" if owed else BACK_AGAIN)
        await back.say("hello")

        assert not reminded(back.mind.requests[-1])
