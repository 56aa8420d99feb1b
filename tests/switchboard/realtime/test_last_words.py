"""The caller is told that the service was given up, once, before the call ends."""

import asyncio

import pytest

from switchboard.realtime.last_words import LastWords

ERROR, LATER = RuntimeError("the service did not come back"), RuntimeError("and again")


class Ear:
    """Hears the last words, which take as long as it likes, and of the end."""

    def __init__(self, fails: bool = False) -> None:
        self._fails = fails
        self.heard = 0
        self.ended = asyncio.Event()
        self.errors: list[Exception] = []
        self.said = asyncio.Event()

    async def say(self) -> None:
        self.heard += 1
        await self.said.wait()
        if self._fails:
            raise ValueError("nothing can be said")

    def end(self, error: Exception) -> None:
        self.errors.append(error)
        self.ended.set()


async def test_the_end_waits_for_them_and_comes_once() -> None:
    ear = Ear()
    words = LastWords(ear.say, ear.end)
    words.begin(ERROR)
    words.begin(LATER)
    await asyncio.sleep(0)
    assert (ear.heard, ear.errors) == (1, [])

    ear.said.set()
    await ear.ended.wait()
    words.begin(LATER)
    await asyncio.sleep(0)
    assert (ear.heard, ear.errors) == (1, [ERROR])


@pytest.mark.parametrize("hung_up", [True, False])
async def test_where_nobody_is_to_hear_them_the_end_comes_without(hung_up: bool) -> None:
    ear = Ear()
    words = LastWords(ear.say if hung_up else None, ear.end)
    if hung_up:
        words.hang_up()
    words.begin(ERROR)
    await ear.ended.wait()

    assert (ear.heard, ear.errors) == (0, [ERROR])


async def test_the_end_comes_though_they_cannot_be_said() -> None:
    ear = Ear(fails=True)
    ear.said.set()
    words = LastWords(ear.say, ear.end)
    words.begin(ERROR)
    await ear.ended.wait()

    assert ear.errors == [ERROR]
    assert words._saying
    with pytest.raises(ValueError, match="nothing can be said"):
        await words._saying
