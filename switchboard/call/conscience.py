"""Said but not done: what an agent claims and no tool has done is told to the model at once, which acts or mends it."""

import asyncio
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from livekit.agents import (
    AgentSession,
    FunctionToolsExecutedEvent,
    RunContext,
    SpeechCreatedEvent,
    ToolError,
    UserStateChangedEvent,
    llm,
)
from livekit.agents.voice import SpeechHandle
from livekit.agents.voice.agent_activity import ActivityClosedError

from switchboard.background import Background
from switchboard.call.call import Call
from switchboard.call.quiet import Quiet
from switchboard.call.reminder import Reminder
from switchboard.call.truth import Truth
from switchboard.ledger.events import AgentSpoke, CallerSpoke, Event, SaidNotDone, ToolReturned
from switchboard.line.claims import Claim, claims
from switchboard.line.deeds import ENDING
from switchboard.line.quoted import as_json
from switchboard.line.sentences import FAILED_BUT_SAID, SAID_NOT_DONE


class Conscience:
    """Compares what was heard with what was done, when an answer and its calls are over; corrects once a turn.

    `over`: the call is ending. `note` has to be told every event of the ledger.
    """

    def __init__(
        self,
        truth: Truth,
        call: Call[Any],
        session: AgentSession[Any],
        quiet: Quiet,
        reminder: Reminder,
        over: Callable[[], bool],
    ) -> None:
        self._truth = truth
        self._call = call
        self._session = session
        self._quiet = quiet
        self._reminder = reminder
        self._background = Background(lambda: None)  # a call goes on without it
        self._over = over
        self._heard: list[Claim] = []
        """Claims that nobody has judged yet."""
        self._spoken = False
        """The caller's next words belong to the turn at hand: they were heard as they began."""
        self._corrected = False
        self._returned = asyncio.Event()
        self._speeches: set[SpeechHandle] = set()
        session.on("speech_created", self._created)
        session.on("user_state_changed", self._user_state)
        session.on("function_tools_executed", self._executed)

    def note(self, event: Event) -> None:
        """A listener of the ledger."""
        self._truth.note(event)
        match event:
            case CallerSpoke():
                if not self._spoken:
                    self._next_turn()
                self._spoken = False
            case AgentSpoke():
                self._listen(event)
            case ToolReturned():
                self._returned.set()

    def settle(self) -> None:
        """The call is over: what it leaves untrue is written."""
        self._background.cancel()
        self._write(self._untrue(), corrected=False)

    def before_end(self, end_call: Any) -> Any:
        """The tool `end_call`, which ends no call in which the caller has just been told what is not so."""

        @wraps(end_call)
        async def end(ctx: RunContext[Call[Any]]) -> Any:
            await ctx.wait_for_playout()
            if self._call.departure.target:
                return await end_call(ctx)  # which refuses: the caller is on the way
            await self._others_returned(ctx.function_call.call_id)
            if not ctx.speech_handle.interrupted and (words := self._correction()):
                raise ToolError(words)
            return await end_call(ctx)

        return type(end_call)(end, end_call.info)

    # -- when it is judged ---------------------------------------------------------------------------------------------

    def _created(self, event: SpeechCreatedEvent) -> None:
        self._speeches.add(event.speech_handle)
        event.speech_handle.add_done_callback(self._speeches.discard)

    def _listen(self, answer: AgentSpoke) -> None:
        found = claims(answer.text, self._truth.deeds, whole=not answer.interrupted)
        self._heard += found
        if found:
            judging = self._remind() if self._caller_speaks else self._when_quiet()
            self._background.run(judging, "compare words and deeds")

    def _user_state(self, event: UserStateChangedEvent) -> None:
        if event.new_state == "speaking":
            if self._heard:  # the model is told before it answers them
                self._background.run(self._remind(), "compare words and deeds")
            self._next_turn()
            self._spoken = True

    def _executed(self, event: FunctionToolsExecutedEvent) -> None:
        """The results are on their way to the model: one that failed says what was said of it too early."""
        for result in event.function_call_outputs:
            if result.is_error and (words := self._too_early(result)):
                result.output = FAILED_BUT_SAID.format(result=result.output, said=words)
        if self._heard:
            self._background.run(self._when_quiet(), "compare words and deeds")

    async def _when_quiet(self) -> None:
        try:
            while self._speeches:  # LiveKit's idle does not wait for the calls of an answer
                await self._call.departure.over.wait()
                await next(iter(self._speeches))
            await self._quiet.wait()
        except ActivityClosedError:
            return  # what is left is written when the call is over
        if not self._caller_speaks and (words := self._correction()):
            await self._reminder.give(words)
            if not self._caller_speaks:
                self._session.generate_reply()

    async def _remind(self) -> None:
        if words := self._correction():
            await self._reminder.give(words)

    async def _others_returned(self, call_id: str) -> None:
        while self._truth.runs_beside(call_id):
            self._returned.clear()
            await self._returned.wait()

    @property
    def _caller_speaks(self) -> bool:
        return self._session.user_state == "speaking"

    # -- what comes of it ----------------------------------------------------------------------------------------------

    def _next_turn(self) -> None:
        self._truth.next_turn()
        self._corrected = False

    def _correction(self) -> str | None:
        """What the model is to be told, if anything, and has not been told in this turn."""
        untrue = self._untrue()
        told = bool(untrue) and not self._corrected and not self._over()
        self._write(untrue, corrected=told)
        return SAID_NOT_DONE.format(said=_quoted(untrue)) if told else None

    def _too_early(self, failed: llm.FunctionCallOutput) -> str | None:
        """What was said to be done by the call that has failed."""
        early = [claim for claim in self._untrue(of=failed.name) if claim.tense == "done"]
        self._write(early, corrected=True)
        self._corrected |= bool(early)
        return _quoted(early) if early else None

    def _untrue(self, of: str | None = None) -> list[Claim]:
        """The claims heard, or those of a tool's deeds, that are not so; they are not judged again."""
        judged = [
            claim
            for claim in self._heard
            if (of is None or of in self._truth.makers(claim.deed)) and not self._truth.awaits(claim)
        ]
        self._heard = [claim for claim in self._heard if claim not in judged]
        return [claim for claim in judged if not (self._truth.holds(claim) or (claim.deed == ENDING and self._over()))]

    def _write(self, untrue: Iterable[Claim], *, corrected: bool) -> None:
        for claim in untrue:
            tools = tuple(sorted(self._truth.makers(claim.deed)))
            self._call.ledger.write(
                SaidNotDone(agent=self._call.agent, tools=tools, text=claim.sentence, corrected=corrected)
            )
        self._corrected |= corrected and bool(untrue)


def _quoted(said: Iterable[Claim]) -> str:
    return as_json(list(dict.fromkeys(claim.sentence for claim in said)))
