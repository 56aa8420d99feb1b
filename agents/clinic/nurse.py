"""The agent that hears what a caller suffers from."""

from switchboard.line.agent import VoiceAgent
from switchboard.line.face import Face
from tools.clinic.triage import note_symptoms


class Nurse(VoiceAgent):
    """Takes symptoms down and finds out how urgent they are; advises nobody."""

    face = Face("Nurse line", role="Hears how urgent it is", colour="magenta")
    purpose = "The caller is ill, hurt or in pain, or asks what to do about symptoms."
    opening = (
        "Do not greet again. If the caller has said what is wrong, note it; else ask what is wrong and since when."
    )
    toolbox = (note_symptoms,)
