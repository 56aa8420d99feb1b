"""What differs between a trunk or rule as it is and as it should be, in words for people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from livekit.protocol.sip import SIPDispatchRuleInfo, SIPInboundTrunkInfo, SIPOutboundTrunkInfo, SIPTransport
from pydantic import ValidationError

from switchboard.call.dispatch import Dispatch
from switchboard.phone.trunks import NO_SUCH_PRESET, REFUSAL

Item = SIPInboundTrunkInfo | SIPDispatchRuleInfo | SIPOutboundTrunkInfo
AnyItem = TypeVar("AnyItem", bound=Item)


@dataclass(frozen=True)
class Trait:
    """One thing about a trunk or a rule that we set: what people call it, and how it reads ("" if it is not set)."""

    label: str
    read: Callable[[Any], str]
    secret: bool = False

    def shown(self, item: Item) -> str:
        value = self.read(item)
        return "set" if value and self.secret else value

    def difference(self, old: Item, new: Item) -> str | None:
        """What changes, or None."""
        before, after = self.read(old), self.read(new)
        if before == after:
            return None
        if self.secret and before and after:
            return f"{self.label}: changed"
        return f"{self.label} {self.shown(old) or 'none'} -> {self.shown(new) or 'none'}"


def _together(values: Sequence[str]) -> str:
    return ", ".join(sorted(values))


def _or_any(values: Sequence[str]) -> str:
    return _together(values) or "any"


def _agent(rule: SIPDispatchRuleInfo) -> str:
    return ", ".join(agent.agent_name for agent in rule.room_config.agents)


def _line(rule: SIPDispatchRuleInfo) -> str:
    """The line, and nothing of metadata that is not ours."""
    try:
        told = [Dispatch.parse(agent.metadata) for agent in rule.room_config.agents]
    except ValidationError:
        return "another"
    return ", ".join(each.line if each.line and each.phone else "another" for each in told)


def _rooms(rule: SIPDispatchRuleInfo) -> str:
    which = rule.rule.WhichOneof("rule")
    callee = rule.rule.dispatch_rule_callee
    return callee.room_prefix if which == "dispatch_rule_callee" and callee.randomize and not callee.pin else "others"


def _timeouts(rule: SIPDispatchRuleInfo) -> str:
    return f"{rule.room_config.empty_timeout} s empty, {rule.room_config.departure_timeout} s after the caller"


_SIGNING_IN = (
    Trait("user", lambda trunk: str(trunk.auth_username)),
    Trait("password", lambda trunk: str(trunk.auth_password), secret=True),
)
INBOUND = (
    Trait("numbers", lambda trunk: _or_any(trunk.numbers)),
    Trait("addresses", lambda trunk: _or_any(trunk.allowed_addresses)),
    Trait("callers", lambda trunk: _together(trunk.allowed_numbers)),
    *_SIGNING_IN,
    Trait("ringing", lambda trunk: f"{trunk.ringing_timeout.ToSeconds()} s"),
)
RULE = (
    Trait("line", _line),
    Trait("agent", _agent),
    Trait("trunk", lambda rule: _together(rule.trunk_ids)),
    Trait("numbers", lambda rule: _together(rule.numbers)),
    Trait("callers", lambda rule: _together(rule.inbound_numbers)),
    Trait("rooms", _rooms),
    Trait("rooms last", _timeouts),
)
REFUSING = (
    Trait("other calls", lambda rule: "refused" if rule.room_preset == NO_SUCH_PRESET else "taken"),
    Trait("trunk", lambda rule: _together(rule.trunk_ids)),
    Trait("numbers", lambda rule: _together(rule.numbers)),
    Trait("callers", lambda rule: _together(rule.inbound_numbers)),
)
OUTBOUND = (
    Trait("address", lambda trunk: str(trunk.address)),
    Trait("transport", lambda trunk: SIPTransport.Name(trunk.transport).removeprefix("SIP_TRANSPORT_").lower()),
    Trait("number", lambda trunk: _together(trunk.numbers)),
    *_SIGNING_IN,
)


def title(item: Item) -> str:
    """What people call it: "inbound trunk switchboard support-line"."""
    return f"{_kind(item)} {item.name}"


def described(item: Item) -> str:
    """One line with all we know of it, without secrets."""
    shown = ((trait.label, trait.shown(item)) for trait in _traits(item))
    return f"{title(item)}: " + ", ".join(f"{label} {value}" for label, value in shown if value)


def differences(old: Item, new: Item) -> tuple[str, ...]:
    """One line for each trait that changes; () if nothing does."""
    changes = (trait.difference(old, new) for trait in _traits(new))
    return tuple(f"{title(new)}: {change}" for change in changes if change)


def _kind(item: Item) -> str:
    match item:
        case SIPInboundTrunkInfo():
            return "inbound trunk"
        case SIPOutboundTrunkInfo():
            return "outbound trunk"
    return "dispatch rule"


def _traits(item: Item) -> tuple[Trait, ...]:
    match item:
        case SIPInboundTrunkInfo():
            return INBOUND
        case SIPOutboundTrunkInfo():
            return OUTBOUND
    return REFUSING if item.name == REFUSAL else RULE
