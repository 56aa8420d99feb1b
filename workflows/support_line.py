"""The support line of the shop: a greeter, support, and escalation to a person."""

from pathlib import Path

from agents.escalation import Escalation
from agents.greeter import Greeter
from agents.support import Support
from switchboard.context import Brief
from switchboard.voices import CartesiaVoice
from switchboard.workflow import Handoff, Workflow
from tools.case import Case

SUPPORT_LINE = Workflow(
    name="support-line",
    start=Greeter,
    handoffs={
        Greeter: (Support, Escalation),
        Support: (Greeter, Handoff(Escalation, context=Brief(), announce="I'll get a colleague who can decide this.")),
        Escalation: (Support,),
    },
    voices={Escalation: CartesiaVoice("a0e99841-438c-4a64-b679-ae501e7d6091")},  # the others speak natively
    state=Case,
    playbook=Path(__file__).with_name("support_line.playbook.yaml"),
)
