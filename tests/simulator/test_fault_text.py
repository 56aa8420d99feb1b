"""Faults in words."""

from __future__ import annotations

import pytest

from simulator.fault_kinds import FORMER, KNOWN
from simulator.fault_text import described, fault_from, fault_of, shown
from simulator.faults import UnknownFault


def test_every_trigger_can_be_said_in_words() -> None:
    fault = fault_of("drop at=response.*.done when=before nth=2 session=1 after=20 probability=0.5 skip=3 count=all")
    trigger = (fault.at, fault.when, fault.nth, fault.session, fault.after, fault.probability, fault.skip, fault.count)

    assert trigger == ("response.*.done", "before", 2, 1, 20, 0.5, 3, None)


def test_a_setting_is_text_or_a_number_as_the_fault_has_it() -> None:
    fault = fault_of("refuse status=429 code=429 message='Too many. Wait.' session=sess_1")

    assert (fault.number("status"), fault.text("code"), fault.text("message")) == (429, "429", "Too many. Wait.")
    assert (fault.session, fault.count) == ("sess_1", 1)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "'' is no fault"),
        ("drop 'at=x", "is no fault"),
        ("earthquake", "unknown fault 'earthquake'; known: "),
        ("drop now", "'now' sets nothing"),
        ("drop hours=1", "'drop' has no setting 'hours'"),
        ("drop nth=second", "nth: Input should be a valid integer"),
        ("drop nth=1.5", "nth: Input should be a valid integer"),
        ("drop count=none", "count: Input should be a valid integer"),
        ("stall seconds=long", "seconds has to be a number"),
        ("drop name=stall", "'name=stall' sets nothing"),
        ("drop probability=nan", "probability is from 0 to 1"),
    ],
)
def test_words_that_are_no_fault_are_refused(text: str, complaint: str) -> None:
    with pytest.raises(UnknownFault, match=complaint):
        fault_of(text)


def test_a_fault_that_is_shown_can_be_given_back() -> None:
    fault = fault_of("close at=response.done nth=2 code=1012")
    assert shown(fault_from(shown(fault))) == shown(fault)


def test_every_fault_is_described_with_its_settings() -> None:
    told = dict(described())

    assert told.keys() == KNOWN.keys()
    assert all(key in told[name] for name, kind in KNOWN.items() for key in kind.settings)


@pytest.mark.parametrize("name", FORMER)
def test_a_former_name_is_as_good(name: str) -> None:
    assert fault_of(name).name == FORMER[name]
