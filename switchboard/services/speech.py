"""Who turns text into speech: the agent's own service first, Azure's after it, the native voice last."""

from collections.abc import Callable
from contextlib import AsyncExitStack

from livekit.agents import APIConnectOptions, tts, utils
from livekit.agents.metrics import TTSMetrics
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS

from switchboard.line.agent import Speech
from switchboard.line.voices import NativeVoice, Voice
from switchboard.realtime import CallSession

SAMPLE_RATE = 24_000


class NativeSpeech(tts.TTS[None]):
    """The realtime model reads a text aloud, outside of the conversation. Needs no service besides the model's.

    `session` gives the call's realtime session, which exists only once the call has begun.
    """

    def __init__(self, session: Callable[[], CallSession]) -> None:
        capabilities = tts.TTSCapabilities(streaming=False)
        super().__init__(capabilities=capabilities, sample_rate=SAMPLE_RATE, num_channels=1)
        self.session = session

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> "NativeReading":
        """One sentence; see `CallSession.read_aloud`."""
        return NativeReading(tts=self, input_text=text, conn_options=conn_options)


class NativeReading(tts.ChunkedStream):
    """A sentence as the realtime model reads it."""

    _tts: NativeSpeech

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        output_emitter.initialize(
            request_id=utils.shortuuid(), sample_rate=SAMPLE_RATE, num_channels=1, mime_type="audio/pcm"
        )
        async for chunk in self._tts.session().read_aloud(self.input_text):
            output_emitter.push(chunk)
        output_emitter.flush()


class Chain(tts.FallbackAdapter):
    """Services in order of preference: when one fails before it was heard, the next one says the same.

    LiveKit warms an agent's speech up whenever the agent arrives, with a connection or a request each time. This one
    does so once, and only if `warm`: not where the chain is no more than a fallback, or where nothing is spoken.
    """

    def __init__(self, services: list[Speech], *, warm: bool) -> None:
        super().__init__(services, sample_rate=SAMPLE_RATE, max_retry_per_tts=0)
        self._cold = warm
        others = [each for each in services if not isinstance(each, NativeSpeech)]
        self._asides = _in_turn(services)
        self._asides_without_model = _in_turn(others) if others else None

    def asides(self, *, without_model: bool) -> tts.FallbackAdapter | None:
        """Who says words that are not the agent's: the same services; None if there is nobody `without_model`.

        LiveKit counts an agent's sentences that nobody could say, and ends the session of a call at the fourth; those
        of the line have recordings.
        """
        return self._asides_without_model if without_model else self._asides

    async def aclose(self) -> None:
        """Look no more whether services are back."""
        await self._asides.aclose()
        if self._asides_without_model:
            await self._asides_without_model.aclose()
        await super().aclose()

    def prewarm(self) -> None:
        """Open the preferred service's connection, the first time."""
        if self._cold:
            self._cold = False
            super().prewarm()


def _in_turn(services: list[Speech]) -> tts.FallbackAdapter:
    return tts.FallbackAdapter(services, sample_rate=SAMPLE_RATE, max_retry_per_tts=0)


class Speeches:
    """The text-to-speech of each voice in one call. `services_of` gives a voice's services, the preferred first.

    `spoke` hears what each of them has spoken; what the realtime model reads aloud is an answer of its own.
    """

    def __init__(
        self, services_of: Callable[[Voice], list[Speech]], spoke: Callable[[TTSMetrics], None], *, spoken: bool
    ) -> None:
        self._services_of = services_of
        self._spoke = spoke
        self._spoken = spoken
        self._services: list[Speech] = []
        self._chains: dict[Voice, Chain] = {}

    def of(self, voice: Voice) -> Chain:
        """Who speaks in `voice`, the same one all through the call, so that its connection is kept."""
        if voice not in self._chains:
            services = self._services_of(voice)
            self._services += services
            for service in services:
                if not isinstance(service, NativeSpeech):
                    service.on("metrics_collected", self._spoke)
            warm = self._spoken and not isinstance(voice, NativeVoice)
            self._chains[voice] = Chain(services, warm=warm)
        return self._chains[voice]

    async def aclose(self) -> None:
        """Close every connection, whatever fails at it."""
        async with AsyncExitStack() as closing:
            for speech in (*self._services, *self._chains.values()):
                closing.push_async_callback(speech.aclose)
