"""The agent that brings in a person."""

from switchboard.line.agent import VoiceAgent
from switchboard.line.face import Face
from tools.briefing import write_briefing
from tools.callbacks import book_callback, list_callback_slots
from tools.tickets import open_urgent_ticket


class Escalation(VoiceAgent):
    """Listens to a caller who is upset or stuck, and brings in a person."""

    face = Face("Customer care", role="Can bring in a person", colour="violet")
    purpose = "The caller is upset, is stuck, wants to complain, or asks for a person or a callback."
    opening = (
        "Do not greet again. In one sentence, say that you are sorry for the trouble, naming it if you know it. Then "
        "ask what would help most, or, if the caller has said so, get on with it."
    )
    toolbox = (write_briefing, open_urgent_ticket, list_callback_slots, book_callback)
