"""What the service sends is cleaned where it comes in."""

from switchboard.realtime.frames import clean_frame

HALF = "\ud83d"
WRITTEN_OUT = r"\ud83d"
"""As half an emoji stands in JSON."""


def test_half_an_emoji_that_is_written_out_in_a_tools_arguments_is_cleaned() -> None:
    frame = {"type": "response.output_item.done", "item": {"arguments": f'{{"why": "broken {WRITTEN_OUT}"}}'}}

    clean_frame(frame)

    assert WRITTEN_OUT not in frame["item"]["arguments"]  # type: ignore[index]
    assert frame["item"]["arguments"].startswith('{"why": "broken ')  # type: ignore[index]


def test_the_arguments_of_an_event_of_their_own_are_cleaned_too() -> None:
    frame = {"type": "response.function_call_arguments.done", "arguments": f'{{"why": "broken {WRITTEN_OUT}"}}'}

    clean_frame(frame)

    assert WRITTEN_OUT not in frame["arguments"]


def test_words_are_no_json_and_keep_what_looks_like_it() -> None:
    frame = {"type": "response.output_audio_transcript.delta", "delta": f'["{WRITTEN_OUT}{HALF}"]'}

    clean_frame(frame)

    assert WRITTEN_OUT in frame["delta"]
    assert HALF not in frame["delta"]


def test_sound_is_left_as_it_is() -> None:
    frame = {"type": "response.output_audio.delta", "delta": "AAAA\0"}

    clean_frame(frame)

    assert frame["delta"] == "AAAA\0"
