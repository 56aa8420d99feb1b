"""How urgent it is. What is listed here is an emergency; everything else is for a doctor to judge."""

import re

from livekit.agents import RunContext, function_tool

from switchboard.call.call import Call
from switchboard.line.quoted import one_line
from switchboard.line.shown import shows
from tools.clinic.visit import Visit

EMERGENCY = re.compile(
    r"chest (?:pain|hurts)|pain in (?:my|the) chest|can(?:no|')?t breathe|cannot breathe|hard to breathe|"
    r"unconscious|passed out|stroke|numb on one side|slurred|bleeding (?:a lot|heavily|badly)|won't stop bleeding|"
    r"kill myself|suicid|overdose|brustschmerz|atemnot|bewusstlos|schlaganfall",
    re.IGNORECASE,
)
CALL_999 = (
    "This may be an emergency. Tell the caller at once to hang up and dial nine nine nine, and say nothing else: no "
    "appointment, no advice."
)
NOTED = "The symptoms are noted for the doctor. Give no diagnosis. Say so, and bring the caller to an appointment."


@function_tool
@shows("Noting your symptoms", done="Noted your symptoms", failed="Couldn’t note your symptoms")
async def note_symptoms(ctx: RunContext[Call[Visit]], symptoms: str) -> str:
    """Note what the caller suffers from, before anything else is said about it. It tells how urgent it is.

    Args:
        symptoms: What is wrong and since when, in the caller's words.
    """
    visit = ctx.userdata.state
    visit.symptoms = one_line(symptoms)
    visit.urgent = bool(EMERGENCY.search(symptoms))
    return CALL_999 if visit.urgent else NOTED
