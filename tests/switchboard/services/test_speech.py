"""Text answers are always spoken: by the agent's own service, then Azure's, the native voice last."""

import pytest

from simulator.options import Options
from switchboard.ledger.events import AgentSpoke
from switchboard.line.agent import Speech
from switchboard.line.voices import CartesiaVoice, NativeVoice, Voice
from switchboard.realtime import CallSession
from switchboard.services.speech import NativeSpeech, Speeches
from tests.stage.mind import LONG
from tests.stage.stage import staged

DRIFTING = Options(text_drift="any-text")


async def load_text_history(stage: object) -> None:
    """What a resumed call does: an earlier answer is loaded as text."""
    agent = stage.conversation.session.current_agent  # type: ignore[attr-defined]
    ctx = agent.chat_ctx.copy()
    ctx.add_message(role="user", content="Are you there?")
    ctx.add_message(role="assistant", content="I am.")
    await agent.update_chat_ctx(ctx)


@pytest.mark.parametrize("speech", [True, False], ids=["with Azure speech", "without any"])
@pytest.mark.parametrize("preview", [False, True], ids=["ga", "preview"])
async def test_a_native_agent_that_answers_in_text_is_heard(database_url: str, speech: bool, preview: bool) -> None:
    options = Options(text_drift="loaded-text")
    async with staged(database_url, options=options, speech=speech, preview=preview) as stage:
        await load_text_history(stage)
        heard = len(stage.loudspeaker.heard)
        await stage.say("hello")

        assert stage.of(AgentSpoke)[-1].text == "reception heard: hello."
        assert len(stage.loudspeaker.heard) == heard + 1
        assert stage.loudspeaker.seconds[-1] > 0.8
        assert bool(stage.simulator.speech.spoken) == speech


async def test_a_native_agent_after_a_text_agent_is_heard_even_if_that_makes_the_model_drift(database_url: str) -> None:
    async with staged(database_url, options=DRIFTING, speech=False) as stage:
        await stage.say("to studio")
        await stage.say("to reception")

        assert len(stage.loudspeaker.heard) == 3
        assert stage.loudspeaker.seconds[-1] > 0.8
        assert stage.simulator.opened == 1


@pytest.mark.parametrize("fault", ["cartesia_refuse", "cartesia_error"])
async def test_azure_speaks_when_cartesia_does_not_and_nothing_is_said_twice(database_url: str, fault: str) -> None:
    async with staged(database_url) as stage:
        stage.simulator.faults.add(fault, count=None)
        await stage.say("to studio")

        assert [said.text.strip() for said in stage.simulator.speech.spoken] == ["This is studio. You said: to studio."]
        assert len(stage.loudspeaker.heard) == 2
        assert stage.loudspeaker.seconds[-1] > 0.8


async def test_the_native_voice_comes_last(database_url: str) -> None:
    async with staged(database_url) as stage:
        stage.simulator.faults.add("cartesia_refuse", count=None)
        stage.simulator.faults.add("speech_refuse", count=None)
        await stage.say("to studio")

        assert stage.loudspeaker.seconds[-1] > 0.8
        assert len(stage.loudspeaker.heard) == 2
        aloud = [
            request for request in stage.mind.requests if "Read this aloud" in request.instructions + request.extra
        ]
        assert len(aloud) == 1
        assert [spoke.text for spoke in stage.of(AgentSpoke)][-1] == "This is studio. You said: to studio."


async def test_without_any_speech_service_a_voice_of_its_own_is_the_native_one(database_url: str) -> None:
    async with staged(database_url, speech=False, cartesia=False) as stage:
        await stage.say("to studio")
        await stage.say("long story")

        assert len(stage.loudspeaker.heard) == 3
        assert stage.of(AgentSpoke)[-1].text == LONG


class Watched(NativeSpeech):
    """Counts what is done to it."""

    def __init__(self) -> None:
        super().__init__(nobody)
        self.warmed = self.closed = 0

    def prewarm(self) -> None:
        self.warmed += 1

    async def aclose(self) -> None:
        self.closed += 1


def nobody() -> CallSession:
    raise RuntimeError("no call is running")


@pytest.mark.parametrize(
    ("voice", "spoken", "warmed"),
    [(CartesiaVoice("a"), True, 1), (CartesiaVoice("a"), False, 0), (NativeVoice(), True, 0)],
)
async def test_a_preferred_service_is_warmed_up_once_however_often_its_agent_comes(
    voice: Voice, spoken: bool, warmed: int
) -> None:
    services = [Watched(), Watched()]
    speeches = Speeches(lambda _: list(services), lambda _: None, spoken=spoken)
    for _ in range(3):
        speeches.of(voice).prewarm()

    assert [each.warmed for each in services] == [warmed, 0]


async def test_each_voice_has_one_chain_and_its_services_are_closed_with_the_call() -> None:
    made: list[Watched] = []

    def services(_: Voice) -> list[Speech]:
        made.extend([Watched(), Watched()])
        return list(made[-2:])

    speeches = Speeches(services, lambda _: None, spoken=True)
    first, second = (CartesiaVoice(name) for name in ("a", "b"))
    assert speeches.of(first) is speeches.of(first)
    assert speeches.of(first) is not speeches.of(second)
    await speeches.aclose()

    assert [each.closed for each in made] == [1] * 4
    assert speeches.of(first)._closed
