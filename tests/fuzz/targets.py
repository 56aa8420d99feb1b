"""What is fuzzed: for each way in, what has to hold whatever comes. Nothing raises but what the way says it raises."""

import asyncio
import json
import os
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

from shop.samples import PRODUCTS
from shop.wanted import wanted
from shop.wording import TABLE, NotUnderstoodError
from switchboard.call.dispatch import Dispatch
from switchboard.http.errors import ResumeRefused
from switchboard.http.resume_tokens import ResumeToken, ResumeTokens
from switchboard.realtime.aloud import Readings
from switchboard.realtime.frames import clean_frame
from switchboard.realtime.hearing import Hearing
from switchboard.realtime.order import Order
from switchboard.realtime.readable import FORM, read
from switchboard.room.keypad import Keypad
from switchboard.settings.environment import load_settings
from switchboard.settings.schema import SETTINGS
from switchboard.settings.values import SettingsError
from switchboard.text import visible
from tests.fuzz.built import built
from tests.fuzz.sentences import sentence
from tests.shop.rows import NOW
from tools.hearing import code, email, order_number, phone, postcode
from tools.money import SYMBOLS, sums_said
from tools.times import matching

Target = Callable[[bytes], None]

HEARD = """
    my order number is please not it's sorry postcode for sugar whisky W A SW1A 2AA M1 4BT ten thousand dot at example
    com underscore dash plus zero seven 07700 900123 +44 10042 email erm as in like no moment
"""
TIMES = """
    monday tuesday wed friday next this tomorrow today morning afternoon evening noon midnight november dec 30 9:30
    09:05 2025-11-30 30/11 10am pm o'clock at on the of after before any whenever not or between until
"""
SLOTS = [
    NOW + timedelta(days=day, hours=hour, minutes=30 * half) for day in range(9) for hour in (0, 3) for half in (0, 1)
]
GOODS = [(1, "glass vase"), (3, "bath towel"), (1, "desk lamp"), (1, "brass floor lamp"), (2, PRODUCTS[0][1])]
RETURNS = " ".join(sorted({word for phrase in TABLE for word in phrase} | {"vase", "towels", "lamp", "lamps", "don't"}))
SUMS = f"{' '.join(SYMBOLS)} GBP EUR million k m p 1,250 1.250 50"
ADDRESSES = """
    https:// http:// wss:// postgresql:// postgres:// sqlite:/// shop.example localhost [::1] user:secret@ :5432 /name
    ?sslmode=require &channel_binding=require sslrootcert= connect_timeout= options= %20 %00 true nan 0.5 -1 1e9 key =
    support-line=+1555 sip:a@b;c 10.0.0.0/8 marin server_vad
"""
METADATA = """
    { } [ ] : , " null true false "line": "caller": "warm": "resume": "phone": "support-line" "" 1 \\ud83d
"""
FRAMES = f"""
    {METADATA} {" ".join(f'"{name}":' for name in FORM)} "response.created" "response.done" "error" "client_event_id"
    "input_audio_buffer.committed" "response.output_audio.delta" "conversation.item.added" "function_call" "AAAA" 0 1.5
"""
TOKENS = ResumeTokens(SecretStr("a secret of the fuzzer's, and of nobody else"), 60)
TOKEN = ResumeToken(call="call-1", room="call-2", identity="caller", line="support-line", moves=1)
LOOP = asyncio.new_event_loop()


def hearing(data: bytes) -> None:
    """Every value has its shape, or is none."""
    text = sentence(data, HEARD)
    assert re.fullmatch(r"|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", postcode(text), re.ASCII), "a postcode"
    assert (order_number(text) or 10_000) >= 0, "an order number"
    assert re.fullmatch(r"|[^@\s]+@[^@\s]+\.[^@\s.]+", email(text) or ""), "an e-mail address"
    assert re.fullmatch(r"|\+[1-9]\d{6,14}", phone(text) or "", re.ASCII), "a phone number"
    assert len(code(text) or "123456") == 6, "a code"


def times(data: bytes) -> None:
    """Only times that there are, in their order."""
    found = list(matching(SLOTS, sentence(data, TIMES), NOW))
    assert found == [slot for slot in SLOTS if slot in found]


def returns(data: bytes) -> None:
    """Something of the order, or a question."""
    try:
        places = wanted(GOODS, sentence(data, RETURNS))
    except NotUnderstoodError:
        return
    assert places
    assert places <= set(range(len(GOODS)))


def sums(data: bytes) -> None:
    """Something is said of every text."""
    text = sentence(data, SUMS)
    assert bool(sums_said(text).strip()) == bool(text.strip())


def settings(data: bytes) -> None:
    """Settings, or problems of one readable line each; the same from a file."""
    name = SETTINGS[data[0] % len(SETTINGS)].name if data else SETTINGS[0].name
    text = sentence(data[1:], ADDRESSES)
    _load({name: text}, None)
    path = Path(tempfile.gettempdir()) / f"fuzz-{os.getpid()}.env"
    path.write_text(f"{name}={text}\n", "utf-8", "surrogatepass")
    _load({}, path)


def _load(environ: Mapping[str, str], file: Path | None) -> None:
    try:
        load_settings(file, environ)
    except SettingsError as error:
        assert all(visible(line) == line for line in str(error).split("\n")), "a line that a terminal obeys"


def resume_tokens(data: bytes) -> None:
    """Only what we signed is read, whoever brings it."""
    signed = TOKENS.sign(TOKEN)
    place = data[0] % len(signed) if data else 0
    between = sentence(data[1:], "e30 eyJhbGciOiJub25lIn0").encode("utf-8", "replace").decode()  # as HTTP carries it
    text = signed[:place] + between + signed[place:]
    with suppress(ResumeRefused):
        assert TOKENS.read(text, "") == TOKEN


def dispatch(data: bytes) -> None:
    """Something is understood, and it is written as it is read."""
    asked = Dispatch.understood(sentence(data, METADATA))
    assert Dispatch.parse(asked.dumps()) == asked


def frames(data: bytes) -> None:
    """What is readable goes through all that looks at a frame before LiveKit does."""
    text = sentence(data, FRAMES) if len(data) % 4 == 0 else json.dumps(built(data, FORM, FRAMES.split()))
    if read(text) is None:
        return
    event = json.loads(text)
    clean_frame(event)
    list(Order().take(event))
    Hearing(transcribed=bool(len(data) % 2)).received(event)
    Readings(lambda _: None).take(event)


def keypad(data: bytes) -> None:
    """Keys come out as they went in, and all of them."""

    async def press() -> Sequence[str]:
        entered: list[str] = []
        keys = Keypad(entered.append)
        for key in pressed:
            keys.press(key)
        keys.press("#")
        keys.close()
        return entered

    pressed = ["0123456789*#"[byte % 12] for byte in data]
    assert "".join(LOOP.run_until_complete(press())) == "".join(pressed).replace("#", "")


TARGETS: Mapping[str, Target] = {
    each.__name__: each for each in (hearing, times, returns, sums, settings, resume_tokens, dispatch, frames, keypad)
}
