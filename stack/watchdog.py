"""A program: kills process groups when the process that started it is gone, however it went.

Its standard input is a pipe from that process: `+PID` watches the group of that leader, `-PID` no longer. At the end of
the pipe every group that is still watched gets SIGTERM, and SIGKILL after `GRACE` seconds. A pipe and not
PR_SET_PDEATHSIG, which reaches only the child itself: a worker's own children would live on, and it is Linux's alone.
"""

import os
import signal
import sys
import time

GRACE = 2.0


def main() -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    watched: set[int] = set()
    for line in sys.stdin:
        change = watched.add if line[0] == "+" else watched.discard
        change(int(line[1:]))
    end(watched)


def end(groups: set[int]) -> None:
    """SIGTERM, a moment to go, SIGKILL."""
    left = {group for group in groups if tell(group, signal.SIGTERM)}
    deadline = time.monotonic() + GRACE
    while left and time.monotonic() < deadline:
        time.sleep(0.02)
        left = {group for group in left if tell(group, 0)}
    for group in left:
        tell(group, signal.SIGKILL)


def tell(group: int, number: int) -> bool:
    """Send a signal to a group; whether there is such a group."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:  # macOS says this of a group of which only zombies are left
        return False
    return True


if __name__ == "__main__":
    main()
