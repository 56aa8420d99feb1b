"""A patient's appointments, and the times that are free."""

from collections.abc import Sequence
from datetime import datetime

from livekit.agents import RunContext, ToolError, function_tool

from clinic import appointments
from clinic.appointments import TakenError
from clinic.models import Appointment
from switchboard.call.call import Call
from switchboard.line.deeds import Deed, makes_true
from switchboard.line.quoted import one_line
from switchboard.line.shown import shows
from tools import clock
from tools.clinic.access import account_of
from tools.clinic.visit import Visit
from tools.keys import key
from tools.speech import listed, moment
from tools.times import matching

BOOKED = Deed(
    to="appointments?|you(?: in)?(?: down)?",
    done=("booked", "made", "arranged", "reserved", "put _ down"),
    doing=("booking", "making", "arranging", "reserving"),
    state=("confirmed",),
)
CANCELLED = Deed(to="appointments?", done=("cancelled", "called off"), doing=("cancelling",), state=("cancelled",))
OFFERED = 3


@function_tool
@shows("Looking up your appointments", done="Found your appointments", failed="Couldn’t look up your appointments")
async def list_appointments(ctx: RunContext[Call[Visit]]) -> str:
    """Tell which appointments the caller has."""
    account, now = account_of(ctx.userdata), clock.now()
    async with ctx.userdata.database.read() as session:
        theirs = await appointments.of(session, account, now)
    if not theirs:
        return "The caller has no appointment."
    return f"The caller has an appointment {listed([_told(each, now) for each in theirs])}."


@function_tool
@shows("Looking for free times", done="Found free times", failed="Couldn’t find a free time")
async def find_free_times(ctx: RunContext[Call[Visit]], day: str = "") -> str:
    """List the next free times. Offer two of them and ask which one suits.

    Args:
        day: The day or part of a day that the caller prefers, for example "Friday morning". Leave it empty for the
            next free times.
    """
    now = clock.now()
    async with ctx.userdata.database.read() as session:
        free = await appointments.free(session, now)
    wanted = _matching(free, day, now)
    if not free:
        raise ToolError("No time is free in the coming days. Say so, and ask the caller to call again tomorrow.")
    if not wanted:
        return f"There is no free time {one_line(day)}. The next ones are {_offer(free, now)}."
    return f"Free times are {_offer(wanted, now)}."


@function_tool
@makes_true(BOOKED)
@shows("Booking your appointment", done="Booked your appointment", failed="Couldn’t book that time")
async def book_appointment(ctx: RunContext[Call[Visit]], time: str, reason: str) -> str:
    """Book a free time for the caller. Call it only with a time that the caller has chosen.

    Args:
        time: The day and time that the caller chose, for example "tomorrow at twenty past nine".
        reason: What it is for, in the caller's words.
    """
    call, now = ctx.userdata, clock.now()
    account = account_of(call)
    async with call.database.write() as session:
        free = await appointments.free(session, now)
        chosen = _one(_matching(free, time, now), free, now)
        try:
            booked = await appointments.book(session, account, chosen, reason, key(call, "book_appointment", time))
        except TakenError:
            raise ToolError(f"Somebody has just taken that time. Offer another one: {_offer(free[1:], now)}.") from None
    return f"The appointment is booked: {_told(booked, now)}."


@function_tool
@makes_true(CANCELLED)
@shows("Cancelling your appointment", done="Cancelled your appointment", failed="Couldn’t cancel the appointment")
async def cancel_appointment(ctx: RunContext[Call[Visit]], time: str = "") -> str:
    """Cancel an appointment of the caller's. Ask first whether they are sure.

    Args:
        time: Which of theirs is meant, for example "Tuesday at nine". Leave it empty where they have one only.
    """
    account, now = account_of(ctx.userdata), clock.now()
    async with ctx.userdata.database.write() as session:
        theirs = await appointments.of(session, account, now)
        if not theirs:
            raise ToolError("The caller has no appointment. Say so.")
        chosen = _one(_matching(theirs, time, now), theirs, now)
        await appointments.give_back(session, account, chosen)
    return f"The appointment {_told(chosen, now)} is cancelled."


def _matching(found: Sequence[Appointment], words: str, now: datetime) -> list[Appointment]:
    if not words.strip():
        return list(found)
    meant = set(matching([each.starts_at for each in found], words, now))
    return [each for each in found if each.starts_at in meant]


def _one(meant: Sequence[Appointment], all_of_them: Sequence[Appointment], now: datetime) -> Appointment:
    """The one that was meant. Raises a ToolError that offers some where it is not clear."""
    if len(meant) != 1:
        raise ToolError(f"It is not clear which time is meant. Ask which one: {_offer(meant or all_of_them, now)}.")
    return meant[0]


def _offer(found: Sequence[Appointment], now: datetime) -> str:
    return listed([moment(each.starts_at, now) for each in found[:OFFERED]], "or")


def _told(appointment: Appointment, now: datetime) -> str:
    return f"{moment(appointment.starts_at, now)} with {appointment.clinician}"
