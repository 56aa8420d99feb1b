"""Whether a caller waits in silence, and for what."""

from collections.abc import Callable
from typing import Any

from livekit.agents import AgentSession, ToolExecutionUpdatedEvent
from livekit.agents.voice.events import ToolCallEnded, ToolCallStarted

from switchboard.call.departure import Departure
from switchboard.call.unanswered import Unanswered
from switchboard.ledger.events import WaitsFor
from switchboard.realtime import CallModel
from switchboard.room.agent_track import AgentTrack


class Wait:
    """Follows one call. `there`: the caller is, and nobody but the agents has them."""

    def __init__(
        self,
        session: AgentSession[Any],
        model: CallModel,
        departure: Departure,
        unanswered: Unanswered,
        track: AgentTrack,
        there: Callable[[], bool],
    ) -> None:
        self._session = session
        self._model = model
        self._departure = departure
        self._unanswered = unanswered
        self._track = track
        self._there = there
        self._running: set[str] = set()
        session.on("tool_execution_updated", self._tool)

    @property
    def outage(self) -> bool:
        """Whether the model's service has gone."""
        return self._model.live.away

    @property
    def reason(self) -> WaitsFor | None:
        """What the caller waits for; None: for nothing, or somebody is speaking."""
        if not self._there() or self._departure.accompanied or self.somebody_speaks:
            return None
        if self._running and not self.outage:
            return "tool"
        owed = self.outage or self._model.live.owes or self._about_to_speak or self._unanswered.due
        return "service" if owed or self.unheeded_seconds is not None else None

    @property
    def unheeded_seconds(self) -> float | None:
        """For how long the caller has been still, if the service has not noticed; None: it is as it should be."""
        return self._model.live.unheeded_seconds

    @property
    def on_the_way_to(self) -> str | None:
        """Whom the caller is put through to: what they wait for then is another thing than before, or after."""
        return self._departure.target

    @property
    def somebody_speaks(self) -> bool:
        """Whether the agent does, and is heard, or the caller."""
        heard = self._track.talking or not self._track.spoken.is_set()
        speaks = self._session.agent_state == "speaking" and heard
        return speaks or self.caller_speaks

    @property
    def _about_to_speak(self) -> bool:
        """Whether the agent has an answer to give, and no sound of it: its words may wait for a text-to-speech."""
        return self._session.current_speech is not None and not self._track.talking

    @property
    def caller_speaks(self) -> bool:
        """In an outage nobody tells when they stop: we listen ourselves."""
        if self.outage:
            return self._model.live.hears_speech
        return self._session.user_state == "speaking" and self.unheeded_seconds is None

    def _tool(self, event: ToolExecutionUpdatedEvent) -> None:
        update = event.update
        if isinstance(update, ToolCallStarted):
            self._running.add(update.function_call.call_id)
        elif isinstance(update, ToolCallEnded):
            self._running.discard(update.call_id)
