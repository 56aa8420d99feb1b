"""The benchmark of phone calls: its bars."""

from bench.phone import OURS, SLOW_OURS, STOCK, TO_PERSON, PhoneFigures, bars


def test_a_bar_whose_calls_all_failed_does_not_hold() -> None:
    assert all(line.endswith("DOES NOT HOLD") for line in bars(PhoneFigures()))


def test_bars_hold_for_figures_that_are_good_enough() -> None:
    figures = PhoneFigures()
    figures.add(("invite_to_answer_ms", OURS), 0.46)
    figures.add(("invite_to_answer_ms", STOCK), 0.44)
    figures.add(("answer_to_greeting_ms", SLOW_OURS), 0.13)
    figures.add(("sentence_to_ring_ms", TO_PERSON), 0.0)
    figures.add(("accept_to_joined_ms", TO_PERSON), 0.2)

    assert all(line.endswith(", holds") for line in bars(figures))
