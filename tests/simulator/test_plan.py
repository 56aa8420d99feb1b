"""What one response is made from."""

from __future__ import annotations

import pytest

from simulator.chain import Chain
from simulator.options import Options
from simulator.plan import make_plan
from simulator.session import Session


def user(text: str) -> dict[str, object]:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


@pytest.mark.parametrize(
    ("inert", "truncation", "kept"),
    [
        (True, "auto", 10),
        (False, "auto", 4),
        (False, "disabled", 10),
        (False, {"type": "retention_ratio", "retention_ratio": 0.5}, 2),
    ],
)
def test_truncation_cuts_the_oldest_items_unless_it_is_inert(inert: bool, truncation: object, kept: int) -> None:
    options = Options(truncation_inert=inert, context_tokens=400)
    session, chain = Session("a-model", 3600, options), Chain(options)
    session.update({"truncation": truncation}, audio_present=False)
    for _ in range(10):
        chain.create(user("x" * 400), None)

    assert len(make_plan({}, session, chain, options).entries) == kept


@pytest.mark.parametrize(
    ("session", "response", "extra"),
    [
        ("Be kind.", None, ""),
        ("Be kind.", "Be kind.\nSay hello.", "Say hello."),
        ("Be kind.", "Say hello.", "Say hello."),
        ("", "Say hello.", "Say hello."),
    ],
)
def test_what_a_response_adds_to_the_instructions_is_told_apart(session: str, response: str | None, extra: str) -> None:
    options = Options()
    made = Session("a-model", 3600, options)
    made.update({"instructions": session}, audio_present=False)

    plan = make_plan({"instructions": response}, made, Chain(options), options)

    assert (plan.instructions, plan.extra) == (session, extra)
