"""A plugin of pytest: a lane that is ended by SIGTERM tells what it was doing, and what had been written meanwhile.

LiveKit's client ends its process so after a fault of its own, and the reason is in what pytest has kept back.
"""

import os
import signal
import sys
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
