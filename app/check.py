"""`main.py check`: do the settings, the lines, the database and the services work, before a caller finds out?"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

import typer
from livekit import rtc
from livekit.agents import APIError, utils
from openai import OpenAIError

from app.data import UNREACHABLE, cause_of, database_of, without_tables
from app.lines import LINES
from app.playbooks import problem_of
from app.process import LOG_FILE, settings, start_logging, tell
from app.refusals import REALTIME, SPEECH, reason_of
from switchboard.ledger.prices import Prices, PricesError
from switchboard.line.business import Business
from switchboard.line.businesses import businesses_of
from switchboard.line.voices import Voice
from switchboard.line.workflow import Workflow
from switchboard.migrations import pending
from switchboard.realtime import CallSession
from switchboard.services.providers import Services
from switchboard.services.speech import Chain
from switchboard.settings.schema import Settings

Say = Callable[[str], object]
Answer = asyncio.Future[str | None]
"""What is wrong; None: nothing is."""
PATIENCE = 15.0
SILENCE = rtc.AudioFrame(bytes(2 * 4800), 24000, 1, 4800)
"""Fifth of a second; less than half of it nobody takes."""
TRANSCRIBED = {
    "conversation.item.input_audio_transcription.completed": None,
    "conversation.item.input_audio_transcription.failed": "it writes nothing down; set "
    "AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT (or OPENAI_TRANSCRIPTION_MODEL) to one that exists and transcribes",
}
SOON_DAYS = 90
"""So long before its end a model is warned of: a new one wants to be tried."""


def run() -> None:
    """Say of each part whether it works; exits with 2 if one does not."""
    chosen = settings()
    start_logging(chosen, LOG_FILE)
    if asyncio.run(check_all(chosen, tuple(LINES.values()), tell)):
        raise typer.Exit(2)


async def check_all(chosen: Settings, lines: Sequence[Workflow], say: Say) -> int:
    """Say of each part whether it works; returns how many do not."""
    provider = chosen.provider or "simulator, because none is named: enough for console and demo"
    say(f"ok       settings: realtime by {provider}, turns by {chosen.turns.detection}")
    for line in lines:
        say(f"ok       line {line.name}: {', '.join(agent.name() for agent in line.agents)}")
        for agent, voice in line.voices.items():
            if chosen.provider not in (None, "simulator") and Services(chosen).available(voice) != voice:
                say(f"warning  line {line.name}: no service for the voice of {agent.name()}; it speaks in another one")
    problems = [_playbook(line, say) for line in lines]
    problems += [_numbers(chosen, lines, say), _prices(chosen, say), await _database(chosen, businesses_of(lines), say)]
    if chosen.provider not in (None, "simulator"):
        async with utils.http_context.open(), aclosing(Services(chosen)) as services:
            problems.append(await _realtime(services, say, services.settings.transcription_model))
            problems += [await _voice(services, voice, say) for voice in _voices(services, lines)]
            if chosen.provider == "azure":
                await tell_ends(services, say)
    return sum(problems)


async def model_answers(chosen: Settings, say: Say) -> bool:
    """Say whether the realtime model of the settings does, and what mends it if not: for callers who type."""
    async with utils.http_context.open(), aclosing(Services(chosen)) as services:
        return not await _realtime(services, say, None)


def _playbook(line: Workflow, say: Say) -> bool:
    if problem := problem_of(line):
        say(f"problem  line {line.name}: its playbook {problem}")
    return problem is not None


def _numbers(chosen: Settings, lines: Sequence[Workflow], say: Say) -> bool:
    """Whether a line answers each number: one that leads nowhere would be found out by a caller."""
    names = [line.name for line in lines]
    lost = [number for number in chosen.phone.numbers if number.line not in names]
    for number in lost:
        say(f"problem  PHONE_NUMBERS: there is no line {number.line!r} for {number.number}; lines: {', '.join(names)}")
    return bool(lost)


def _prices(chosen: Settings, say: Say) -> bool:
    if chosen.costs.prices is None:
        return False
    try:
        Prices.read(chosen.costs.prices)
    except PricesError as error:
        say(f"problem  prices {error}")
        return True
    say(f"ok       prices {chosen.costs.prices}")
    return False


async def _database(chosen: Settings, businesses: Sequence[Business], say: Say) -> bool:
    try:
        async with aclosing(database_of(chosen)) as database:
            missing = await pending(database, [business.migrations for business in businesses])
            lacking = [] if missing else await without_tables(database, businesses)
    except UNREACHABLE as error:
        say(f"problem  database {chosen.storage.shown_url}: {cause_of(error)}; does it run at that address?")
        return True
    if missing:
        say(f"problem  database {chosen.storage.shown_url}: its tables are not up to date; run: main.py migrate")
        return True
    for each in lacking:
        say(f"problem  database {chosen.storage.shown_url}: {each}")
    if lacking:
        return True
    say(f"ok       database {chosen.storage.shown_url}")
    return False


async def _realtime(services: Services, say: Say, words: str | None) -> bool:
    """`words` is the model that writes down what callers say, if they speak."""
    model = services.realtime("text", lambda _: None)
    session = model.session()
    ready: Answer = asyncio.get_running_loop().create_future()
    written: Answer = asyncio.get_running_loop().create_future()
    fixes = REALTIME.get(services.settings.provider or "", {})

    def received(event: dict[str, Any]) -> None:
        if event["type"] == "session.created":
            _settle(ready, None)
        elif event["type"] in TRANSCRIBED:
            _settle(written, TRANSCRIBED[event["type"]])

    session.on("openai_server_event_received", received)
    session.on("error", lambda error: _settle(ready, reason_of(error.error, fixes)))
    try:
        problem = await _problem_with(ready, "it does not answer")
        works = not _report(say, f"realtime model at {model.provider}", problem)
        if works and words:
            session.push_audio(SILENCE)
            session.commit_audio()
            _report(say, f"transcription by {words}", await _problem_with(written, None))
    finally:
        await session.aclose()
        await model.aclose()
    return not works or (written.done() and written.result() is not None)


def _settle(answer: Answer, problem: str | None) -> None:
    """The first one counts."""
    if not answer.done():
        answer.set_result(problem)


async def _problem_with(answer: Answer, otherwise: str | None) -> str | None:
    """What is wrong; `otherwise` where nothing is told in time. A service need not write down a silence."""
    try:
        return await asyncio.wait_for(asyncio.shield(answer), PATIENCE)
    except TimeoutError:
        return otherwise


async def _voice(services: Services, voice: Voice, say: Say) -> bool:
    service = services.speech(voice, _nobody)[0]
    told: list[BaseException] = []
    service.on("error", lambda error: told.append(error.error))  # the chain's own says no more than that all failed
    speech = Chain([service], warm=False)
    try:
        problem = None if await asyncio.wait_for(_sounds(speech), PATIENCE) else "it says nothing"
    except (APIError, TimeoutError) as error:
        problem = reason_of(told[0] if told else error, SPEECH.get(_vendor(services, voice), {}))
    finally:
        await speech.aclose()
    return _report(say, f"voice by {voice.kind.capitalize()}", problem)


def _vendor(services: Services, voice: Voice) -> str:
    by_livekit = voice.kind == "cartesia" and services.settings.cartesia.via == "livekit"
    return "cartesia by livekit" if by_livekit else voice.kind


async def tell_ends(services: Services, say: Say) -> None:
    """Warn of models that end soon. What the service does not tell is no problem of ours."""
    try:
        ends = await asyncio.wait_for(services.model_ends(), PATIENCE)
    except (OpenAIError, APIError, ValueError, TimeoutError):
        say("ok       models: the service does not tell when they end")
        return
    azure, now = services.settings.azure, datetime.now(UTC)
    for name in filter(None, (azure.deployment, azure.transcription_deployment, azure.tts_deployment)):
        say(_end(name, ends.get(name), now))


def _end(name: str, ends: datetime | None, now: datetime) -> str:
    if ends is None:
        return f"ok       deployment {name}: when its model ends is not told, Azure lists no model of that name"
    if ends <= now:
        return f"warning  model {name}: it ended on {ends:%Y-%m-%d}; deploy a newer one"
    if (days := (ends - now).days) < SOON_DAYS:
        return f"warning  model {name}: it ends on {ends:%Y-%m-%d}, in {days} days; deploy a newer one"
    return f"ok       model {name}: until {ends:%Y-%m-%d} at least"


async def _sounds(speech: Chain) -> bool:
    async with speech.stream() as stream:
        stream.push_text("Hello.")
        stream.end_input()
        async for _ in stream:
            return True
    return False


def _voices(services: Services, lines: Sequence[Workflow]) -> list[Voice]:
    """One voice of each service that is set up and used; the default's is, as it steps in for others."""
    used = {voice.kind: voice for line in lines for voice in line.voices.values()}
    wanted = {services.default_voice.kind: services.default_voice} | used
    return [voice for voice in wanted.values() if services.available(voice) == voice]


def _nobody() -> CallSession:
    raise RuntimeError("no call is running")


def _report(say: Say, what: str, problem: str | None) -> bool:
    say(f"problem  {what}: {problem}" if problem else f"ok       {what}")
    return problem is not None
