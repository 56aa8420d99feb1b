"""The shop behind the stage: the agents' own tools, at work on the orders that callers speak of there."""

import asyncio
import json
import shutil
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from livekit.agents import ToolError, llm
from sqlalchemy.ext.asyncio import AsyncSession

from rehearsal.prepared import prepare
from shop import codes
from shop.business import SHOP
from shop.models import CallbackSlot, Customer, Order, OrderLine, OrderStatus
from switchboard.database import Database
from tests.moment import NOW
from tests.tools.phone import PLENTY, Ctx, ring
from tools import access, clock
from workflows.support_line import SUPPORT_LINE

PHONE = "+447700900123"
EMAIL, CODE = "anna.smith@example.com", "123456"
CUSTOMERS = (
    ("Anna Smith", EMAIL, "SW1A 2AA"),
    ("Ben Ode", "ben.ode@example.com", "M1 4BT"),
    ("Cara Lind", "cara.lind@example.com", "EH1 2NG"),
)
PAID, LATE, COMING, DELIVERED = (
    {"status": OrderStatus.PAID, "placed_at": -1, "paid_at": -1},
    {"status": OrderStatus.SHIPPED, "placed_at": -12, "shipped_at": -10, "expected_on": -1},
    {"status": OrderStatus.SHIPPED, "placed_at": -3, "shipped_at": -1, "expected_on": 1},
    {"status": OrderStatus.DELIVERED, "placed_at": -8, "shipped_at": -5, "delivered_at": -1},
)
ORDERS: tuple[tuple[int, str, Mapping[str, Any], Mapping[str, int]], ...] = (
    (10042, "Anna Smith", COMING, {"oak shelf": 1, "linen cushion": 2}),
    (10043, "Anna Smith", PAID, {"desk lamp": 1}),
    (10044, "Anna Smith", LATE, {"wool throw": 1}),
    (10141, "Anna Smith", DELIVERED, {"desk lamp": 1}),
    (10154, "Ben Ode", DELIVERED, {"glass vase": 1, "bath towel": 3}),
    (10155, "Ben Ode", PAID, {"wool throw": 1}),
    (10160, "Cara Lind", LATE, {"round mirror": 1}),
)
"""Number, whose, how it stands (moments in days from now), and what is in it."""
SLOTS = (timedelta(days=1), timedelta(days=1, hours=4, minutes=30), timedelta(days=2, minutes=30))
TOOLS = {
    tool.info.name: tool
    for agent in SUPPORT_LINE.agents
    for tool in agent.toolbox
    if isinstance(tool, llm.FunctionTool)
}
Made = tuple[tuple[str, str], ...]
"""The calls of one caller, the arguments as JSON."""


class Shop:
    """Stands as the calls of one caller have left it, and begins anew for another's. What it answered it knows."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="stage-")
        self._template = Path(self._folder.name, "template.db")
        with ThreadPoolExecutor(1) as elsewhere:  # whoever asks may be on an event loop
            elsewhere.submit(prepare, replace(SHOP, seed=fill), NOW, self._template).result()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._answers: dict[tuple[bool, Made], str] = {}
        self._made: tuple[bool, Made] | None = None
        self._ctx: Ctx | None = None

    def answer(self, with_phone: bool, made: Made) -> str:
        """What the last of these calls comes to, for a caller who has made the others before."""
        if (with_phone, made) not in self._answers:
            work = self._answer(with_phone, made)
            self._answers[with_phone, made] = asyncio.run_coroutine_threadsafe(work, self._loop).result()
        return self._answers[with_phone, made]

    async def _answer(self, with_phone: bool, made: Made) -> str:
        new = made[-1:]
        if self._ctx is None or self._made != (with_phone, made[:-1]):
            new, self._ctx = made, await self._begin(with_phone)
        self._made = (with_phone, made)
        return [await _run(self._ctx, name, arguments) for name, arguments in new][-1]

    async def _begin(self, with_phone: bool) -> Ctx:
        if self._ctx:
            await self._ctx.userdata.database.aclose()
        copy = shutil.copy(self._template, self._template.with_name("shop.db"))
        return ring(Database(f"sqlite:///{copy}"), number=PHONE if with_phone else None, desk=PLENTY)


@cache
def the_shop() -> Shop:
    """One for all stages of this process."""
    return Shop()


async def fill(session: AsyncSession, now: datetime) -> None:
    """The rows above."""
    customers = {
        name: Customer(name=name, email=email, phone=PHONE, street="1 Elm Row", city="", postcode=code, created_at=now)
        for name, email, code in CUSTOMERS
    }
    session.add_all([*customers.values(), *(CallbackSlot(starts_at=now + later) for later in SLOTS)])
    await session.flush()
    for number, name, standing, goods in ORDERS:
        lines = [
            OrderLine(position=place, sku=f"SKU-{place}", product=product, quantity=quantity, unit_cents=4000)
            for place, (product, quantity) in enumerate(goods.items(), 1)
        ]
        order = Order(number=number, customer_id=customers[name].id, delivery_cents=0, carrier="DPD", lines=lines)
        for key, value in standing.items():
            moment = now + timedelta(days=value) if isinstance(value, int) else value
            setattr(order, key, moment.date() if key == "expected_on" else moment)
        session.add(order)
    await session.flush()


async def _run(ctx: Ctx, name: str, arguments: str) -> str:
    clock.stop(NOW)
    letters = SimpleNamespace(send=lambda _email, _code: None)
    digits = SimpleNamespace(randbelow=lambda _most: int(CODE), compare_digest=lambda one, other: one == other)
    with patch.object(access, "POST", letters), patch.object(codes, "secrets", digits):
        try:
            return str(await TOOLS[name](ctx, **json.loads(arguments)))
        except ToolError as error:
            return error.message
