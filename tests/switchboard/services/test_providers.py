"""Who speaks which voice: a row in a table, and what is nearest where a service is not set up."""

import ssl
from dataclasses import dataclass

import pytest
from pydantic import SecretStr

from switchboard.http.lines import as_answer
from switchboard.line.agent import Speech
from switchboard.line.graph import as_text
from switchboard.line.voices import AzureVoice, CartesiaVoice, NativeVoice, Voice
from switchboard.line.workflow import Workflow
from switchboard.realtime import CallSession
from switchboard.services.azure_access import AzureAccess
from switchboard.services.providers import VENDORS, Services
from switchboard.services.speech import NativeSpeech
from switchboard.settings.schema import Azure, Cartesia, Settings
from switchboard.tapes.tapes import Taping
from tests.stage.agents import Reception

OWN, AZURE, NATIVE = CartesiaVoice("a-voice"), AzureVoice("verse"), NativeVoice()
STANDS_IN = AzureVoice(Settings().realtime.voice)
BOTH = Settings(
    azure=Azure(
        endpoint="https://shop.openai.azure.com",
        api_key=SecretStr("key"),
        tts_deployment="tts",
        tts_api_version="2025-04-01-preview",
    ),
    cartesia=Cartesia(api_key=SecretStr("key")),
)
ONLY_AZURE = BOTH.model_copy(update={"cartesia": Cartesia()})
ONLY_CARTESIA = BOTH.model_copy(update={"azure": Azure()})
NEITHER = Settings()


@pytest.mark.parametrize(
    ("settings", "voice", "nearest"),
    [
        (BOTH, OWN, OWN),
        (BOTH, AZURE, AZURE),
        (BOTH, NATIVE, NATIVE),
        (ONLY_AZURE, OWN, STANDS_IN),
        (ONLY_CARTESIA, OWN, OWN),
        (ONLY_CARTESIA, AZURE, NATIVE),
        (NEITHER, OWN, NATIVE),
        (NEITHER, NATIVE, NATIVE),
    ],
)
def test_the_nearest_voice_is_taken(settings: Settings, voice: Voice, nearest: Voice) -> None:
    assert Services(settings).available(voice) == nearest


@pytest.mark.parametrize(
    ("settings", "voice", "vendors"),
    [
        (BOTH, OWN, ["cartesia", "openai", "services"]),
        (BOTH, AZURE, ["openai", "services"]),
        (BOTH, NATIVE, ["openai", "services"]),
        (NEITHER, OWN, ["services"]),
    ],
)
async def test_text_is_spoken_by_its_own_service_then_azures_and_the_model_last(
    settings: Settings, voice: Voice, vendors: list[str]
) -> None:
    speakers = Services(settings).speech(voice, nobody)

    assert [type(each).__module__.split(".")[-2] for each in speakers] == vendors
    for each in speakers:
        await each.aclose()


def test_a_voice_that_speaks_for_the_first_time_in_a_call_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[object] = []
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", lambda *given, **_: read.append(given))
    services = Services(BOTH)

    assert services.speech(AzureVoice("marin"), nobody)
    assert services.speech(OWN, nobody)
    assert read == []


async def test_who_closes_the_services_closes_the_clients_of_its_voices() -> None:
    services = Services(BOTH)
    azure, *_ = services.speech(AzureVoice("marin"), nobody)
    await services.aclose()

    assert azure._client.is_closed()  # type: ignore[attr-defined]


@dataclass(frozen=True)
class AcmeVoice(Voice):
    kind = "acme"


class AcmeSpeech:
    configured = True

    def __init__(self, _: Settings, __: AzureAccess) -> None:
        pass

    def speech(self, _: AcmeVoice, __: Taping) -> Speech:
        return NativeSpeech(nobody)


def test_a_new_vendor_is_a_voice_a_class_and_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Workflow(name="line", start=Reception, handoffs={Reception: ()}, voices={Reception: AcmeVoice()})
    assert Services(NEITHER).available(AcmeVoice()) == NATIVE
    monkeypatch.setitem(VENDORS, AcmeVoice, AcmeSpeech)

    assert Services(NEITHER).available(AcmeVoice()) == AcmeVoice()
    assert len(Services(NEITHER).speech(AcmeVoice(), nobody)) == 2
    assert as_answer(line).agents[0].voice == "acme"
    assert "reception (Acme voice)" in as_text(line)


def nobody() -> CallSession:
    raise RuntimeError("no call is running")
