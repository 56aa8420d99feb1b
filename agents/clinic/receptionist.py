"""The agent that picks up at the practice."""

from switchboard.line.agent import VoiceAgent
from switchboard.line.face import Face


class Receptionist(VoiceAgent):
    """Welcomes the caller, in English or German, and finds out what they want."""

    face = Face("Front desk", role="Finds the right colleague", colour="teal")
    purpose = "The caller is done with their matter and has a different one, or it is unclear what they want."
    opening = (
        "If nobody has greeted the caller yet, greet them: one sentence with the practice's name, Park Street "
        "Practice, then ask how you can help. If they have been greeted, answer what they said last."
    )
