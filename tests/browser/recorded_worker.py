"""`python -m tests.browser.recorded_worker start` is `main.py start`, with a line whose calls are recorded."""

from dataclasses import replace

from livekit.agents import JobContext

from app import worker
from workflows.support_line import SUPPORT_LINE

LINE = replace(SUPPORT_LINE, recorded=True)


async def answer(ctx: JobContext) -> None:
    """As every worker does it, but for the recording."""
    await worker.answer_on(LINE, ctx)


if __name__ == "__main__":
    worker.run(answer)
