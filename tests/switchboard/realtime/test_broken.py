"""Answers that broke off are taken up again, once, and end where they are not."""

import asyncio
import time
from typing import Any

import pytest
from livekit.agents import llm, utils
from livekit.agents.llm._realtime.openai import _ResponseGeneration
from openai.types.realtime import ResponseCreateEvent

from switchboard.line.quoted import inside_quotes
from switchboard.line.sentences import REST
from switchboard.realtime import broken
from switchboard.realtime.answer import Answer
from switchboard.realtime.broken import Broken, BrokenAnswers

HEARD, SENTENCE = "Once upon a", "Let me see."
PROMPT = "You are a storyteller."


def generation() -> _ResponseGeneration:
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    return _ResponseGeneration(
        utils.aio.Chan[llm.MessageGeneration](), utils.aio.Chan[llm.FunctionCall](), {}, done, time.time()
    )


def broke_off(heard: str = HEARD, cut: bool = True, **response: Any) -> Broken:
    asked = {"type": "response.create", "event_id": "first", "response": response} if response else None
    answer = Answer(ResponseCreateEvent.model_validate(asked) if asked else None, cut=cut)
    return Broken(generation(), heard, answer)


class Stage:
    """The answers, what was sent for them, and which have ended."""

    def __init__(self) -> None:
        self.sent: list[ResponseCreateEvent] = []
        self.ended: list[_ResponseGeneration] = []
        self.end = asyncio.Event()
        self.away = False
        self.answers = BrokenAnswers(self.sent.append, lambda: PROMPT, self._end, lambda: self.away)

    def _end(self, generation: _ResponseGeneration) -> None:
        self.ended.append(generation)
        self.end.set()

    def resumed(self, one: Broken) -> str:
        """The event that asked for it."""
        self.answers.wait(one)
        self.answers.resume()
        event_id = self.sent[-1].event_id
        assert event_id and event_id.startswith("response_rest_")
        return event_id

    def response(self) -> dict[str, Any]:
        """What was asked for last, without its own mark."""
        (request,) = self.sent
        assert request.response
        response = request.response.model_dump(exclude_unset=True)
        assert response.pop("metadata") == {"client_event_id": request.event_id}
        return response


@pytest.fixture
async def stage() -> Stage:
    return Stage()


async def test_the_rest_of_a_sentence_is_asked_for_beside_the_agents_prompt(stage: Stage) -> None:
    stage.resumed(broke_off())

    assert stage.response() == {"instructions": f"{PROMPT}\n{REST.format(heard=inside_quotes(HEARD))}"}


async def test_what_was_asked_for_is_asked_for_again_with_its_own_instructions(stage: Stage) -> None:
    stage.resumed(broke_off(instructions="Tell a story.", tool_choice="none", metadata={"client_event_id": "first"}))

    assert stage.response() == {
        "instructions": f"Tell a story.\n{REST.format(heard=inside_quotes(HEARD))}",
        "tool_choice": "none",
    }


async def test_what_nobody_heard_is_asked_for_as_it_was(stage: Stage) -> None:
    stage.resumed(broke_off(heard="", instructions="Tell a story."))

    assert stage.response() == {"instructions": "Tell a story."}


async def test_the_one_that_has_begun_goes_on_with_what_was_heard(stage: Stage) -> None:
    one = broke_off(tool_choice="auto")
    event_id = stage.resumed(one)
    again = stage.answers.begun(event_id)

    assert again
    assert (again.generation, again.heard, again.answer.heard) == (one.generation, HEARD, HEARD)
    assert again.answer.asked is one.answer.asked
    assert stage.answers.begun(event_id) is None
    assert stage.answers.waiting is None


@pytest.mark.parametrize(
    ("one", "over"),
    [
        ({"heard": SENTENCE, "cut": False, "tool_choice": "none"}, True),
        ({"heard": SENTENCE, "cut": False, "tool_choice": "auto"}, False),
        ({"heard": SENTENCE, "cut": False}, False),
        ({"heard": SENTENCE, "cut": True, "tool_choice": "none"}, False),
        ({"heard": "", "cut": False, "tool_choice": "none"}, False),
    ],
)
async def test_one_that_was_heard_out_and_had_no_tools_to_call_is_over(
    stage: Stage, one: dict[str, Any], over: bool
) -> None:
    waiting = broke_off(**one)
    stage.answers.wait(waiting)
    stage.answers.resume()

    assert waiting.over is over
    assert stage.ended == ([waiting.generation] if over else [])
    assert bool(stage.sent) is not over


async def test_one_that_was_writing_a_call_is_not_over(stage: Stage) -> None:
    waiting = broke_off(SENTENCE, cut=False, tool_choice="none")
    waiting.answer.writing.add("call")

    assert not waiting.over


async def test_nothing_waits_where_nothing_broke_off(stage: Stage) -> None:
    stage.answers.wait(None)
    stage.answers.resume()
    stage.answers.give_up()
    assert (stage.sent, stage.ended) == ([], [])

    one = broke_off()
    stage.answers.wait(one)
    stage.answers.wait(None)
    assert stage.answers.waiting is one
    assert stage.answers.drop() is one
    assert stage.answers.drop() is None


async def test_one_that_is_given_up_ends(stage: Stage) -> None:
    one = broke_off()
    stage.answers.wait(one)
    stage.answers.give_up()
    stage.answers.resume()

    assert (stage.ended, stage.sent) == ([one.generation], [])


async def test_one_that_is_refused_ends_and_no_other(stage: Stage) -> None:
    one = broke_off()
    event_id = stage.resumed(one)
    stage.answers.refused("another")
    assert stage.ended == []
    stage.answers.refused(event_id)

    assert stage.ended == [one.generation]
    assert stage.answers.begun(event_id) is None


async def test_an_interruption_ends_those_that_wait_and_those_that_were_asked_for(stage: Stage) -> None:
    asked, waiting = broke_off(), broke_off()
    event_id = stage.resumed(asked)
    stage.answers.wait(waiting)

    assert stage.answers.interrupt() == [event_id]
    assert stage.ended == [waiting.generation, asked.generation]
    assert stage.answers.interrupt() == []
    assert stage.answers.begun(event_id) is None


async def test_what_was_asked_for_on_a_lost_connection_waits_again_behind_what_waits(stage: Stage) -> None:
    asked, waiting = broke_off(), broke_off()
    event_id = stage.resumed(asked)
    stage.answers.lost()
    assert stage.answers.begun(event_id) is None
    assert stage.answers.waiting
    assert stage.answers.waiting.generation is asked.generation

    stage.answers.resume()
    stage.answers.wait(waiting)
    stage.answers.lost()
    assert stage.answers.waiting is waiting
    assert stage.ended == [asked.generation]


async def test_one_that_breaks_off_while_another_waits_answers_for_both(stage: Stage) -> None:
    first, second = broke_off(), broke_off()
    stage.answers.wait(first)
    stage.answers.wait(second)

    assert stage.answers.waiting is second
    assert stage.ended == [first.generation]


async def test_one_is_taken_up_later_unless_it_waits_no_more(stage: Stage) -> None:
    for given_up in (True, False):
        stage.answers.wait(broke_off())
        stage.answers.resume_later(0.0)
        if given_up:
            stage.answers.drop()
        for _ in range(5):
            await asyncio.sleep(0)

        assert len(stage.sent) == (0 if given_up else 1)


async def test_one_that_is_due_while_the_connection_is_away_waits_for_the_next_one(stage: Stage) -> None:
    stage.answers.wait(one := broke_off())
    stage.away = True
    stage.answers.resume_later(0.0)
    for _ in range(5):
        await asyncio.sleep(0)
    assert stage.answers.waiting is one
    assert not stage.sent

    stage.away = False
    stage.answers.resume()
    assert len(stage.sent) == 1


async def test_one_that_is_not_taken_up_ends_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broken, "ANSWER_SECONDS", 0.0)
    stage, one = Stage(), broke_off()
    stage.resumed(one)
    async with asyncio.timeout(10.0):
        await stage.end.wait()

    assert stage.ended == [one.generation]
