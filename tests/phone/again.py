"""The support line, taking callers up again; `python -m tests.phone.again start` is `main.py start` with it alone."""

from dataclasses import replace

from livekit.agents import JobContext

from app import worker
from workflows.support_line import SUPPORT_LINE

LINE = replace(SUPPORT_LINE, takes_up=True)


async def answer(ctx: JobContext) -> None:
    """One call of the line."""
    await worker.answer_on(LINE, ctx)


if __name__ == "__main__":
    worker.run(answer)
