"""The profile `phone`: Redis and LiveKit SIP beside the rest, called by a real phone through the published ports."""

from pathlib import Path

from bench.recording import MINUTES, heard_for, loud_seconds, record, recorded
from bench.softphone import softphone
from switchboard.database import Database
from switchboard.ledger.events import Answered, CallerSpoke, HandoffDone
from tests.browser.ledger import ended, events_when, of
from tests.deploy.project import Project
from tests.phone.ledger import new_origin, origins

NUMBER = "+15550100"
PERSON = "I want to speak to a real person right now."


async def test_a_call_by_phone_is_heard_and_understood(project: Project, ledger: Database, tmp_path: Path) -> None:
    project.wait(lambda: project.state("numbers")["Status"] == "exited", "the numbers are set up")
    assert project.state("numbers")["ExitCode"] == 0, project.logs("numbers")
    project.wait_until_healthy("sip")
    words = record(tmp_path / "caller.wav", [7.0, PERSON, 12.0, PERSON, MINUTES])
    async with softphone(tmp_path / "phone", words) as phone:
        known = await origins(ledger)
        await phone.dial(f"sip:{NUMBER}@{project.sip}")
        await phone.until("CALL_ESTABLISHED")
        await heard_for(phone, 1.0)
        origin = await new_origin(ledger, known)
        events = await events_when(ledger, origin, lambda events: bool(of(events, HandoffDone)))
        before = loud_seconds(recorded(phone.heard))
        await heard_for(phone, before + 1.0)
        await phone.hangup()
        await phone.until("CALL_CLOSED")
        await ended(ledger, origin)

    assert of(events, Answered)[0].line == "support-line"
    assert "person" in of(events, CallerSpoke)[0].text
    assert of(events, HandoffDone)[0].target == "escalation"
