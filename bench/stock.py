"""The team as LiveKit's documentation has people write it: plain agents whose tools return the next agent."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from livekit.agents import Agent, AgentSession, function_tool, utils
from livekit.agents.llm import ChatContext
from livekit.agents.types import NOT_GIVEN
from livekit.plugins.openai.realtime import RealtimeModel

from bench import team
from switchboard.call.ending import Ending
from switchboard.call.handoff import MANNERS

SILENT = "The caller hears nothing of it; do not announce it yourself."
TO_GREETER = f"{team.Greeter.purpose} {SILENT}"
TO_SUPPORT = f"{team.Support.purpose} {SILENT}"
TO_ESCALATION = f"{team.Escalation.purpose} {SILENT}"

MakeModel = Callable[[], RealtimeModel]


class StockAgent(Agent):
    """What the three have in common. With `own_model` each agent brings a model of its own."""

    def __init__(
        self, name: str, words: str, opening: str, chat_ctx: ChatContext | None, own_model: MakeModel | None
    ) -> None:
        super().__init__(
            instructions=f"You are `{name}` on the line `{team.LINE.name}`.\n{MANNERS}\n\n{words}",
            chat_ctx=chat_ctx,
            llm=own_model() if own_model else NOT_GIVEN,
        )
        self.opening = opening
        self.own_model = own_model

    async def on_enter(self) -> None:
        self.session.generate_reply(instructions=self.opening)

    @function_tool(description=Ending.end_call.__doc__)
    async def end_call(self) -> None:
        self.session.shutdown()


class Greeter(StockAgent):
    """Finds out what the caller wants."""

    def __init__(self, chat_ctx: ChatContext | None = None, own_model: MakeModel | None = None) -> None:
        super().__init__("greeter", team.GREETER, team.Greeter.opening, chat_ctx, own_model)

    @function_tool(description=TO_SUPPORT)
    async def transfer_to_support(self) -> Agent:
        return Support(chat_ctx=self.chat_ctx, own_model=self.own_model)

    @function_tool(description=TO_ESCALATION)
    async def transfer_to_escalation(self) -> Agent:
        return Escalation(chat_ctx=self.chat_ctx, own_model=self.own_model)


class OrderAgent(StockAgent):
    """Can look orders up and open tickets."""

    @function_tool
    async def find_order(self, order_number: str) -> str:
        """Find an order and where it is.

        Args:
            order_number: Five digits.
        """
        return team.ORDER_FOUND.format(number=order_number)

    @function_tool
    async def open_ticket(self, problem: str) -> str:
        """Open a ticket, so that somebody looks into the caller's problem.

        Args:
            problem: What went wrong, in one sentence.
        """
        return team.TICKET_OPENED.format(problem=problem)

    @function_tool(description=TO_GREETER)
    async def transfer_to_greeter(self) -> Agent:
        return Greeter(chat_ctx=self.chat_ctx, own_model=self.own_model)


class Support(OrderAgent):
    """Answers questions about orders."""

    def __init__(self, chat_ctx: ChatContext | None = None, own_model: MakeModel | None = None) -> None:
        super().__init__("support", team.SUPPORT, team.Support.opening, chat_ctx, own_model)

    @function_tool(description=TO_ESCALATION)
    async def transfer_to_escalation(self) -> Agent:
        return Escalation(chat_ctx=self.chat_ctx, own_model=self.own_model)


class Escalation(OrderAgent):
    """Listens to the upset caller."""

    def __init__(self, chat_ctx: ChatContext | None = None, own_model: MakeModel | None = None) -> None:
        super().__init__("escalation", team.ESCALATION, team.Escalation.opening, chat_ctx, own_model)

    @function_tool(description=TO_SUPPORT)
    async def transfer_to_support(self) -> Agent:
        return Support(chat_ctx=self.chat_ctx, own_model=self.own_model)


@asynccontextmanager
async def shared_model(url: str) -> AsyncIterator[AgentSession[Any]]:
    """A call on the Azure endpoint `url` whose agents share the session's model."""
    async with utils.http_context.open():
        model = _model(url)
        async with AgentSession[Any](llm=model) as session:
            await session.start(agent=Greeter())
            yield session
        await model.aclose()


@asynccontextmanager
async def model_per_agent(url: str) -> AsyncIterator[AgentSession[Any]]:
    """A call on the Azure endpoint `url` whose agents bring a model each."""
    models: list[RealtimeModel] = []

    def own_model() -> RealtimeModel:
        models.append(_model(url))
        return models[-1]

    async with utils.http_context.open():
        async with AgentSession[Any]() as session:
            await session.start(agent=Greeter(own_model=own_model))
            yield session
        for model in models:
            await model.aclose()


def _model(url: str) -> RealtimeModel:
    return RealtimeModel.with_azure(
        azure_deployment="gpt-realtime-2.1", azure_endpoint=url, api_key="simulator", modalities=["text"]
    )
