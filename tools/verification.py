"""Finding out who calls."""

from livekit.agents import RunContext, ToolError, function_tool

from shop.customers import Details
from switchboard.call.call import Call
from switchboard.line.deeds import Deed, makes_true
from switchboard.line.shown import shows
from tools import access, hearing
from tools.case import Case

VERIFIED = Deed(to="you|your (?:account|identity|details)", done=("verified", "confirmed"))
CODE_SENT_OUT = Deed(
    to="code",
    done=("sent", "e-?mailed", "sent out"),
    doing=("sending", "e-?mailing"),
    state=("on its way", "on the way"),
)
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

EMAIL_MISSING = (
    "What was said is no e-mail address. Ask for the one of the account, letter by letter, then call `confirm_caller` "
    "again, or send a code with `send_code`."
)
CODE_UNCLEAR = "What was said is no code of six digits. Ask for it digit by digit, then call `confirm_caller` again."
CODE_SENT = (
    "If these details are those of an account, a code of six digits is on its way to its e-mail address. Say just "
    "that, ask the caller to read the code to you, and call `confirm_caller` with it. It is good for ten minutes."
)
MAY_CHANGE = " Changes may be made."


@function_tool
@makes_true(VERIFIED)
@shows("Checking who you are", done="Checked who you are", failed="Couldn’t confirm who you are yet")
async def verify_caller(ctx: RunContext[Call[Case]], postcode: str, order_number: str = "", email: str = "") -> str:
    """Check who the caller is. Needed once in a call, before anything of an account can be told or changed.

    Ask for an order number and the postcode of the account; a caller without an order number can give the e-mail
    address of the account instead, and all three prove more. Pass on what the caller said, as they said it. There are
    three tries.

    Args:
        postcode: The postcode of the account, for example "SW1A 2AA".
        order_number: An order number of the caller, for example "10042". Leave it empty when the caller has
            none.
        email: The e-mail address of the account. Leave it empty when the caller has not given it.
    """
    details = _heard(postcode, order_number, email)
    call = ctx.userdata
    verified = await access.verify(
        call, postcode=details.postcode, order_number=details.order_number, email=details.email
    )
    call.state.order_number = details.order_number or call.state.order_number
    return f"The caller is verified: {verified.name}.{MAY_CHANGE if verified.strength == 'write' else ''}"


@function_tool
@makes_true(VERIFIED)
@shows("Making sure that it’s you", done="Made sure that it’s you", failed="Couldn’t be sure that it’s you yet")
async def confirm_caller(ctx: RunContext[Call[Case]], email: str = "", code: str = "") -> str:
    """Confirm who the caller is before something is changed, by one more proof. Needed once in a call.

    Args:
        email: The e-mail address of the account, as the caller said it. Leave it empty when they give a code.
        code: The six digits that `send_code` has sent to the caller, as they said them.
    """
    call = ctx.userdata
    if code.strip():
        digits = hearing.code(code)
        if digits is None:
            raise ToolError(CODE_UNCLEAR)
        verified = await access.confirm_code(call, digits)
    elif address := hearing.email(email):
        verified = await access.confirm_email(call, address)
    else:
        raise ToolError(EMAIL_MISSING)
    return f"The caller is confirmed: {verified.name}.{MAY_CHANGE}"


@function_tool
@makes_true(CODE_SENT_OUT)
@shows("Sending a code", done="Sent a code", failed="Couldn’t send a code")
async def send_code(ctx: RunContext[Call[Case]], postcode: str = "", order_number: str = "", email: str = "") -> str:
    """Send a code to the e-mail address of the account: for a caller who can be verified or confirmed in no other way.

    Args:
        postcode: The postcode of the account. Leave all three empty for a caller who is verified.
        order_number: An order number of the caller, or leave it empty and give the e-mail address.
        email: The e-mail address of the account, or leave it empty and give an order number.
    """
    call = ctx.userdata
    known = access.account_if_verified(call) is not None
    await access.send_code(call, None if known else _heard(postcode, order_number, email))
    return CODE_SENT


def _heard(postcode: str, order_number: str, email: str) -> Details:
    """What the caller gave. Raises a ToolError that asks for what is missing or was not understood."""
    code = hearing.postcode(postcode)
    number = hearing.order_number(order_number)
    address = hearing.email(email)
    if not code:
        raise ToolError(POSTCODE_UNCLEAR if postcode.strip() else POSTCODE_MISSING)
    if number is None and address is None:
        raise ToolError(PROOF_UNCLEAR if order_number.strip() or email.strip() else PROOF_MISSING)
    return Details(code, number, address)
