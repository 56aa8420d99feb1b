"""What the engine says to the model, as the simulator recognises it. `tests/contract/test_sentences.py` compares."""

import re

EXACTLY = re.compile(r'^Say exactly this and nothing else: "(?P<text>.*)"$', re.DOTALL)
ALOUD = re.compile(r'^Read this aloud, word for word, and say nothing else: "(?P<text>.*)"$', re.DOTALL)
CUT = re.compile(
    r'(?:^|\n)The connection was cut while you spoke\. The caller heard: "(?P<heard>.*?)"\. Say only', re.DOTALL
)
"""What the answer was asked for with stands before it."""
