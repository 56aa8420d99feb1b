"""The mind of tests: what must be asked, in which order, and what is answered. Strict: anything else is an error.

Every session follows the script from its first step on, whatever the others do.

A script is a YAML list. An entry is the words of a spoken turn (`hear: "where is my order"`), or a step:

    - agent: support                  # what the request has to be like; each of these may be left out
      extra: "Pick up"                # pattern, found in what response.create added ("" expects nothing added)
      last: {role: user, text: "hi"}  # the last item; role: user, assistant, system, call, tool; or `match:` a pattern
      tools: [find_order]             # all of these are offered
      absent: [cancel_order]          # none of these is
      modality: audio
      say: "Let me see."              # what is answered: `say`, `call` with `arguments`, both, or a list under `reply`
      call: find_order
      arguments: {order_number: "10042"}
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, RootModel, model_validator

from simulator.mind import CallTool, Item, MindError, Modality, Reply, Request, Say
from simulator.sentences import read_aloud
from simulator.strict_yaml import Arguments, Document, Part, Pattern, ToolName, YamlError

AGENT = re.compile(r"^You are `(?P<agent>[^`]+)`")


class ScriptError(Exception):
    """A script that cannot be used: file, line, step, and what is wrong."""


class Last(Part):
    """What the last item has to be like. A tool's text is its output, a call's its arguments as JSON."""

    role: Literal["user", "assistant", "system", "call", "tool"] | None = None
    text: str | None = None
    match: Pattern | None = None
    name: str | None = None


class Answer(Part):
    """One or two output items: a text, a call, or a text and then a call."""

    say: str | None = None
    call: ToolName | None = None
    arguments: Arguments = Field(default_factory=dict)

    @model_validator(mode="after")
    def _sound(self) -> Answer:
        if self.arguments and not self.call:
            raise ValueError("`arguments` without `call`")
        return self

    def items(self) -> list[Say | CallTool]:
        """The items, in order."""
        said = [] if self.say is None else [Say(self.say)]
        return [*said, *([CallTool(self.call, self.arguments)] if self.call else [])]


class Step(Answer):
    """One response: what is expected of the request, and the reply."""

    agent: str | None = None
    extra: Pattern | None = None
    last: Last | None = None
    tools: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    modality: Modality | None = None
    reply: tuple[Answer, ...] = ()
    hear: str | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Step:
        answers = bool(self.items() or self.reply)
        if self.hear is not None and len(self.model_fields_set) > 1:
            raise ValueError("`hear` stands alone")
        if self.hear is None and not answers:
            raise ValueError("a step needs one of `hear`, `say`, `call`, `reply`")
        if self.reply and self.items():
            raise ValueError("`reply` stands instead of `say` and `call`")
        return self


class Steps(RootModel[tuple[Step, ...]]):
    """The whole list."""

    @model_validator(mode="after")
    def _has_some(self) -> Steps:
        if not self.root:
            raise ValueError("a script has at least one step")
        return self


class Progress:
    """What one session has still before it."""

    def __init__(self, steps: Steps) -> None:
        numbered = list(enumerate(steps.root, 1))
        self.steps = deque((number, step) for number, step in numbered if step.hear is None)
        self.words = deque(step.hear for _, step in numbered if step.hear is not None)

    def unused(self) -> list[str]:
        """What did not happen."""
        steps = [f"step {number} was not used: {_summary(step)}" for number, step in self.steps]
        return [*steps, *(f"nobody said {words!r}" for words in self.words)]


class Script:
    """A `Mind` whose steps each session uses up in order, for itself. Call `check` at the end of a test."""

    def __init__(self, steps: Steps) -> None:
        self._script = steps
        self._sessions: dict[str, Progress] = {}
        self.failures: list[str] = []
        """What was not expected, in order."""

    @classmethod
    def load(cls, source: str | Path) -> Script:
        """Read a script from a path, or from its text (anything with a line break in it). Raises `ScriptError`."""
        inline = isinstance(source, str) and "\n" in source
        name = "script" if inline else Path(source).name
        try:
            text = str(source) if inline else Path(source).read_text(encoding="utf-8")
            return cls(Document(text).read(Steps))
        except OSError as error:
            raise ScriptError(f"{source}: cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise ScriptError(f"{source}: cannot be read: not UTF-8") from None
        except YamlError as error:
            place = f"step {int(error.path[0]) + 1}: " if error.path and isinstance(error.path[0], int) else ""
            where = f"{name}:{error.line}" if error.line else name
            raise ScriptError(f"{where}: {place}{error.message}") from None

    def answer(self, request: Request) -> Reply:
        """The reply of the session's next step. Raises `MindError` when the request is not the one that it expects.

        A word that is read aloud is no step: how often a caller who waits hears one is for the machine to say.
        """
        if reading := read_aloud(request):
            return reading
        steps = self._progress(request.session_id).steps
        if not steps:
            raise self._failure(f"no step is left for a request of {_describe(request)}")
        number, step = steps.popleft()
        unmet = _unmet(step, request)
        if unmet:
            raise self._failure(f"step {number}: {'; '.join(unmet)}")
        return [item for answer in step.reply for item in answer.items()] or step.items()

    def hear(self, session_id: str) -> str:
        """The words of the session's next spoken turn. Raises `MindError` when none are left."""
        words = self._progress(session_id).words
        if not words:
            raise self._failure(f"a spoken turn in {session_id}, and no `hear` is left")
        return words.popleft()

    def check(self) -> None:
        """Raises AssertionError with everything that was not expected and everything that a session did not use."""
        sessions = list(self._sessions.values()) or [Progress(self._script)]
        problems = [*self.failures, *(problem for session in sessions for problem in session.unused())]
        if problems:
            raise AssertionError("the script was not followed:\n- " + "\n- ".join(problems))

    def _progress(self, session_id: str) -> Progress:
        if session_id not in self._sessions:
            self._sessions[session_id] = Progress(self._script)
        return self._sessions[session_id]

    def _failure(self, message: str) -> MindError:
        self.failures.append(message)
        return MindError(message)


def _unmet(step: Step, request: Request) -> list[str]:
    """What the step expects and the request is not."""
    offered = {tool.name for tool in request.tools}
    extra = request.extra.strip()
    unmet = [
        _differs("agent", step.agent, _agent(request)),
        _differs("modality", step.modality, request.modality),
        *(f"{name} is not offered, only {_names(offered)}" for name in step.tools if name not in offered),
        *(f"{name} is offered" for name in step.absent if name in offered),
    ]
    if step.extra and not (step.extra.search(extra) if step.extra.pattern else not extra):
        unmet.append(f"extra: expected {step.extra.pattern!r}, got {extra!r}")
    if step.last:
        unmet.extend(_unmet_last(step.last, request.items[-1] if request.items else None))
    return [problem for problem in unmet if problem]


def _unmet_last(last: Last, item: Item | None) -> list[str]:
    if item is None:
        return ["last: there is no item"]
    text = _text(item)
    unmet = [_differs("last role", last.role, _role(item)), _differs("last text", last.text, text)]
    unmet.append(_differs("last name", last.name, item.name or ""))
    if last.match and not last.match.search(text):
        unmet.append(f"last text: expected a match of {last.match.pattern!r}, got {text!r}")
    return unmet


def _differs(what: str, expected: str | None, found: str) -> str:
    return "" if expected is None or expected == found else f"{what}: expected {expected!r}, got {found!r}"


def _agent(request: Request) -> str:
    named = AGENT.search(request.instructions.strip())
    return named["agent"] if named else ""


def _role(item: Item) -> str:
    kinds: Mapping[str, str] = {"function_call": "call", "function_call_output": "tool"}
    return kinds.get(item.type, item.role or "")


def _text(item: Item) -> str:
    if item.type == "function_call":
        return item.arguments or ""
    return item.output or "" if item.type == "function_call_output" else item.text


def _names(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def _describe(request: Request) -> str:
    last = request.items[-1] if request.items else None
    ending = f"after {_role(last)} {_text(last)!r}" if last else "in an empty conversation"
    return f"{_agent(request) or 'nobody'} {ending}"


def _summary(step: Step) -> str:
    items = [item for answer in step.reply for item in answer.items()] or step.items()
    return ", ".join(f"say {item.text!r}" if isinstance(item, Say) else f"call {item.name}" for item in items)
