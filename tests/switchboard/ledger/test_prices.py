"""What calls cost: sums that were checked by hand, and nothing that is not known."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.call_report import bill_text
from switchboard.ledger.bill import bill
from switchboard.ledger.events import Event, HandoffDone, Unit, Used, Work
from switchboard.ledger.prices import SHIPPED, Cost, Price, Prices, PricesError
from switchboard.ledger.readings import readings

EURO = Price(
    model="a-model",
    currency="EUR",
    per_million={"text_in": Decimal(4), "text_in_cached": Decimal("0.4"), "audio_out": Decimal(64)},
    source="a contract",
    read=date(2026, 11, 27),
)


def used(model: str = "a-model", agent: str = "greeter", work: Work = "answer", **units: float) -> Used:
    taken: dict[Unit, float] = units  # type: ignore[assignment]  # the names are units
    return Used(agent=agent, work=work, model=model, units=taken)


def test_a_worked_example() -> None:
    """GPT-Realtime-1.5: 1,000 x 4 + 2,000 x 0.40 + 300 x 32 + 500 x 64 + 100 x 16, a million each: 0.0480 dollars."""
    work = used("gpt-realtime-1.5", text_in=1000, text_in_cached=2000, audio_in=300, audio_out=500, text_out=100)

    assert Prices.read().of([work]) == Cost({"USD": Decimal("0.048")})
    assert str(Prices.read().of([work])) == "0.0480 USD"


def test_a_snapshot_costs_what_its_model_does_unless_it_has_a_price() -> None:
    dated = EURO.model_copy(update={"model": "a-model-2026-01-02", "per_million": {"text_in": Decimal(8)}})
    prices = Prices([EURO, dated])

    assert prices.of([used("a-model-2025-08-28", text_in=1_000_000)]).amounts == {"EUR": 4}
    assert prices.of([used("a-model-2026-01-02", text_in=1_000_000)]).amounts == {"EUR": 8}


@pytest.mark.parametrize(
    ("events", "cost"),
    [
        ([], "nothing"),
        ([used("another", text_in=5)], "unknown: another"),
        ([used("", text_in=5)], "unknown: a model without a name"),
        ([used(text_in=5, text_out=1)], "unknown: a-model"),
        ([used(text_in=5000), used("another", text_in=5)], "0.0200 EUR and unknown: another"),
    ],
)
def test_a_price_that_is_not_known_is_unknown_and_never_0(events: list[Event], cost: str) -> None:
    assert str(Prices([EURO]).of(events)) == cost


def test_every_price_that_we_ship_says_where_it_stands_and_when_it_was_read() -> None:
    prices = Prices.read(SHIPPED)._prices.values()

    assert len(prices) > 5
    assert all(price.source.startswith("https://") and price.read >= date(2026, 11, 27) for price in prices)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[price]", "is not TOML"),
        ("[[price]]\nmodel = 'a'", "price 1 currency: Field required"),
        ("[[price]]\nmodel = 'a'\ncurrency = 'euro'", "price 1 currency: String should match"),
        (
            "[[price]]\nmodel='a'\ncurrency='EUR'\nsource='b'\nread=2026-01-01\nper_million={texts=1}",
            "price 1 per_million texts",
        ),
        (
            "[[price]]\nmodel='a'\ncurrency='EUR'\nsource='b'\nread=2026-01-01\nper_million={text_in=-1}",
            "price 1 per_million text_in: Input should be greater than or equal to 0",
        ),
    ],
)
def test_a_file_that_cannot_be_used_says_what_is_wrong_with_it(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(text)

    with pytest.raises(PricesError) as refused:
        Prices.read(file)
    assert str(refused.value).startswith(str(file))
    assert complaint in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PricesError, match="cannot be read: No such file"):
        Prices.read(tmp_path / "none.toml")


def done(target: str) -> HandoffDone:
    return HandoffDone(source="greeter", target=target, arrived_ms=1, spoke_ms=None, silence_ms=None, socket_kept=True)


CALL: list[Event] = [
    used(text_in=5000),
    done("support"),
    used("whisper", agent="support", work="transcription", seconds=3),
    used(agent="support", text_in=2000, text_in_cached=3000),
    used(agent="support", text_in=9000),
    done("escalation"),
]


def test_what_a_handoff_gave_the_next_agent_to_read_is_its_first_answer() -> None:
    (read,) = readings(CALL)
    assert (read.source, read.target, read.tokens, read.cached) == ("greeter", "support", 5000, 3000)


def test_a_call_is_billed_by_agent_and_tells_the_reading_of_its_handoffs() -> None:
    assert bill_text(CALL, Prices([EURO])).splitlines() == [
        "cost: 0.0652 EUR and unknown: whisper",
        "  greeter: 0.0200 EUR",
        "  support: 0.0452 EUR and unknown: whisper",
        "  handoff from greeter to support: 5000 tokens to read, 3000 of them cached: 0.0092 EUR",
    ]


def test_a_bill_is_told_to_pages_with_what_is_not_known_beside_what_is() -> None:
    assert bill(CALL, Prices([EURO])).json() == {
        "total": {"amount": "0.0652", "currency": "EUR", "unknown": ["whisper"]},
        "agents": {
            "greeter": {"amount": "0.02", "currency": "EUR", "unknown": []},
            "support": {"amount": "0.0452", "currency": "EUR", "unknown": ["whisper"]},
        },
        "handoffs": [
            {
                "source": "greeter",
                "target": "support",
                "tokens": 5000,
                "cached": 3000,
                "amount": "0.0092",
                "currency": "EUR",
                "unknown": [],
            }
        ],
    }


def test_what_an_agent_says_in_its_first_answer_is_not_what_it_had_to_read() -> None:
    spoke = used(agent="support", text_in=1000, audio_out=1000)
    (handoff,) = bill([done("support"), spoke], Prices([EURO])).handoffs
    assert handoff.cost == Cost({"EUR": Decimal("0.004")})


@pytest.mark.parametrize(
    ("cost", "told"),
    [
        (Cost({}), {"amount": "0", "currency": None, "unknown": []}),
        (Cost({}, frozenset(["b", "a"])), {"amount": None, "currency": None, "unknown": ["a", "b"]}),
        (Cost({"EUR": Decimal(1), "USD": Decimal(2)}), {"amount": None, "currency": None, "unknown": []}),
        (Cost({"EUR": Decimal("1E-7")}), {"amount": "0.0000001", "currency": "EUR", "unknown": []}),
    ],
    ids=["nothing", "unknown", "two currencies", "very little"],
)
def test_a_cost_is_told_to_pages_and_is_never_0_where_it_is_not_known(cost: Cost, told: dict[str, object]) -> None:
    assert cost.json() == told


def test_a_call_that_used_nothing_has_no_bill() -> None:
    assert bill_text([done("support")], Prices([EURO])) == ""
