"""What the shop's documents say."""

import re

from livekit.agents import RunContext, function_tool

from shop.knowledge import library
from switchboard.call.call import Call
from switchboard.line.shown import shows
from tools.case import Case
from tools.money import sums_said

NOTHING = (
    "The shop's documents say nothing about that. Tell the caller that you do not know, do not guess, and offer that "
    "a colleague looks into it."
)


@function_tool
@shows("Reading our guides", done="Read our guides", failed="Found nothing in our guides")
async def search_knowledge(ctx: RunContext[Call[Case]], question: str) -> str:
    """Look up how the shop does things: delivery, returns, refunds, cancelling, payment, warranty, gift cards,
    opening hours, data protection. For everybody; it knows nothing of a single order.

    Args:
        question: What the caller wants to know, in a few words, for example "how long does a refund take".
    """
    section = library().search(question)
    if section is None:
        return NOTHING
    ctx.userdata.state.note("a general question", f"Told about {section.document.lower()}: {section.title.lower()}.")
    return f"{section.document}, {section.title.lower()}: {speakable(section.text)}"


def speakable(markdown: str) -> str:
    """The text without its marks, with sums of money in words."""
    text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", markdown)
    text = re.sub(r"[*_`#>]+|^\s*[-+]\s+", "", text, flags=re.MULTILINE)
    return " ".join(sums_said(text).split())
