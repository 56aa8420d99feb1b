"""What the engine says to the model, as the simulator recognises it. `tests/contract/test_sentences.py` compares."""

import re

from simulator.mind import Reply, Request, Say

EXACTLY = re.compile(r'^Say exactly this and nothing else: "(?P<text>.*)"$', re.DOTALL)
ALOUD = re.compile(r'^Read this aloud, word for word, and say nothing else: "(?P<text>.*)"$', re.DOTALL)
CUT = re.compile(
    r'(?:^|\n)The connection was cut while you spoke\. The caller heard: "(?P<heard>.*?)"\. Say only', re.DOTALL
)
"""What the answer was asked for with stands before it."""


def read_aloud(request: Request) -> Reply | None:
    """What is to be read, outside of the conversation, whoever answers in it; None: it is no such request."""
    found = ALOUD.match(request.extra.strip())
    return [Say(found["text"])] if found else None
