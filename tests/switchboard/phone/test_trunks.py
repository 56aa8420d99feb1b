"""What LiveKit is to have for a phone, and what is told of it."""

from livekit.protocol.sip import SIPTransport

from switchboard.phone.difference import described, differences
from switchboard.phone.trunks import dispatch_rule, inbound_trunks, is_ours, outbound_trunk, refusal, takes_all
from switchboard.settings.environment import load_settings
from switchboard.settings.schema import Phone

NUMBERS = {"PHONE_NUMBERS": "+15550100=shop, +15550101=shop, +15550102=other"}
SIGNED_IN = {"PHONE_USERNAME": "carrier", "PHONE_PASSWORD": "Canary-1"}
OUTBOUND = {
    "PHONE_OUTBOUND_ADDRESS": "sip.example.com:5061",
    "PHONE_OUTBOUND_NUMBER": "+15550100",
    "PHONE_OUTBOUND_TRANSPORT": "tls",
}


def phone(**environ: str) -> Phone:
    return load_settings(None, environ).phone


def test_a_line_has_one_trunk_with_all_its_numbers() -> None:
    shop, other = inbound_trunks(phone(**NUMBERS))

    assert (shop.name, list(shop.numbers)) == ("switchboard shop", ["+15550100", "+15550101"])
    assert (other.name, list(other.numbers)) == ("switchboard other", ["+15550102"])


def test_any_number_is_a_trunk_without_numbers() -> None:
    (trunk,) = inbound_trunks(phone(PHONE_NUMBERS="*=shop", PHONE_FIREWALLED="true"))

    assert not trunk.numbers


def test_an_address_becomes_a_network() -> None:
    (trunk,) = inbound_trunks(phone(PHONE_NUMBERS="12=shop", PHONE_ALLOWED_ADDRESSES="203.0.113.7, 2001:db8::1"))

    assert list(trunk.allowed_addresses) == ["203.0.113.7/32", "2001:db8::1/128"]


def test_without_a_number_there_is_nothing() -> None:
    assert inbound_trunks(Phone()) == ()
    assert outbound_trunk(Phone()) is None


def test_the_way_out_has_the_carriers_address_and_our_number() -> None:
    trunk = outbound_trunk(phone(**OUTBOUND))

    assert trunk is not None
    assert (trunk.name, trunk.address, list(trunk.numbers)) == ("switchboard", "sip.example.com:5061", ["+15550100"])
    assert trunk.transport == SIPTransport.SIP_TRANSPORT_TLS


def test_only_the_rule_that_refuses_takes_calls_without_a_trunk() -> None:
    assert takes_all(refusal())
    assert not takes_all(dispatch_rule("shop", "switchboard", "ST_1"))


def test_the_name_of_a_room_does_not_hold_the_callers_number() -> None:
    rule = dispatch_rule("shop", "switchboard", "ST_1").rule

    assert rule.WhichOneof("rule") == "dispatch_rule_callee"
    assert rule.dispatch_rule_callee.randomize


def test_names_that_only_begin_like_ours_are_not_ours() -> None:
    assert is_ours("switchboard")
    assert is_ours("switchboard shop")
    assert not is_ours("switchboards")
    assert not is_ours("")


def test_what_is_told_of_a_trunk_holds_no_secret() -> None:
    (before,) = inbound_trunks(phone(PHONE_NUMBERS="12=shop"))
    (signed_in,) = inbound_trunks(phone(PHONE_NUMBERS="12=shop", **SIGNED_IN))
    (changed,) = inbound_trunks(phone(PHONE_NUMBERS="12=shop", **SIGNED_IN | {"PHONE_PASSWORD": "Canary-2"}))

    told = [described(signed_in), *differences(before, signed_in), *differences(signed_in, changed)]

    assert told == [
        "inbound trunk switchboard shop: numbers 12, addresses any, user carrier, password set, ringing 15 s",
        "inbound trunk switchboard shop: user none -> carrier",
        "inbound trunk switchboard shop: password none -> set",
        "inbound trunk switchboard shop: password: changed",
    ]


def test_another_line_or_another_agent_is_a_difference() -> None:
    old, new = dispatch_rule("shop", "switchboard", "ST_1"), dispatch_rule("shop", "night-shift", "ST_2")
    old.room_config.agents[0].metadata = "not ours"

    assert differences(old, new) == (
        "dispatch rule switchboard shop: line another -> shop",
        "dispatch rule switchboard shop: agent switchboard -> night-shift",
        "dispatch rule switchboard shop: trunk ST_1 -> ST_2",
    )
    assert differences(new, new) == ()
