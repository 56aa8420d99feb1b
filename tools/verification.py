"""Finding out who calls."""

from livekit.agents import RunContext, ToolError, function_tool

from switchboard.call.call import Call
from tools import access, hearing
from tools.case import Case

POSTCODE_MISSING = "Ask for the postcode of the account, then call `verify_caller` again."
POSTCODE_UNCLEAR = (
    "What was said is no whole postcode, or more than one. Ask for the postcode again, letter by letter, then call "
    "`verify_caller` again."
)
PROOF_MISSING = (
    "Ask for an order number, or for the e-mail address of the account, then call `verify_caller` again with the "
    "postcode."
)
PROOF_UNCLEAR = (
    "What was said is neither one order number nor one e-mail address. Ask for an order number digit by digit, or for "
    "the e-mail address of the account letter by letter, then call `verify_caller` again with the postcode."
)


@function_tool
async def verify_caller(ctx: RunContext[Call[Case]], postcode: str, order_number: str = "", email: str = "") -> str:
    """Check who the caller is. Needed once in a call, before anything of an account can be told or changed.

    Ask for an order number and the postcode of the account; a caller without an order number can give the e-mail
    address of the account instead. Pass on what the caller said, as they said it. There are three tries in a call.

    Args:
        postcode: The postcode of the account, for example "SW1A 2AA".
        order_number: An order number of the caller, for example "10042". Leave it empty when the e-mail address is
            given.
        email: The e-mail address of the account. Leave it empty when an order number is given.
    """
    code = hearing.postcode(postcode)
    number = hearing.order_number(order_number)
    address = hearing.email(email)
    if not code:
        raise ToolError(POSTCODE_UNCLEAR if postcode.strip() else POSTCODE_MISSING)
    if number is None and address is None:
        raise ToolError(PROOF_UNCLEAR if order_number.strip() or email.strip() else PROOF_MISSING)
    call = ctx.userdata
    verified = await access.verify(call, postcode=code, order_number=number, email=address)
    call.state.order_number = number or call.state.order_number
    return f"The caller is verified: {verified.name}."
