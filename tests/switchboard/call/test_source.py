"""Where a call comes from, as the metadata of its room tells it."""

import pytest

from switchboard.call.source import UNKNOWN, Source


@pytest.mark.parametrize("source", [UNKNOWN, Source(address="a"), Source(address="a", identity="i", account="c")])
def test_what_is_carried_is_understood(source: Source) -> None:
    assert Source.understood(source.dumps()) == source


def test_only_what_is_known_is_carried() -> None:
    assert (UNKNOWN.dumps(), Source(identity="i").dumps()) == ("{}", '{"identity":"i"}')


@pytest.mark.parametrize("metadata", ["", "no JSON", "[]", '{"address": 7}'])
def test_metadata_of_others_says_nothing(metadata: str) -> None:
    assert Source.understood(metadata) == UNKNOWN
