"""Where a person's phone is called, and in which room."""

from dataclasses import replace

from pydantic import SecretStr

from switchboard.settings.schema import LiveKitAccess, Phone
from switchboard.transfer.person_phone import address_of, room_name

CARRIER = Phone(outbound_address="sip.carrier.example:5080", outbound_number="+15550100")
SECRET = SecretStr("a-secret-of-at-least-thirty-two-letters")
LIVEKIT = LiveKitAccess("wss://shop.example", "key", SECRET, "switchboard")


def test_a_number_is_called_over_the_carrier() -> None:
    assert address_of("+15550200", CARRIER) == ("+15550200", "sip.carrier.example:5080")


def test_a_sip_address_is_called_where_it_is() -> None:
    assert address_of("sip:desk@10.0.0.5:5062", CARRIER) == ("desk", "10.0.0.5:5062")


def test_a_phone_has_one_room_whose_name_does_not_tell_the_number() -> None:
    name = room_name(LIVEKIT, "+15550200")

    assert name == room_name(LIVEKIT, "+15550200")
    assert name != room_name(LIVEKIT, "+15550201")
    assert name != room_name(replace(LIVEKIT, secret=SecretStr("another")), "+15550200")
    assert "5550200" not in name
