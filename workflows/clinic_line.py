"""The line of a medical practice: a receptionist, who keeps the diary, and a nurse who hears how urgent it is."""

from pathlib import Path

from agents.clinic.nurse import Nurse
from agents.clinic.receptionist import Receptionist
from agents.clinic.scheduling import Scheduling
from clinic.business import CLINIC
from switchboard.line.front import Front
from switchboard.line.voices import AzureVoice
from switchboard.line.workflow import Workflow
from tools.clinic.visit import Visit

CLINIC_LINE = Workflow(
    name="clinic-line",
    start=Receptionist,
    handoffs={
        Receptionist: (Scheduling, Nurse),
        Scheduling: (Receptionist, Nurse),
        Nurse: (Scheduling, Receptionist),
    },
    voices={Nurse: AzureVoice("sage")},
    state=Visit,
    front=Front(
        brand="Park Street Practice",
        tagline="Your doctors round the corner",
        lead="Make or cancel an appointment, or tell our nurse line what is wrong. In an emergency dial 999.",
        topics=("I need an appointment", "When is my appointment?", "I don’t feel well", "Sprechen Sie Deutsch?"),
    ),
    secrets=frozenset({"code_word"}),
    playbook=Path(__file__).with_name("clinic_line.playbook.yaml"),
    business=CLINIC,
)
