"""A line that asks for a PIN; `python -m tests.phone.vault start` is `main.py start` with that line alone."""

from pathlib import Path
from typing import ClassVar

from livekit.agents import JobContext, RunContext, function_tool, llm

from app import worker
from switchboard.call.call import Call
from switchboard.line.agent import VoiceAgent
from switchboard.line.workflow import NoState, Workflow

SCRIPT = Path(__file__).with_name("vault.script.yaml")


@function_tool
async def open_vault(ctx: RunContext[Call[NoState]], pin: str) -> str:
    """Open the vault.

    Args:
        pin: The caller's six digits.
    """
    return f"The vault opens: its PIN has {len(pin)} digits."


class Vault(VoiceAgent):
    """Asks for a PIN."""

    purpose = "The caller wants to open the vault."
    opening = "Ask for the PIN."
    toolbox: ClassVar[tuple[llm.Tool, ...]] = (open_vault,)


LINE = Workflow(name="vault", start=Vault, handoffs={Vault: ()}, secrets=frozenset({"pin"}), recorded=True)


async def answer(ctx: JobContext) -> None:
    """One call of the vault."""
    await worker.answer_on(LINE, ctx)


if __name__ == "__main__":
    worker.run(answer)
