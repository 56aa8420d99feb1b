"""Where a person's phone is called, and in which room."""

from dataclasses import replace

import pytest
from livekit import api
from livekit.protocol.sip import SIPTransport
from pydantic import SecretStr

from switchboard.settings.schema import LiveKitAccess, Phone
from switchboard.transfer.person_phone import PERSON, PersonPhone, _order, address_of, room_name

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


def request_for(phone: str) -> api.CreateSIPParticipantRequest:
    settings = CARRIER.model_copy(
        update={
            "ring_seconds": 25,
            "outbound_username": "shop",
            "outbound_password": SecretStr("a-password"),
            "outbound_transport": "tls",
        }
    )
    return PersonPhone(LIVEKIT, settings, phone, "+15550111", lambda: None)._request()


async def test_a_phone_is_rung_into_its_own_room_with_the_number_that_it_is_to_show() -> None:
    request = request_for("+15550200")

    assert (request.sip_call_to, request.sip_number) == ("+15550200", "+15550111")
    assert (request.room_name, request.participant_identity) == (room_name(LIVEKIT, "+15550200"), PERSON)
    assert request.hide_phone_number
    assert request.wait_until_answered
    assert request.ringing_timeout.seconds == 25


@pytest.mark.parametrize(
    ("phone", "host", "username", "password"),
    [
        ("+15550200", CARRIER.outbound_address, "shop", "a-password"),
        ("sip:desk@10.0.0.5:5062", "10.0.0.5:5062", "", ""),
    ],
)
async def test_only_the_carrier_is_told_the_password(phone: str, host: str, username: str, password: str) -> None:
    way = request_for(phone).trunk

    assert (way.hostname, way.auth_username, way.auth_password) == (host, username, password)
    assert way.transport == SIPTransport.SIP_TRANSPORT_TLS


def test_who_came_first_has_the_phone_and_of_two_at_once_the_one_whose_name_comes_first() -> None:
    early = api.ParticipantInfo(identity="b", joined_at=1, joined_at_ms=1_000)
    late = api.ParticipantInfo(identity="a", joined_at=1, joined_at_ms=1_900)
    old_server = api.ParticipantInfo(identity="a", joined_at=1)

    assert sorted([late, early, old_server], key=_order) == [old_server, early, late]
