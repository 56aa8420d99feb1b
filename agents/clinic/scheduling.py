"""The agent that keeps the practice's diary."""

from switchboard.line.agent import VoiceAgent
from switchboard.line.face import Face
from tools.clinic.access import identify_patient
from tools.clinic.appointments import book_appointment, cancel_appointment, find_free_times, list_appointments


class Scheduling(VoiceAgent):
    """Makes, tells and cancels appointments."""

    face = Face("Appointments", role="Makes and cancels appointments", colour="violet")
    purpose = "The caller wants an appointment, asks about one that they have, or wants to cancel one."
    opening = (
        "Pick up where the conversation stands and do not greet again. If it needs to be known who calls, ask for the "
        "date of birth."
    )
    toolbox = (identify_patient, list_appointments, find_free_times, book_appointment, cancel_appointment)
