"""A plugin of pytest for the process of a lane: what each test computes, why it was ended, and an end without a fault.

LiveKit's client ends its process by SIGTERM after a fault of its own, and the reason is in what pytest has kept back.
And one of its threads may abort an interpreter that is going (docs/upstream.md, 8): a lane does not wait for that.
"""

import os
import signal
import sys
from collections.abc import Generator
from types import FrameType

import pytest

LAST = 4000
"""So many characters are shown."""


def pytest_configure(config: pytest.Config) -> None:
    def tell(number: int, _frame: FrameType | None) -> None:
        capture = config.pluginmanager.getplugin("capturemanager")
        capture.suspend_global_capture(in_=True)
        written = "".join(capture.read_global_capture())
        sys.stderr.write(f"\nended in {os.environ.get('PYTEST_CURRENT_TEST', 'no test')}\n{written[-LAST:]}\n")
        sys.stderr.flush()
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)

    signal.signal(signal.SIGTERM, tell)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    item.stash[BEGAN] = computed()
    yield


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    yield
    item.user_properties.append(("cpu", f"{computed() - item.stash[BEGAN]:.2f}"))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    session.config.stash[ENDED] = session


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    if session := config.stash.get(ENDED, None):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(session.exitstatus)


def computed() -> float:
    """Seconds of a core that this process and those of its children that have ended have had."""
    return sum(os.times()[:4])


BEGAN = pytest.StashKey[float]()
ENDED = pytest.StashKey[pytest.Session]()
