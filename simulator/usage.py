"""The token counts of `response.done`: estimates by the usual rules of thumb, with the cache of prefixes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from simulator.chain import Entry

CACHE_BLOCK = 64
INPUT_TOKENS_PER_MS = 10 / 1000
OUTPUT_TOKENS_PER_MS = 20 / 1000


class Part(NamedTuple):
    """A piece of the prompt, by what it is made of."""

    key: str
    text: int
    audio: int


class Usage:
    """Counts the responses of one session and remembers the last prompt, for what is cached of the next."""

    def __init__(self) -> None:
        self._last: tuple[Part, ...] = ()

    def count(
        self, instructions: str, tools: str, entries: Iterable[Entry], written: int, spoken_ms: float
    ) -> dict[str, Any]:
        """The `usage` of a response that wrote `written` characters and spoke `spoken_ms`."""
        prompt = (
            Part(f"instructions {instructions}", text_tokens(len(instructions)), 0),
            Part(f"tools {tools}", text_tokens(len(tools)), 0),
            *(entry_part(entry) for entry in entries),
        )
        cached = self._cached(prompt)
        self._last = prompt
        text, audio = sum(p.text for p in prompt), sum(p.audio for p in prompt)
        output = {"text_tokens": text_tokens(written), "audio_tokens": round(spoken_ms * OUTPUT_TOKENS_PER_MS)}
        produced = sum(output.values())
        return {
            "total_tokens": text + audio + produced,
            "input_tokens": text + audio,
            "output_tokens": produced,
            "input_token_details": _input(text, audio, cached),
            "output_token_details": output,
        }

    def _cached(self, prompt: tuple[Part, ...]) -> tuple[int, int]:
        text = audio = 0
        for old, new in zip(self._last, prompt, strict=False):
            if old != new:
                break
            text, audio = text + new.text, audio + new.audio
        total = (text + audio) // CACHE_BLOCK * CACHE_BLOCK
        cached_audio = min(audio, total)
        return total - cached_audio, cached_audio


def text_tokens(characters: int) -> int:
    """About four characters are one token."""
    return -(-characters // 4)


def entry_part(entry: Entry) -> Part:
    """What an item weighs in the prompt."""
    item = entry.item
    words = entry.text or item.get("output") or f"{item.get('name') or ''}{item.get('arguments') or ''}"
    if entry.speech is not None:
        return Part(entry.id, text_tokens(len(words)), round(entry.sent_ms * OUTPUT_TOKENS_PER_MS))
    if entry.input_ms:
        return Part(entry.id, 0, round(entry.input_ms * INPUT_TOKENS_PER_MS))
    return Part(entry.id, text_tokens(len(words)), 0)


def _input(text: int, audio: int, cached: tuple[int, int]) -> Mapping[str, Any]:
    return {
        "text_tokens": text,
        "audio_tokens": audio,
        "image_tokens": 0,
        "cached_tokens": sum(cached),
        "cached_tokens_details": {"text_tokens": cached[0], "audio_tokens": cached[1], "image_tokens": 0},
    }
