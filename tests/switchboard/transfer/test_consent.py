"""What of a person's words can mean that they take a caller."""

import pytest
from livekit.agents import AgentSession, AgentStateChangedEvent, UserInputTranscribedEvent
from livekit.agents.voice.events import UserStateChangedEvent

from switchboard.transfer import consent
from switchboard.transfer.consent import Consent, agrees

YES = (
    "Yes.",
    "yes please, put them through",
    "Sure, go ahead.",
    "OK",
    "Okay then, send her through",
    "No problem, put him straight through",
    "Yeah, why not?",
    "I don\N{RIGHT SINGLE QUOTATION MARK}t mind, go ahead",
    "Could you put them through, please?",
    "ja, gerne",
)
NO = (
    "No.",
    "Not now.",
    "I'm not sure",
    "No, it's not okay",
    "I can\N{RIGHT SINGLE QUOTATION MARK}t, sorry",
    "I'm busy, okay?",
    "later, please",
    "Who is it?",
    "Hello?",
    "hello",
    "Good morning.",
    "You've reached Anna. Please leave your message after the tone.",
    "The person you are calling has a voicemail. Yes, speak after the beep.",
)


@pytest.mark.parametrize("words", YES)
def test_words_that_can_mean_yes(words: str) -> None:
    assert agrees(words)


@pytest.mark.parametrize("words", NO)
def test_words_that_cannot_mean_yes(words: str) -> None:
    assert not agrees(words)


class Talk:
    """A session, told what happens in it."""

    def __init__(self, *, transcribed: bool = True) -> None:
        self._session: AgentSession[None] = AgentSession()
        self.consent = Consent(transcribed)
        self.consent.watch(self._session)

    def begins(self) -> None:
        self._session.emit("agent_state_changed", AgentStateChangedEvent(old_state="listening", new_state="speaking"))

    def speaks(self) -> None:
        self._session.emit("user_state_changed", UserStateChangedEvent(old_state="listening", new_state="speaking"))

    def is_written(self, words: str, *, final: bool = True) -> None:
        self._session.emit("user_input_transcribed", UserInputTranscribedEvent(transcript=words, is_final=final))


@pytest.fixture
async def talk(monkeypatch: pytest.MonkeyPatch) -> Talk:
    monkeypatch.setattr(consent, "TRANSCRIPT_SECONDS", 0.05)
    return Talk()


async def test_nobody_agrees_who_has_said_nothing(talk: Talk) -> None:
    talk.begins()

    assert not await talk.consent.given()


async def test_nobody_agrees_before_the_briefing_has_begun(talk: Talk) -> None:
    talk.speaks()
    talk.is_written("yes")
    talk.begins()

    assert not await talk.consent.given()


async def test_a_yes_after_the_briefing_has_begun_agrees(talk: Talk) -> None:
    talk.begins()
    talk.speaks()
    talk.is_written("yes")

    assert await talk.consent.given()


async def test_the_last_words_count(talk: Talk) -> None:
    talk.begins()
    for words in ("yes", "no, wait"):
        talk.speaks()
        talk.is_written(words)

    assert not await talk.consent.given()


async def test_words_that_are_not_written_down_yet_or_only_guessed_agree_to_nothing(talk: Talk) -> None:
    talk.begins()
    talk.speaks()
    talk.is_written("yes")
    talk.speaks()
    talk.is_written("yes", final=False)
    talk.is_written("  ")

    assert not await talk.consent.given()


@pytest.mark.parametrize("spoke", [True, False])
async def test_where_nothing_is_written_down_the_voice_itself_counts(spoke: bool) -> None:
    talk = Talk(transcribed=False)
    talk.begins()
    if spoke:
        talk.speaks()

    assert await talk.consent.given() is spoke
