"""Who may see appointments: the one place that turns an identified caller into an `Account` of the practice."""

from collections.abc import Iterator
from typing import Any

import structlog
from livekit.agents import RunContext, ToolError, function_tool

from clinic import patients
from clinic.codes import keys_of
from clinic.patients import Account
from switchboard.call.call import Call, Verified
from switchboard.call.origins import origin_of
from switchboard.ledger.events import VerificationHeld
from switchboard.line.shown import shows
from tools import clock, hearing
from tools.clinic.birthdays import birthday
from tools.clinic.visit import Visit

log = structlog.get_logger("verification")

UNKNOWN = (
    "It is not known who calls, so nothing of a patient may be said or changed. Ask for the date of birth, then for "
    "the code word, which they type on the keypad, and call `identify_patient`."
)
NO_MATCH = (
    "These do not belong together. Say that you could not find a match, never which of the two is wrong, ask for both "
    "again, and call `identify_patient`."
)
HELD = (
    "The caller could not be identified, and there are no more tries for now. Say so kindly, tell nothing of any "
    "patient, and say that the practice's desk can help them in person."
)
NO_DATE = "What was said is no whole date of birth. Ask for day, month and year, then call `identify_patient` again."
NO_WORD = (
    "There is no code word yet. Ask the caller to type it on the keypad, and the hash key after it, then call "
    "`identify_patient` again."
)
BY = "date of birth and code word"


@function_tool
@shows("Checking who you are", done="Checked who you are", failed="Couldn’t confirm who you are yet")
async def identify_patient(ctx: RunContext[Call[Visit]], born_on: str, code_word: str) -> str:
    """Find out which patient calls. Needed once in a call, before anything of them can be told or changed.

    Args:
        born_on: The date of birth as the caller said it, with its year, for example "14 March 1984".
        code_word: The code word of the patient: the keys that they typed, for example "7673", or the word if they
            said it. Never say it, and never ask them to say it aloud.
    """
    call, date, keys = ctx.userdata, birthday(born_on), keys_of(code_word)
    if date is None:
        raise ToolError(NO_DATE)
    if not keys:
        raise ToolError(NO_WORD)
    async with call.database.write() as session:
        origins = list(_origins(call))
        tried = await patients.identify(session, call.database.pseudonyms, date, keys, origins, clock.now())
    call.caller.turned_away = tried.held
    if tried.patient is None:
        if tried.held:
            log.warning("a patient is not identified any more after failed tries")
            call.ledger.write(VerificationHeld(held=("call",)))
        raise ToolError(HELD if tried.held else NO_MATCH)
    call.caller.verified = Verified(str(tried.patient.id), tried.patient.name, BY, "write")
    return f"The caller is identified: {tried.patient.name}."


def account_of(call: Call[Any]) -> Account:
    """The patient who calls. Raises a ToolError that asks who it is, or ends the attempts at it."""
    if call.caller.verified is None:
        raise ToolError(HELD if call.caller.turned_away else UNKNOWN)
    return Account(int(call.caller.verified.account))


def _origins(call: Call[Any]) -> Iterator[str]:
    """What tries are counted under beside the date of birth: the call, and where it comes from."""
    pseudonyms = call.database.pseudonyms
    yield patients.origin(pseudonyms, "call", origin_of(call))
    if number := hearing.phone(call.caller.number or ""):
        yield patients.origin(pseudonyms, "number", number)
    if call.caller.source.address:
        yield patients.origin(pseudonyms, "address", call.caller.source.address)
