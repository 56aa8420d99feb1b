"""The support line of the shop: a greeter, support, and escalation to a person."""

from pathlib import Path

from agents.escalation import Escalation
from agents.greeter import Greeter
from agents.support import Support
from shop.business import SHOP
from switchboard.line.callback import Callback
from switchboard.line.context import Brief
from switchboard.line.face import Face
from switchboard.line.front import Front
from switchboard.line.voices import CartesiaVoice
from switchboard.line.workflow import Handoff, Number, Person, Workflow
from tools.callbacks import take_callback
from tools.case import Case

WAREHOUSE = Number(
    "warehouse", purpose="The caller has to arrange a collection or a delivery of today with the warehouse itself."
)
SHOP_DESK = Person(
    "shop desk",
    purpose="The caller asks for a person, or needs a decision that only a person can take.",
    face=Face(role="Our people in the shop", colour="magenta"),
)

SUPPORT_LINE = Workflow(
    name="support-line",
    start=Greeter,
    handoffs={
        Greeter: (Support, Escalation),
        Support: (Greeter, Handoff(Escalation, context=Brief(), announce="I'll get a colleague who can decide this.")),
        Escalation: (Support, SHOP_DESK, WAREHOUSE),
    },
    voices={Escalation: CartesiaVoice("a0e99841-438c-4a64-b679-ae501e7d6091")},  # the others speak natively
    state=Case,
    front=Front(
        brand="Fernway",
        tagline="Home goods, made to last",
        lead="Talk to us about an order, a delivery or a return. No queue, no menus: just say what you need.",
        topics=("Where is my order?", "I want to return something", "I’d like to talk to a person"),
    ),
    rescues=(SHOP_DESK, Callback(take_callback)),
    secrets=frozenset({"code"}),
    playbook=Path(__file__).with_name("support_line.playbook.yaml"),
    business=SHOP,
)
