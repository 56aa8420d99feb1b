from typing import Any

from tests.tools.phone import ring
from tools.keys import key

NOWHERE: Any = None  # a key needs no database


def test_the_same_words_of_the_same_call_are_the_same_request() -> None:
    call = ring(NOWHERE).userdata

    assert key(call, "open_ticket", "It's  late!", 10042) == key(call, "open_ticket", "it s LATE", 10042)


def test_another_call_tool_or_argument_is_another_request() -> None:
    call, other = ring(NOWHERE).userdata, ring(NOWHERE).userdata
    keys = {
        key(call, "open_ticket", "late", 10042),
        key(other, "open_ticket", "late", 10042),
        key(call, "open_urgent_ticket", "late", 10042),
        key(call, "open_ticket", "late", 10043),
        key(call, "open_ticket", "late 10042", ""),
    }

    assert len(keys) == 5


def test_a_key_does_not_repeat_what_the_caller_said() -> None:
    assert "late" not in key(ring(NOWHERE).userdata, "open_ticket", "late")
