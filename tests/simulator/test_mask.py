"""What a recording leaves out of what was said, and what it does not."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import make_mocked_request

from simulator.mask import MASKED, Mask

LONG = "a1B2" * 8
OWN = "5d41402abc4b2a76"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"key sk-proj-{LONG}.", f"key {MASKED}."),
        (f"ek_{LONG}", MASKED),
        (f"Authorization: Bearer {LONG}", f"Authorization: {MASKED}"),
        (f"a token eyJ{LONG}.{LONG}.{LONG}", f"a token {MASKED}"),
        ("see https://me:password@shop.example/a?sig=abc", f"see https://shop.example/a?{MASKED}"),
        (f"https://shop.example/{'a' * 9000}?sig=abc", f"https://shop.example/{'a' * 9000}?{MASKED}"),
        ("see wss://shop.example/a?sig=abc", f"see wss://shop.example/a?{MASKED}"),
        ("mine is my-own-key, ours too: my-own-key", f"mine is {MASKED}, ours too: {MASKED}"),
    ],
)
def test_keys_are_left_out(text: str, left: str) -> None:
    assert Mask(["my-own-key", ""]).text(text) == left


@pytest.mark.parametrize(
    "text",
    ["task-force", "the bearer of this letter", "sk-8", "https://shop.example/orders", "Is it? me@shop.example", "abc"],
)
def test_words_are_not(text: str) -> None:
    assert Mask(["abc"]).text(text) == text


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"api-key": OWN}, ""),
        ({"authorization": f"Bearer {OWN}"}, ""),
        ({"Authorization": OWN}, ""),
        ({"Ocp-Apim-Subscription-Key": OWN}, ""),
        ({"Cookie": f"session={OWN}"}, ""),
        ({}, f"?model=x&api-key={OWN}"),
        ({"Sec-WebSocket-Protocol": f"realtime, openai-insecure-api-key.{OWN}, openai-beta.realtime-v1"}, ""),
    ],
)
def test_what_a_client_signs_in_with_is_left_out(headers: dict[str, str], query: str) -> None:
    mask = Mask.of(make_mocked_request("GET", f"/v1/realtime{query}", headers=headers))
    secret = f"session={OWN}" if "Cookie" in headers else OWN
    assert mask.text(f"It is {secret} in realtime.") == f"It is {MASKED} in realtime."


def test_what_else_a_client_brings_stays() -> None:
    headers = {"User-Agent": "openai-python", "Sec-WebSocket-Protocol": "realtime"}
    mask = Mask.of(make_mocked_request("GET", "/v1/realtime?model=gpt-realtime", headers=headers))
    assert mask.text("openai-python realtime gpt-realtime") == "openai-python realtime gpt-realtime"


def test_a_longer_key_that_begins_like_another_goes_as_a_whole() -> None:
    assert Mask(["12345678", "12345678-more"]).text("12345678-more") == MASKED


def test_fields_that_carry_keys_keep_their_names_only() -> None:
    tool = {"headers": {"X-Key": "k", "X-Other": ["k"]}, "authorization": "k", "Api-Key": 5, "client_secret": None}
    assert Mask([]).value([{"tools": [tool], "my-own-key": True}]) == [
        {
            "tools": [
                {
                    "headers": {"X-Key": MASKED, "X-Other": MASKED},
                    "authorization": MASKED,
                    "Api-Key": MASKED,
                    "client_secret": None,
                }
            ],
            "my-own-key": True,
        }
    ]


def test_a_key_as_the_name_of_a_field_is_left_out() -> None:
    assert Mask(["my-own-key"]).value({"my-own-key": [1.5, None, "x"]}) == {MASKED: [1.5, None, "x"]}


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text", ["http://" * 60_000, "eyJaaaaaaaa-" * 60_000, "https://a@" * 60_000, "bearer " * 60_000]
)
def test_no_text_takes_long(text: str) -> None:
    Mask([]).text(text)
