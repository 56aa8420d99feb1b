"""`phone up`, `show` and `down` against the real server."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from livekit import api
from livekit.protocol.sip import (
    CreateSIPDispatchRuleRequest,
    CreateSIPInboundTrunkRequest,
    CreateSIPOutboundTrunkRequest,
    ListSIPDispatchRuleRequest,
    ListSIPInboundTrunkRequest,
    ListSIPOutboundTrunkRequest,
    SIPDispatchRule,
    SIPDispatchRuleDirect,
    SIPDispatchRuleInfo,
    SIPInboundTrunkInfo,
    SIPOutboundTrunkInfo,
)
from pydantic import SecretStr

from stack.ports import free_port
from switchboard.phone.errors import PhoneError
from switchboard.phone.setup import Setup
from switchboard.phone.trunks import REFUSAL
from switchboard.settings.environment import load_settings
from tests.livekit import LiveKitServer, livekit_server
from tests.phone.services import PhoneServices
from tests.phone.stack import phone_setup

__all__ = ["livekit_server"]

TWO = {"PHONE_NUMBERS": "+15550100=support-line, +15550101=other", "PHONE_ALLOWED_ADDRESSES": "203.0.113.0/24"}
SWAPPED = TWO | {"PHONE_NUMBERS": "+15550101=support-line, +15550100=other"}
DIGEST = TWO | {"PHONE_USERNAME": "carrier", "PHONE_PASSWORD": "Canary-1"}
OUTBOUND = TWO | {
    "PHONE_OUTBOUND_ADDRESS": "sip.example.com",
    "PHONE_OUTBOUND_NUMBER": "+15550100",
    "PHONE_OUTBOUND_USERNAME": "us",
    "PHONE_OUTBOUND_PASSWORD": "Canary-2",
}


@pytest.fixture
async def livekit(services: PhoneServices) -> AsyncIterator[api.LiveKitAPI]:
    """LiveKit's API; every trunk and rule is removed after the test."""
    async with services.livekit.api() as client:
        yield client
        for rule in (await client.sip.list_dispatch_rule(ListSIPDispatchRuleRequest())).items:
            await client.sip.delete_dispatch_rule(
                api.DeleteSIPDispatchRuleRequest(sip_dispatch_rule_id=rule.sip_dispatch_rule_id)
            )
        inbound = (await client.sip.list_inbound_trunk(ListSIPInboundTrunkRequest())).items
        outbound = (await client.sip.list_outbound_trunk(ListSIPOutboundTrunkRequest())).items
        for trunk in (*(each.sip_trunk_id for each in inbound), *(each.sip_trunk_id for each in outbound)):
            await client.sip.delete_trunk(api.DeleteSIPTrunkRequest(sip_trunk_id=trunk))


async def up(services: PhoneServices, settings: dict[str, str], dry_run: bool = False) -> list[str]:
    async with phone_setup(services, settings) as setup:
        return await setup.up(dry_run)


async def inbound_trunks(livekit: api.LiveKitAPI) -> dict[str, SIPInboundTrunkInfo]:
    items = (await livekit.sip.list_inbound_trunk(ListSIPInboundTrunkRequest())).items
    assert len({item.name for item in items}) == len(items)
    return {item.name: item for item in items}


async def dispatch_rules(livekit: api.LiveKitAPI) -> dict[str, SIPDispatchRuleInfo]:
    items = (await livekit.sip.list_dispatch_rule(ListSIPDispatchRuleRequest())).items
    assert len({item.name for item in items}) == len(items)
    return {item.name: item for item in items}


async def test_up_makes_a_trunk_and_a_rule_for_each_line(services: PhoneServices, livekit: api.LiveKitAPI) -> None:
    lines = await up(services, TWO)

    trunks, rules = await inbound_trunks(livekit), await dispatch_rules(livekit)
    assert [line.split(":")[0] for line in lines] == [
        "inbound trunk switchboard support-line",
        "inbound trunk switchboard other",
        "dispatch rule switchboard support-line",
        "dispatch rule switchboard other",
        "dispatch rule switchboard (others)",
    ]
    trunk = trunks["switchboard support-line"]
    assert list(trunk.numbers) == ["+15550100"]
    assert list(trunk.allowed_addresses) == ["203.0.113.0/24"]
    assert trunk.ringing_timeout.ToSeconds() == 15
    rule = rules["switchboard support-line"]
    assert list(rule.trunk_ids) == [trunk.sip_trunk_id]
    (agent,) = rule.room_config.agents
    assert (agent.agent_name, agent.metadata) == ("switchboard", '{"line": "support-line", "phone": true}')


@pytest.mark.parametrize("settings", [TWO, DIGEST, OUTBOUND])
async def test_a_second_up_has_nothing_to_do(
    services: PhoneServices, livekit: api.LiveKitAPI, settings: dict[str, str]
) -> None:
    assert await up(services, settings)

    assert await up(services, settings, dry_run=True) == []
    assert await up(services, settings) == []


async def test_a_dry_run_tells_and_does_nothing(services: PhoneServices, livekit: api.LiveKitAPI) -> None:
    assert len(await up(services, OUTBOUND, dry_run=True)) == 6
    assert not await inbound_trunks(livekit)

    await up(services, TWO)
    would = await up(services, DIGEST, dry_run=True)

    assert "inbound trunk switchboard other: user none -> carrier" in would
    assert (await inbound_trunks(livekit))["switchboard other"].auth_username == ""


async def test_each_difference_is_a_line_and_no_line_has_a_secret(
    services: PhoneServices, livekit: api.LiveKitAPI
) -> None:
    await up(services, DIGEST | {"PHONE_NUMBERS": "+15550100=support-line"})
    before = await inbound_trunks(livekit)
    changed = {"PHONE_NUMBERS": "+15550100=support-line, +15550102=support-line", "PHONE_PASSWORD": "Canary-3"}

    lines = await up(services, DIGEST | changed)

    assert lines == [
        "inbound trunk switchboard support-line: numbers +15550100 -> +15550100, +15550102",
        "inbound trunk switchboard support-line: password: changed",
    ]
    after = (await inbound_trunks(livekit))["switchboard support-line"]
    assert after.auth_password == "Canary-3"
    assert after.sip_trunk_id == before["switchboard support-line"].sip_trunk_id


async def test_lines_can_swap_their_numbers(services: PhoneServices, livekit: api.LiveKitAPI) -> None:
    await up(services, TWO)

    lines = await up(services, SWAPPED)

    assert lines[:2] == [
        "inbound trunk switchboard support-line: numbers +15550100 -> +15550101",
        "inbound trunk switchboard other: numbers +15550101 -> +15550100",
    ]
    trunks, rules = await inbound_trunks(livekit), await dispatch_rules(livekit)
    for name in ("switchboard support-line", "switchboard other"):
        assert list(rules[name].trunk_ids) == [trunks[name].sip_trunk_id]
    assert await up(services, SWAPPED) == []


async def test_a_line_that_has_no_number_any_more_is_removed(services: PhoneServices, livekit: api.LiveKitAPI) -> None:
    await up(services, TWO)

    lines = await up(services, TWO | {"PHONE_NUMBERS": "+15550100=support-line"})

    assert lines == ["inbound trunk switchboard other: removed", "dispatch rule switchboard other: removed"]
    assert set(await inbound_trunks(livekit)) == {"switchboard support-line"}


async def test_what_there_is_twice_is_there_once_again(services: PhoneServices, livekit: api.LiveKitAPI) -> None:
    await up(services, OUTBOUND)
    twin = SIPOutboundTrunkInfo(name="switchboard", address="other.example.com", numbers=["+15550100"])
    await livekit.sip.create_outbound_trunk(CreateSIPOutboundTrunkRequest(trunk=twin))

    await up(services, OUTBOUND)

    (left,) = (await livekit.sip.list_outbound_trunk(ListSIPOutboundTrunkRequest())).items
    assert left.address == "sip.example.com"
    assert left.auth_password == "Canary-2"


async def test_down_removes_what_is_ours_and_nothing_else(services: PhoneServices, livekit: api.LiveKitAPI) -> None:
    others = SIPInboundTrunkInfo(name="switchboards", numbers=["+15550900"])
    await livekit.sip.create_inbound_trunk(CreateSIPInboundTrunkRequest(trunk=others))
    await up(services, OUTBOUND)

    async with phone_setup(services, OUTBOUND) as setup:
        would = await setup.down(dry_run=True)
        assert len(await setup.show()) == len(would) == 6
        assert await setup.down() == would
        assert await setup.down() == []

    assert set(await inbound_trunks(livekit)) == {"switchboards"}
    assert not await dispatch_rules(livekit)


async def test_somebody_elses_rule_for_all_other_calls_stays_the_only_one(
    services: PhoneServices, livekit: api.LiveKitAPI
) -> None:
    rule = SIPDispatchRule(dispatch_rule_direct=SIPDispatchRuleDirect(room_name="theirs"))
    theirs = SIPDispatchRuleInfo(name="theirs", rule=rule)
    await livekit.sip.create_dispatch_rule(CreateSIPDispatchRuleRequest(dispatch_rule=theirs))

    assert not any(REFUSAL in line for line in await up(services, TWO))
    assert await up(services, TWO) == []


async def test_a_number_that_somebody_else_has_is_told_in_one_line(
    services: PhoneServices, livekit: api.LiveKitAPI
) -> None:
    theirs = SIPInboundTrunkInfo(name="theirs", numbers=["+15550100"])
    await livekit.sip.create_inbound_trunk(CreateSIPInboundTrunkRequest(trunk=theirs))

    with pytest.raises(PhoneError, match=r"^The LiveKit server at \S+ refused: Conflicting inbound SIP Trunks.*$"):
        await up(services, TWO)


async def test_a_server_without_redis_is_told_in_one_line(livekit_server: LiveKitServer) -> None:
    async with Setup(load_settings(None, TWO).phone, livekit_server.access) as setup:
        with pytest.raises(PhoneError, match=r"^The LiveKit server at \S+ takes no phone calls: it has no Redis.*$"):
            await setup.up()


async def test_a_wrong_key_is_told_in_one_line(services: PhoneServices) -> None:
    secret = SecretStr("Canary-of-at-least-32-characters-in-all")
    wrong = replace(services.livekit.access, secret=secret)
    async with Setup(load_settings(None, TWO).phone, wrong) as setup:
        with pytest.raises(PhoneError, match=r"does not take LIVEKIT_API_KEY and LIVEKIT_API_SECRET") as refused:
            await setup.up()
    assert "Canary" not in str(refused.value)


async def test_a_server_that_is_not_there_is_told_in_one_line(services: PhoneServices) -> None:
    gone = replace(services.livekit.access, url=f"ws://127.0.0.1:{free_port()}")
    async with Setup(load_settings(None, TWO).phone, gone) as setup:
        with pytest.raises(PhoneError, match=r"^LiveKit cannot be reached at ws://127\.0\.0\.1:\d+ \(\w+\)\.$"):
            await setup.show()
