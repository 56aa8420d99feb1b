"""Who notices turns: nothing local while the model does, and LiveKit's Silero as the settings have it otherwise."""

import subprocess
import sys

import pytest
from livekit import rtc
from livekit.agents.vad import VADEventType
from pydantic import SecretStr

from simulator.voice import RATE, Voice
from switchboard.services.providers import Services
from switchboard.settings.schema import Azure, OpenAI, Settings, Turns

FRAME_MS = 20
BYTES = RATE // 1000 * FRAME_MS * 2
LOADED = """\
import sys
from switchboard.services.providers import Services
from switchboard.settings.schema import Settings, Turns
options = Services(Settings(turns=Turns(detection=sys.argv[1]))).turns()
print(type(options["vad"]).__name__, "livekit.plugins.turn_detector" in sys.modules)
"""


async def heard(more_ms: int = 0, **turns: float) -> list[float]:
    """A question and three seconds of silence: where in it speech began and ended, in seconds."""
    pcm = (await Voice().speak("Where is my order?", "alloy")).pcm + bytes(3 * RATE * 2)
    options = Services(Settings(turns=Turns(detection="livekit", **turns))).turns(more_ms)
    stream = options["vad"].stream()
    for at in range(0, len(pcm) - BYTES, BYTES):
        stream.push_frame(rtc.AudioFrame(pcm[at : at + BYTES], RATE, 1, BYTES // 2))
    stream.end_input()
    marks = (VADEventType.START_OF_SPEECH, VADEventType.END_OF_SPEECH)
    return [event.timestamp async for event in stream if event.type in marks]


async def test_more_silence_ends_a_turn_later() -> None:
    short, long, phone = await heard(silence_ms=300), await heard(silence_ms=1300), await heard(300, silence_ms=1000)

    assert len(short) == len(long) == 2
    assert long[1] - short[1] == pytest.approx(1.0, abs=0.1)
    assert phone[1] == pytest.approx(long[1], abs=0.1)


@pytest.mark.parametrize(
    "settings",
    [
        Settings(openai=OpenAI(api_key=SecretStr("key"))),
        Settings(
            azure=Azure(
                endpoint="https://shop.openai.azure.com",
                api_key=SecretStr("key"),
                deployment="a-model",
                transcription_deployment="words",
            )
        ),
    ],
    ids=["openai", "azure"],
)
async def test_the_client_of_speech_to_text_is_closed_with_the_services(settings: Settings) -> None:
    chosen = settings.model_copy(update={"turns": Turns(detection="multilingual")})
    services = Services(chosen)
    client = services._speech_to_text()._client
    await services.aclose()

    assert client.is_closed()


async def test_with_a_high_threshold_noise_like_speech_is_none() -> None:
    assert await heard(threshold=0.5)
    assert not await heard(threshold=1.0)


@pytest.mark.parametrize(("detection", "loaded"), [("server_vad", "NoneType"), ("livekit", "VAD")])
def test_a_detector_is_there_only_where_it_is_chosen(detection: str, loaded: str) -> None:
    told = subprocess.run([sys.executable, "-c", LOADED, detection], capture_output=True, text=True, check=True)

    assert told.stdout.split() == [loaded, "False"]
