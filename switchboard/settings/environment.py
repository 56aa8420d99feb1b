"""The settings of a process, from the environment and `.env`; nothing else in the house reads the environment.

LiveKit's plugins read variables by themselves, so whoever builds a model passes everything explicitly:

- realtime, on Azure and the simulator (`settings.speaks_azure`): `with_azure(azure_deployment=, base_url=
  azure.realtime_url, api_key= or entra_token=, api_version=azure.api_version, input_audio_transcription=, voice=,
  speed=, input_audio_noise_reduction=, turn_detection=, max_session_duration=)`; never `azure_endpoint=`, which appends
  a path of its own. With `azure.auth == "entra"` no key at all: the plugin sends both if it finds both.
- realtime, on OpenAI: `RealtimeModel(model=, api_key=, base_url=, ...)`.
- speech, on Azure: `TTS.with_azure(azure_endpoint=azure.resource_url, azure_deployment=azure.tts_deployment,
  api_version=azure.tts_api_version, api_key= or azure_ad_token_provider=)`.
- Cartesia: `api_key=`, `model=cartesia.model`, `base_url=`; through LiveKit: `inference.TTS(cartesia.inference_model,
  api_key=, api_secret=)` with the keys of `settings.livekit`.
- the worker: `AgentServer(ws_url=, api_key=, api_secret=)` and `rtc_session(agent_name=)`, because what stands in
  `.env` is not in the environment.
"""

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from dotenv import dotenv_values
from pydantic import SecretStr, ValidationError
from pydantic_core import ErrorDetails

from switchboard.settings.rules import find_problems, find_warnings
from switchboard.settings.schema import (
    SETTINGS,
    Azure,
    Cartesia,
    Group,
    Setting,
    Settings,
    groups,
)
from switchboard.settings.values import InvalidValueError, Mistake, SettingsError, scrubbed, shown

OUR_PREFIXES = (
    *("REALTIME_", "AZURE_OPENAI_", "CARTESIA_", "VAD_", "TURN_DETECT", "LEDGER_", "PHONE_", "RECORDINGS_"),
    "OPERATE_",
)
"""Nobody else's: an unknown name that begins so is a mistake, however far from a known one."""
SHARED_PREFIXES = ("OPENAI_", "LIVEKIT_", "DATABASE_", "LOG_", "CALL_", "TURN_")
"""Others use them too: only a name that is nearly one of ours is a mistake."""
FOREIGN = {"AZURE_OPENAI_AD_TOKEN"}
"""Read by the `openai` package, and removed by `shield_environment`."""
REFUSED = {
    "REALTIME_TEMPERATURE": "none, because the realtime API has no temperature any more: it would be dropped unseen",
}
BY_NAME = {setting.name: setting for setting in SETTINGS}
SECRET_FILES = {f"{setting.name}_FILE": setting.name for setting in SETTINGS if setting.secret}
"""Docker's and Kubernetes' way of handing over a secret: the name of a file that holds it."""


def load_settings(env_file: Path | None = Path(".env"), environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of `environ` (the process's own by default) over those of `env_file`; empty values are unset.

    Raises `SettingsError` with everything that is wrong.
    """
    from_file, problems = _read(env_file) if env_file else ({}, [])
    raw = from_file | _tidy(os.environ if environ is None else environ)
    raw, unread = _with_secret_files(raw)
    problems += unread
    problems += [*_refused(raw), *_mistyped(raw)]
    values, wrong_values = _parse(raw)
    problems += wrong_values
    settings = Settings.model_validate(values)
    wrong = {problem.name for problem in problems} | set(_near(raw).values())
    problems += [each for each in find_problems(settings) if not wrong & {each.name, *each.about}]
    if problems:
        secrets = _secrets(raw)
        raise SettingsError(scrubbed(problem, secrets) for problem in problems)
    return settings.model_copy(update={"warnings": find_warnings(settings)})


def with_simulator(settings: Settings, url: str) -> Settings:
    """The settings with the simulator at `url` in the place of Azure OpenAI and Cartesia; nobody's key is sent to it.

    Raises `SettingsError` for what the simulator does not have.
    """
    azure = Azure(
        api_key=SecretStr("simulator"),
        deployment="gpt-realtime-2.1",
        api_version=settings.azure.api_version,
        transcription_deployment="gpt-4o-mini-transcribe-2025-12-15",
        tts_deployment="gpt-4o-mini-tts-2025-12-15",
        tts_api_version="2025-04-01-preview",
    ).model_copy(update={"endpoint": url})  # unchecked: a simulator in another container has no https
    cartesia = Cartesia(api_key=SecretStr("simulator"), base_url=url, model=settings.cartesia.model)
    realtime = settings.realtime.model_copy(update={"provider": "simulator"})
    simulated = settings.model_copy(update={"realtime": realtime, "azure": azure, "cartesia": cartesia})
    if problems := find_problems(simulated):
        raise SettingsError(problems)
    return simulated.model_copy(update={"warnings": find_warnings(simulated)})


def _read(path: Path) -> tuple[dict[str, str], list[Mistake]]:
    """What the file sets, and its lines that cannot be read (by number: a line may hold a secret)."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        return {}, []
    except (OSError, UnicodeDecodeError) as error:
        fix = "make it a readable text file in UTF-8, or remove it"
        return {}, [Mistake(str(path), type(error).__name__, "a file of NAME=value lines", fix)]
    found = dotenv_values(path, encoding="utf-8-sig")
    problems = []
    for number, line in enumerate(text.splitlines(), 1):
        name = re.match(r"\s*(?:export\s+)?([A-Za-z_][\w.]*)\s*=", line)
        if line.strip() and not line.lstrip().startswith("#") and (name is None or name[1] not in found):
            fix = "write NAME=value, with quotation marks in pairs, or begin the line with #"
            problems.append(Mistake(f"{path} line {number}", "a line that is not NAME=value", "NAME=value", fix))
    return _tidy({name: value for name, value in found.items() if value is not None}), problems


def _tidy(values: Mapping[str, str]) -> dict[str, str]:
    """The values without the quotation marks and spaces around them; the empty ones left out."""
    tidy = {}
    for name, value in values.items():
        text = value.strip()
        if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
            text = text[1:-1].strip()
        if text:
            tidy[name] = text
    return tidy


def _with_secret_files(raw: Mapping[str, str]) -> tuple[dict[str, str], list[Mistake]]:
    """Secrets that stand in files of their own, named by `<NAME>_FILE`; an empty file is a secret that is not set."""
    found = {name: value for name, value in raw.items() if name not in SECRET_FILES}
    problems = []
    for name in raw.keys() & SECRET_FILES.keys():
        setting = SECRET_FILES[name]
        try:
            secret = Path(raw[name]).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            fix = f"make it a text file that this process may read, or remove {name}"
            problems.append(Mistake(name, type(error).__name__, f"a file that holds {setting} alone", fix))
            continue
        if secret:
            found.setdefault(setting, secret)
    return found, problems


def _refused(raw: Mapping[str, str]) -> list[Mistake]:
    return [Mistake(name, "a value", why, f"remove {name}") for name, why in REFUSED.items() if name in raw]


def _near(raw: Mapping[str, str]) -> dict[str, str]:
    """Names that are almost ours, and the ones that were meant, unless those are set as well."""
    near: dict[str, str] = {}
    for name in raw.keys() - BY_NAME.keys():
        ours = name.upper().startswith(OUR_PREFIXES)
        if ours or name.upper().startswith(SHARED_PREFIXES):
            meant = get_close_matches(name.upper(), BY_NAME, 1, 0.75 if ours else 0.9)
            if meant and meant[0] not in raw:
                near[name] = meant[0]
    return near


def _mistyped(raw: Mapping[str, str]) -> list[Mistake]:
    near = _near(raw)
    unknown = {name for name in raw if name.startswith(OUR_PREFIXES)} - BY_NAME.keys() - REFUSED.keys() - FOREIGN
    problems = []
    for name in sorted(unknown | near.keys() - REFUSED.keys() - FOREIGN):
        fix = (
            f"rename it: did you mean {near[name]}?"
            if name in near
            else f"remove {name}, or see .env.example for the names"
        )
        problems.append(Mistake(name, "a name that is not a setting", "the name of a setting", fix))
    return problems


def _parse(raw: Mapping[str, str]) -> tuple[dict[str, Group], list[Mistake]]:
    values: dict[str, Group] = {}
    problems: list[Mistake] = []
    for name, group in groups().items():
        given = {field: raw[env] for field in group.model_fields if (env := group.env(field).name) in raw}
        try:
            values[name] = group.model_validate(given)
        except ValidationError as error:
            wrong = {str(each["loc"][0]): each for each in error.errors(include_url=False, include_input=False)}
            problems += [_problem(BY_NAME[group.env(field).name], given[field], each) for field, each in wrong.items()]
            values[name] = group.model_validate({field: given[field] for field in given.keys() - wrong.keys()})
    return values, problems


def _problem(setting: Setting, value: str, error: ErrorDetails) -> Mistake:
    cause = error.get("ctx", {}).get("error")
    reason = cause if isinstance(cause, InvalidValueError) else InvalidValueError()
    remedy = f"or remove it for the default, {setting.default}" if setting.default else "or remove it"
    found = "a value (not shown)" if setting.secret else shown(value)
    fix = reason.fix or f"set {setting.name} to {setting.expected}, {remedy}"
    return Mistake(setting.name, found, reason.expected or setting.expected, fix)


def _secrets(raw: Mapping[str, str]) -> set[str]:
    """The values that no error may hold; very short ones would be found in any sentence."""
    secrets = {raw[setting.name] for setting in SETTINGS if setting.secret and setting.name in raw}
    secrets |= {found[1] for value in raw.values() if (found := re.search(r"://[^:@]*:(.*)@", value))}
    return {secret for secret in secrets if len(secret) >= 8}
