"""What one call runs on, for the parts that act in it."""

from dataclasses import dataclass
from typing import Any

from livekit.agents import AgentSession

from switchboard.background import Background
from switchboard.call.call import Call
from switchboard.call.ending import Ending
from switchboard.call.turns import Turns
from switchboard.call.unanswered import Unanswered
from switchboard.realtime import CallModel


@dataclass(frozen=True)
class Engine:
    """LiveKit's session and the model's, and what watches over both: each is there once in a call."""

    call: Call[Any]
    session: AgentSession[Any]
    model: CallModel
    ending: Ending
    turns: Turns
    unanswered: Unanswered
    background: Background
