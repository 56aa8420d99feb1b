"""What LiveKit is to have for our phone numbers: trunks (who may call, how we call) and dispatch rules (to which line).

LiveKit's names for two things mislead: a trunk's and a rule's `numbers` are the ones called, `allowed_numbers` and
`inbound_numbers` the ones that call.
"""

from collections.abc import Iterable
from ipaddress import ip_network

from google.protobuf.duration_pb2 import Duration
from livekit.protocol.agent_dispatch import RoomAgentDispatch
from livekit.protocol.room import RoomConfiguration
from livekit.protocol.sip import (
    SIPDispatchRule,
    SIPDispatchRuleCallee,
    SIPDispatchRuleInfo,
    SIPInboundTrunkInfo,
    SIPOutboundTrunkInfo,
)
from pydantic import SecretStr

from switchboard.call.dispatch import Dispatch
from switchboard.livekit import PHONE_ROOMS
from switchboard.settings.schema import Phone
from switchboard.settings.values import ANY_NUMBER

NAME = "switchboard"
"""The outbound trunk; with a line after it, that line's inbound trunk and dispatch rule."""
REFUSAL = f"{NAME} (others)"
"""The dispatch rule for calls that reach no line of ours."""
NO_SUCH_PRESET = "switchboard-refuses"
RINGING_SECONDS = 15
"""After it a call that no agent has answered is told "busy"; LiveKit SIP would let it ring for three minutes."""
EMPTY_SECONDS = 15
DEPARTURE_SECONDS = 5
"""How long a room outlives its last caller: nobody dials back into the same room."""


def name_of(line: str) -> str:
    """The name of a line's inbound trunk and of its dispatch rule."""
    return f"{NAME} {line}"


def is_ours(name: str) -> bool:
    """Whether a trunk or a rule of that name was made by us."""
    return name == NAME or name.startswith(f"{NAME} ")


def inbound_trunks(phone: Phone) -> tuple[SIPInboundTrunkInfo, ...]:
    """One for each line. A line's rule then needs no numbers, which it would compare letter by letter, "+" and all."""
    lines = dict.fromkeys(each.line for each in phone.numbers)
    return tuple(_inbound_trunk(phone, line) for line in lines)


def _inbound_trunk(phone: Phone, line: str) -> SIPInboundTrunkInfo:
    numbers = [each.number for each in phone.numbers if each.line == line]
    return SIPInboundTrunkInfo(
        name=name_of(line),
        numbers=() if ANY_NUMBER in numbers else numbers,
        allowed_addresses=_masked(phone.allowed_addresses),
        auth_username=phone.username or "",
        auth_password=_secret(phone.password),
        ringing_timeout=Duration(seconds=RINGING_SECONDS),
    )


def dispatch_rule(line: str, agent_name: str, trunk: str) -> SIPDispatchRuleInfo:
    """Every call that comes over the line's trunk (its id) gets a room of its own, and an agent of that line.

    The room is named after the number called, not after the caller: names of rooms are in logs.
    """
    metadata = Dispatch(line=line, phone=True).dumps()
    return SIPDispatchRuleInfo(
        name=name_of(line),
        trunk_ids=[trunk],
        rule=SIPDispatchRule(dispatch_rule_callee=SIPDispatchRuleCallee(room_prefix=PHONE_ROOMS, randomize=True)),
        room_config=RoomConfiguration(
            # No max_participants: it counts callers and people who are rung, and one of them may be asked to join
            empty_timeout=EMPTY_SECONDS,
            departure_timeout=DEPARTURE_SECONDS,
            agents=[RoomAgentDispatch(agent_name=agent_name, metadata=metadata)],
        ),
    )


def refusal() -> SIPDispatchRuleInfo:
    """Refuses (486) whom no trunk lets in: a wrong number, an address that is not allowed.

    Without such a rule LiveKit SIP says "ringing" and then nothing any more. A room with a preset that the server does
    not have cannot be made, so the call ends there.
    """
    return SIPDispatchRuleInfo(
        name=REFUSAL,
        rule=SIPDispatchRule(dispatch_rule_callee=SIPDispatchRuleCallee(room_prefix=PHONE_ROOMS, randomize=True)),
        room_preset=NO_SUCH_PRESET,
    )


def takes_all(rule: SIPDispatchRuleInfo) -> bool:
    """Whether a rule is for calls that reach no trunk; LiveKit allows one such rule."""
    return not (rule.trunk_ids or rule.numbers or rule.inbound_numbers)


def outbound_trunk(phone: Phone) -> SIPOutboundTrunkInfo | None:
    """The way to people's phones, if there is one."""
    if phone.outbound_address is None:
        return None
    return SIPOutboundTrunkInfo(
        name=NAME,
        address=phone.outbound_address,
        numbers=[phone.outbound_number or ""],
        auth_username=phone.outbound_username or "",
        auth_password=_secret(phone.outbound_password),
        transport=f"SIP_TRANSPORT_{phone.outbound_transport.upper()}",
    )


def _masked(addresses: Iterable[str]) -> list[str]:
    """Each as a network: LiveKit lets in whoever claims, in the From header, an address that stands in the list."""
    return [str(ip_network(address)) for address in addresses]


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value else ""
