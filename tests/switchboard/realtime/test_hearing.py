"""What is said again when a connection is lost: what the caller said, and the server has not taken in."""

import pytest

from switchboard.realtime.hearing import LEAD_SECONDS, LONGEST_SECONDS, NOISE_SECONDS, Hearing

PIECE = 0.5
COMPLETED = "conversation.item.input_audio_transcription.completed"
FAILED = "conversation.item.input_audio_transcription.failed"


SPEECH = "speech"
"""In place of a number: one piece in which somebody seems to speak."""


def piece(number: int) -> dict[str, object]:
    return {"type": "input_audio_buffer.append", "audio": str(number)}


def hearing(*sent: int | str, transcribed: bool = True) -> Hearing:
    """One that has heard so many pieces, and what the server said between them."""
    heard, number = Hearing(transcribed), 0
    for each in sent:
        if each == SPEECH:
            heard.sent(piece(number), PIECE, speech=True)
            number += 1
        elif isinstance(each, str):
            kind, _, item = each.partition(" ")
            heard.received({"type": kind, "item_id": item})
        else:
            for _ in range(each):
                heard.sent(piece(number), PIECE)
                number += 1
    return heard


def numbers(heard: Hearing) -> list[int]:
    return [int(each["audio"]) for each in heard.take()]


def test_a_sentence_that_is_going_on_is_said_again_from_its_beginning() -> None:
    lead = int(LEAD_SECONDS / PIECE)
    assert numbers(hearing(10, "input_audio_buffer.speech_started", 4)) == list(range(10 - lead, 14))


def test_silence_is_not_said_again() -> None:
    assert not hearing(10).owed
    assert numbers(hearing(10)) == []


STARTED, STOPPED = "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, in the place of the clock's."""
    times = [100.0]
    monkeypatch.setattr("switchboard.realtime.hearing.time.monotonic", lambda: times[0])
    return times


def test_what_is_said_to_a_service_that_says_nothing_any_more_is_said_again() -> None:
    lead = int(LEAD_SECONDS / PIECE)
    dark = hearing(10, SPEECH, 6)

    assert dark.owed
    assert numbers(dark) == list(range(10 - lead, 17))


@pytest.mark.parametrize(("later", "owed"), [(NOISE_SECONDS, True), (NOISE_SECONDS + 0.1, False)])
def test_a_service_that_goes_on_and_notices_nothing_has_heard_no_speech(
    now: list[float], later: float, owed: bool
) -> None:
    heard = hearing(10, "session.created", SPEECH)
    for passed in (0.7, 1.4, later):
        now[0] = 100.0 + passed
        heard.received({"type": "response.output_audio.delta"})

    assert heard.owed == owed


def test_a_service_that_was_held_up_may_not_have_heard_yet_what_it_was_sent_meanwhile(now: list[float]) -> None:
    heard = hearing(2, STARTED, SPEECH, 4, SPEECH, 1)
    now[0] += NOISE_SECONDS + 2.0
    heard.received({"type": STOPPED, "audio_end_ms": 2000})
    heard.received({"type": "input_audio_buffer.committed", "item_id": "a"})
    heard.received({"type": COMPLETED, "item_id": "a"})

    assert heard.owed
    assert numbers(heard) == [4, 5, 6, 7, 8]


def test_what_the_service_tells_of_is_noticed_and_what_is_said_after_that_is_not() -> None:
    heard = hearing(2, SPEECH, 8, SPEECH)
    heard.received({"type": STARTED, "audio_start_ms": 1000})
    heard.received({"type": STOPPED, "audio_end_ms": 1500})
    heard.received({"type": "input_audio_buffer.committed", "item_id": "a"})
    heard.received({"type": COMPLETED, "item_id": "a"})
    assert heard.owed

    heard.received({"type": STARTED, "audio_start_ms": 5500})
    heard.received({"type": STOPPED, "audio_end_ms": 6000})
    heard.received({"type": "input_audio_buffer.committed", "item_id": "b"})
    heard.received({"type": COMPLETED, "item_id": "b"})
    assert not heard.owed


def test_what_was_said_again_is_owed_until_the_next_service_tells_of_it() -> None:
    heard = hearing(2, SPEECH, SPEECH)
    again = heard.take()
    for event in again:
        heard.sent(event, PIECE)
    assert heard.owed

    heard.received({"type": STARTED, "audio_start_ms": 0})
    heard.received({"type": STOPPED, "audio_end_ms": len(again) * PIECE * 1000})
    assert not hearing(2).owed
    assert heard.owed  # it is being said, and not taken in

    heard.received({"type": "input_audio_buffer.committed", "item_id": "a"})
    heard.received({"type": COMPLETED, "item_id": "a"})
    assert not heard.owed


def test_what_is_answered_is_not_said_again_and_what_is_being_said_is() -> None:
    heard = hearing(4, "input_audio_buffer.committed a", "input_audio_buffer.speech_started", 2)
    heard.answered()

    assert numbers(heard) == [4, 5]


@pytest.mark.parametrize("taken_in", [COMPLETED, FAILED])
def test_a_turn_that_was_written_down_or_never_will_be_is_not_said_again(taken_in: str) -> None:
    before = ("input_audio_buffer.speech_started", 4, "input_audio_buffer.committed a")

    assert hearing(2, *before).owed
    assert not hearing(2, *before, f"{taken_in} a").owed
    assert hearing(2, *before, f"{taken_in} another").owed


def test_without_transcription_a_turn_is_taken_in_when_it_is_answered() -> None:
    said = (2, "input_audio_buffer.speech_started", 4, "input_audio_buffer.committed a", "response.created")

    assert hearing(*said).owed
    assert not hearing(*said, transcribed=False).owed


def test_of_two_turns_the_one_that_is_not_taken_in_is_said_again() -> None:
    first = ("input_audio_buffer.speech_started", 4, "input_audio_buffer.committed a")
    second = ("input_audio_buffer.speech_started", 4, "input_audio_buffer.committed b")
    heard = hearing(2, *first, 2, *second, f"{COMPLETED} a", 1)

    assert heard.owed
    assert numbers(heard)[-1] == 12
    assert 0 not in numbers(hearing(2, *first, 2, *second, f"{COMPLETED} a", 1))


def test_what_was_cleared_is_forgotten() -> None:
    assert numbers(hearing(2, "input_audio_buffer.speech_started", 4, "input_audio_buffer.cleared", 3)) == []


def test_no_more_is_kept_than_half_a_minute() -> None:
    heard = hearing("input_audio_buffer.speech_started", int(LONGEST_SECONDS / PIECE) + 20)

    assert len(numbers(heard)) == int(LONGEST_SECONDS / PIECE)


def test_what_was_taken_is_not_taken_twice() -> None:
    heard = hearing("input_audio_buffer.speech_started", 4)

    assert numbers(heard) == [0, 1, 2, 3]
    assert numbers(heard) == []


def test_sound_behind_a_turn_that_was_taken_in_is_said_again_and_is_no_turn_of_the_servers() -> None:
    heard = hearing(2, SPEECH, "input_audio_buffer.speech_started", STOPPED, "input_audio_buffer.committed 1")
    assert heard.hears_again
    heard.received({"type": COMPLETED, "item_id": "1"})
    for number in range(3, 6):
        heard.sent(piece(number), PIECE, speech=True)

    assert heard.owed
    assert not heard.hears_again


def test_somebody_is_unnoticed_who_speaks_for_half_a_second_to_a_service_that_says_nothing_of_it(
    now: list[float],
) -> None:
    heard = hearing(10, "session.created")
    for _ in range(3):
        now[0] += 0.9
        heard.received({"type": "rate_limits.updated"})
    heard.sent(piece(10), PIECE / 2, speech=True)
    assert not heard.unnoticed

    for number in (11, 12):
        heard.sent(piece(number), PIECE, speech=True)
    assert heard.unnoticed

    heard.received({"type": STARTED, "audio_start_ms": 5500})
    assert not heard.unnoticed
