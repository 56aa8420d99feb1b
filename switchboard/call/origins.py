"""Whose call it is, as budgets count it: what a caller cannot change as easily as they call again."""

from typing import Any

from switchboard.call.call import Call

WITHHELD = "withheld"


def origin_of(call: Call[Any]) -> str:
    """The call, and those that it goes on from: to come back is to be the same."""
    return call.origin or call.id


def origins_of(call: Call[Any]) -> list[str]:
    """Where the caller comes from: their account if they are verified, else address, sign-in and number, if known."""
    caller = call.caller
    if caller.verified:
        return [f"account {caller.verified.account}"]
    marks = {"address": caller.source.address, "identity": caller.source.identity}
    origins = [f"{kind} {mark}" for kind, mark in marks.items() if mark]
    if caller.dialed or caller.number:  # a phone, which may hide its number: then it is one of all that do
        origins.append(f"number {''.join(filter(str.isdigit, caller.number or '')) or WITHHELD}")
    return origins
