"""Writing down what a colleague has to know."""

from livekit.agents import RunContext, ToolError, function_tool

from switchboard.call.call import Call
from switchboard.line.shown import shows
from tools.case import Briefing, Case


@function_tool
@shows("Writing notes for a colleague", done="Wrote notes for a colleague", failed="Couldn’t write the notes")
async def write_briefing(ctx: RunContext[Call[Case]], problem: str, wish: str, tried: str = "") -> str:
    """Write the briefing for the colleague who takes over, so that the caller need not explain everything again.

    Call it as soon as you know the problem and what the caller wants, and before `open_urgent_ticket` or
    `book_callback`: it goes with them. Calling it again replaces the briefing.

    Args:
        problem: What went wrong, in one or two sentences.
        wish: What the caller wants.
        tried: What was tried before, if anything.
    """
    if not problem.strip() or not wish.strip():
        raise ToolError("A briefing needs the problem and what the caller wants. Ask for what is missing.")
    ctx.userdata.state.briefing = Briefing(problem=problem, wish=wish, tried=tried or "nothing yet")
    return "The briefing is written. Next, open an urgent ticket or book a callback, whichever the caller prefers."
