"""Calls as scenarios. Who makes them is given in: the engine knows nothing of calls on trial."""

from collections.abc import Callable

from switchboard.line.workflow import Workflow
from switchboard.operate.story import CallStory


class NoScenarioError(Exception):
    """The call makes no scenario; the text says why."""


MakeScenario = Callable[[CallStory, Workflow | None], str]
"""The file of a call on that line; None: the line is not there any more. Raises `NoScenarioError`."""
