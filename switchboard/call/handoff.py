"""The handoffs of one call: it seats the agents, puts the caller through, and sees that no caller is passed around."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from livekit.agents import (
    AgentSession,
    AgentStateChangedEvent,
    ConversationItemAddedEvent,
    RunContext,
    ToolError,
    UserStateChangedEvent,
    function_tool,
    llm,
)
from livekit.agents.voice import SpeechHandle

from switchboard.call.call import Call
from switchboard.call.resume import Past
from switchboard.call.turns import Turns
from switchboard.ledger.events import HandoffAsked, HandoffDone
from switchboard.line.agent import Speech, VoiceAgent
from switchboard.line.context import Brief, brief_text, choose
from switchboard.line.sentences import EXACTLY
from switchboard.line.voices import Modality, Voice
from switchboard.line.workflow import AgentType, Handoff, Workflow, transfer_name
from switchboard.logs import CallTag
from switchboard.realtime.handover import Arrival
from switchboard.realtime.session import CallSession

log = structlog.get_logger(__name__)

MANNERS = """\
You speak with a caller on the phone. Everything you write is spoken aloud: short, plain sentences, one question at a
time, no lists, no formatting, no emoji. Say numbers of orders digit by digit. Never invent facts: what you do not know
from a tool or from the caller, you do not know. Never speak of tools, prompts or other agents by name."""


ARRIVAL_SECONDS = 2.0
"""A handoff that takes longer is given up, while the agent that asked for it still can answer."""
LATE_SECONDS = 8.0
"""So much longer the next agent has who is on the way; then there is nobody who could answer."""
ENTERING_SECONDS = 1.0
"""So long `entered` may take; who needs more does it beside."""

CallContext = RunContext[Call[Any]]


@dataclass
class Transfer:
    """One handoff while it runs. Times are seconds of the call."""

    edge: Handoff
    source: VoiceAgent
    session: AgentSession[Any]
    realtime: CallSession
    sockets: int
    asked: float
    left: bool = False
    arrived: float | None = None
    deadline: asyncio.TimerHandle | None = None

    def stop_waiting(self) -> None:
        """It is not late, whatever comes next."""
        if self.deadline:
            self.deadline.cancel()


class Handoffs:
    """Seats the agents of `workflow` in one call.

    `speech_of` gives the text-to-speech of a voice, `modality_of` what the model has to answer in for it, `manners`
    what every agent is told about how the caller reaches them. `tools_of` gives the tools that an agent has on this
    call besides its own and those that hand over; `guard` makes its own ones such as may be called. `disclosing` adds
    to an opening what the caller is to hear in it, `turns` knows what they have heard. `past` is the call that broke
    off and goes on here.
    """

    def __init__(
        self,
        workflow: Workflow,
        call: Call[Any],
        speech_of: Callable[[Voice], Speech],
        modality_of: Callable[[Voice], Modality],
        tag: CallTag,
        tools_of: Callable[[AgentType], list[llm.Tool]],
        guard: Callable[[llm.Tool], llm.Tool],
        disclosing: Callable[[str], str],
        turns: Turns,
        manners: str = "",
        past: Past | None = None,
    ) -> None:
        self.workflow = workflow
        self.call = call
        self.speech_of = speech_of
        self.modality_of = modality_of
        self._tag = tag
        self.manners = "\n".join(part for part in (MANNERS, manners) if part)
        self.tools_of = tools_of
        self.guard = guard
        self._disclosing = disclosing
        self._turns = turns
        self._past = past
        self.at_desk: VoiceAgent | None = None
        """The agent that has the caller."""
        self.seated = asyncio.Event()
        """The first agent has the caller, and knows what it has to know."""
        self._visited: set[AgentType] = set()
        self._handoffs = past.handoffs if past else 0
        self._transfer: Transfer | None = None
        self._last_sound: float | None = None

    def seat(self, agent: AgentType) -> VoiceAgent:
        """A new `agent`, ready to take the caller."""
        return agent(LineSeat(self, agent))

    def watch(self, session: AgentSession[Any]) -> None:
        """Follow who speaks when."""
        session.on("agent_state_changed", self._agent_state)
        session.on("user_state_changed", self._user_state)
        session.on("conversation_item_added", self._said)

    def _user_state(self, event: UserStateChangedEvent) -> None:
        if event.new_state == "speaking":
            self._caller_spoke()

    def _said(self, event: ConversationItemAddedEvent) -> None:
        if isinstance(event.item, llm.ChatMessage) and event.item.role == "user":
            self._caller_spoke()

    def _caller_spoke(self) -> None:
        """Agents that had the caller before may have them again."""
        self._visited = {type(self.at_desk)} if self.at_desk else set()

    # -- the transfer tools --------------------------------------------------------------------------------------------

    def transfer_tool(self, edge: Handoff) -> llm.Tool:
        """The tool of one edge. It builds the edge's target when it is called."""

        async def transfer(ctx: CallContext) -> VoiceAgent | llm.ToolResult:
            return self.call.departure.refusal() or self._put_through(edge, ctx)

        async def transfer_with_brief(
            ctx: CallContext, reason: str, facts: str, tried: str
        ) -> VoiceAgent | llm.ToolResult:
            """
            Args:
                reason: Why the caller is handed over, in one sentence.
                facts: What is known so far: who calls, order numbers, what they want.
                tried: What was tried, and how it went.
            """
            brief = f"{self.call.caller.standing}\n{brief_text(reason, facts, tried)}"
            return self.call.departure.refusal() or self._put_through(edge, ctx, brief)

        function = transfer_with_brief if isinstance(edge.context, Brief) else transfer
        return function_tool(function, name=transfer_name(edge.target), description=_describe(edge))

    def _put_through(self, edge: Handoff, ctx: CallContext, brief: str = "") -> VoiceAgent:
        source = ctx.session.current_agent
        assert isinstance(source, VoiceAgent), "only agents of a line have transfer tools"
        self._refuse_passing_around(edge)
        if self._transfer:  # the agent that hands on has not said a word
            self._handoff_done(None)
        realtime, voice = CallSession.of(source), self.workflow.voice(edge.target)
        target = self.seat(edge.target)
        arrival = Arrival(self.modality_of(voice), choose(edge.context, realtime.chat_ctx, brief))
        self.speech_of(voice).prewarm()  # it connects while the farewell is spoken
        transfer = Transfer(edge, source, ctx.session, realtime, realtime.sockets, asked=self._now)
        self._transfer = transfer
        self.call.departure.begin(target.id)
        realtime.handover.begin(arrival)
        ctx.speech_handle.add_done_callback(lambda speech: self._asked(transfer, speech))
        self.call.ledger.write(HandoffAsked(source=source.id, target=target.id))
        return target

    def _refuse_passing_around(self, edge: Handoff) -> None:
        if self._handoffs >= self.workflow.max_handoffs:
            raise ToolError(
                "This call can't be transferred any more. Finish it yourself: do what you can with your tools, "
                "offer a ticket or a callback, and say goodbye."
            )
        if edge.target in self._visited:
            raise ToolError(
                "The caller has just come from there and has not spoken since. Talk to them yourself first."
            )

    def _asked(self, transfer: Transfer, speech: SpeechHandle) -> None:
        """The answer that asked for it is over. LiveKit drops the handoff if the caller spoke over it."""
        if transfer is not self._transfer or transfer.left:
            return
        if speech.interrupted:
            self._give_up(transfer)
        else:
            self._expect(transfer)

    def _expect(self, transfer: Transfer) -> None:
        """From here on nothing but our own work keeps the caller waiting."""
        loop = asyncio.get_running_loop()
        transfer.deadline = loop.call_later(ARRIVAL_SECONDS, self._not_arrived, transfer)

    def _not_arrived(self, transfer: Transfer) -> None:
        if _still_speaks(transfer):
            self._expect(transfer)
            return
        log.error("a handoff did not arrive", source=transfer.source.id, target=transfer.edge.target.name())
        if transfer.left:
            self._expect_late(transfer)
            return
        self._give_up(transfer)
        try:
            transfer.session.generate_reply()
        except RuntimeError:  # LiveKit has no agent that could: better an end than a silence without one
            transfer.session.shutdown(drain=False)

    def _expect_late(self, transfer: Transfer) -> None:
        loop = asyncio.get_running_loop()
        transfer.deadline = loop.call_later(LATE_SECONDS, self._nobody_arrived, transfer)

    def _nobody_arrived(self, transfer: Transfer) -> None:
        if _still_speaks(transfer):
            self._expect_late(transfer)
        else:
            transfer.session.shutdown(drain=False)

    def _give_up(self, transfer: Transfer) -> None:
        """The agent at hand goes on."""
        transfer.realtime.handover.end()
        self.call.departure.end()
        self._transfer = None

    # -- leaving and arriving ------------------------------------------------------------------------------------------

    async def leaving(self, agent: VoiceAgent) -> None:
        """The last words of the agent that gives the caller away."""
        if self._transfer is None or self._transfer.source is not agent:
            return
        transfer = self._transfer
        transfer.left = True
        transfer.stop_waiting()
        if words := transfer.edge.announce:
            await agent.session.generate_reply(
                instructions=EXACTLY.format(words=words), tool_choice="none"
            ).wait_for_playout()
        self._expect(transfer)

    async def arrived(self, agent: VoiceAgent) -> None:
        """Give the caller to `agent`: what the server knows becomes its context, then it answers."""
        transfer, first = self._transfer, self.at_desk is None
        waits = first and self._past is not None and self._past.talk is not None
        self.at_desk = agent
        self.call.agent = agent.id
        self._tag.agent = agent.id
        self._visited.add(type(agent))
        if not first:
            self._handoffs += 1
            await agent.update_chat_ctx(CallSession.of(agent).chat_ctx, exclude_invalid_function_calls=False)
        elif self._past:
            context = self._past.context(self.call.caller.standing)
            await agent.update_chat_ctx(context, exclude_invalid_function_calls=False)
        await _let_enter(agent)
        if transfer:
            transfer.stop_waiting()
            self.call.departure.end()
        caller_is_speaking = agent.session.user_state == "speaking"
        speaks = not (caller_is_speaking or waits)
        handover = CallSession.of(agent).handover
        handover.arrive(answers=speaks)
        if speaks:  # else the server answers the sentence when it ends, in this agent's name
            opening = agent.session.generate_reply(instructions=self._opening(agent, first))
            # a caller who speaks over it before it has begun is answered by nobody else
            opening.add_done_callback(lambda _: handover.answered() if self.at_desk is agent else None)
        self.seated.set()
        if transfer:
            transfer.arrived = self._now
            if caller_is_speaking:
                self._handoff_done(None)

    def _opening(self, agent: VoiceAgent, first: bool) -> str:
        return self._disclosing(self._past.opening if first and self._past else agent.opening)

    # -- how long it took ----------------------------------------------------------------------------------------------

    @property
    def _now(self) -> float:
        return self.call.ledger.now

    def _agent_state(self, event: AgentStateChangedEvent) -> None:
        if event.new_state == "speaking" and self._transfer and self._transfer.arrived:
            self._handoff_done(self._turns.speech_since)
        if event.old_state == "speaking":
            self._last_sound = self._turns.sounds_until

    def _handoff_done(self, spoke: float | None) -> None:
        transfer, self._transfer = self._transfer, None
        assert transfer and transfer.arrived and self.at_desk
        quiet_from = max(self._last_sound or transfer.asked, transfer.asked)
        self.call.ledger.write(
            HandoffDone(
                source=transfer.source.id,
                target=self.at_desk.id,
                arrived_ms=_ms(transfer.asked, transfer.arrived),
                spoke_ms=_ms(transfer.asked, spoke) if spoke else None,
                silence_ms=_ms(min(quiet_from, spoke), spoke) if spoke else None,
                socket_kept=CallSession.of(self.at_desk).sockets == transfer.sockets,
            )
        )


class LineSeat:
    """One agent's seat on the line: its instructions, the tools that the line adds, its voice."""

    def __init__(self, handoffs: Handoffs, agent: AgentType) -> None:
        workflow = handoffs.workflow
        self.instructions = (
            f"You are `{agent.name()}` on the line `{workflow.name}`.\n{handoffs.manners}\n\n{agent.prompt()}"
        )
        self.tools = [*(handoffs.transfer_tool(edge) for edge in workflow.edges(agent)), *handoffs.tools_of(agent)]
        self.speech = handoffs.speech_of(workflow.voice(agent))
        self.guard = handoffs.guard
        self.arrived = handoffs.arrived
        self.leaving = handoffs.leaving


def _still_speaks(transfer: Transfer) -> bool:
    """The agent at hand, of what was asked of it before: LiveKit lets it say that to the end, and nobody waits."""
    return bool(transfer.session.agent_state == "speaking")


async def _let_enter(agent: VoiceAgent) -> None:
    """Its `entered` may fail, or hang: the caller is answered all the same."""
    try:
        async with asyncio.timeout(ENTERING_SECONDS):
            await agent.entered()
    except Exception as error:  # noqa: BLE001 - it is an agent's own code
        log.error("an agent's `entered` failed", agent=agent.id, error=type(error).__name__)


def _ms(since: float, until: float) -> float:
    return round((until - since) * 1000, 1)


def _describe(edge: Handoff) -> str:
    heard = f'The caller hears: "{edge.announce}"' if edge.announce else "The caller hears nothing of it"
    return f"{edge.target.purpose} {heard}; do not announce it yourself."
