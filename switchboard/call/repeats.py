"""A model that asks for the same again and again: it is answered from the first result, and then stopped."""

import asyncio
import inspect
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from livekit.agents import (
    AgentSession,
    ConversationItemAddedEvent,
    RunContext,
    StopResponse,
    UserStateChangedEvent,
    llm,
)

from switchboard.call.call import Call
from switchboard.ledger.events import Repeated
from switchboard.line.sentences import ALREADY, ENOUGH

MOST_CALLS = 2


@dataclass
class Done:
    """One call of a tool in a turn, and how often it was asked for."""

    result: asyncio.Future[Any]
    times: int = 1
    others: int = 0
    """How many other calls had succeeded when this one did."""


@dataclass
class Turn:
    """The tools called since the caller last said something."""

    calls: dict[tuple[str, str], Done] = field(default_factory=dict)
    succeeded: int = 0


class Repeats:
    """Guards the tools of one call."""

    def __init__(self, call: Call[Any], session: AgentSession[Any]) -> None:
        self._call = call
        self._session = session
        self._turn = Turn()
        session.on("conversation_item_added", self._said)
        session.on("user_state_changed", self._user_state)

    def guard(self, tool: llm.Tool) -> llm.Tool:
        """`tool`, with the same name, description and arguments."""
        if not isinstance(tool, llm.FunctionTool | llm.RawFunctionTool):
            return tool

        @wraps(tool)
        async def guarded(*given: Any, **named: Any) -> Any:
            arguments = inspect.signature(tool).bind(*given, **named).arguments
            key = (tool.info.name, _as_text(arguments))
            return await self._once(key, lambda: tool(*given, **named))

        return type(tool)(guarded, tool.info)  # type: ignore[arg-type]  # the one kind's info with the one kind

    async def _once(self, key: tuple[str, str], work: Callable[[], Awaitable[Any]]) -> Any:
        turn, before = self._turn, self._turn.calls.get(key)
        if before is None:
            return await self._run(turn, key, Done(asyncio.get_running_loop().create_future()), work)
        before.times += 1
        self._call.ledger.write(Repeated(agent=self._call.agent, tool=key[0], times=before.times))
        if before.times > MOST_CALLS:
            if before.times == MOST_CALLS + 1:
                self._session.generate_reply(instructions=ENOUGH)  # asked for in a tool, it calls none
            raise StopResponse
        if before.result.done() and turn.succeeded > before.others:  # something has changed since
            return await self._run(turn, key, before, work)
        return ALREADY.format(result=await asyncio.shield(before.result))

    async def _run(self, turn: Turn, key: tuple[str, str], done: Done, work: Callable[[], Awaitable[Any]]) -> Any:
        if done.result.done():
            done.result = asyncio.get_running_loop().create_future()
        turn.calls[key] = done
        try:
            result = await work()
        except BaseException as error:
            turn.calls.pop(key, None)  # a call that failed may be tried again
            done.result.set_exception(error)
            done.result.exception()  # not everybody has a twin that waits for it
            raise
        turn.succeeded += 1
        done.others = turn.succeeded
        done.result.set_result(result)
        return result

    def _said(self, event: ConversationItemAddedEvent) -> None:
        if isinstance(event.item, llm.ChatMessage) and event.item.role == "user":
            self._turn = Turn()

    def _user_state(self, event: UserStateChangedEvent) -> None:
        if event.new_state == "speaking":
            self._turn = Turn()


def _as_text(arguments: dict[str, Any]) -> str:
    given = {name: value for name, value in arguments.items() if not isinstance(value, RunContext)}
    return json.dumps(given, default=str, sort_keys=True)
