"""`python -m tests.clients`: fetch the foreign clients, once for each change of their locks."""

import asyncio
import os
import sys
import time
from pathlib import Path

from stack.cache import cache_folder
from stack.errors import LocalError
from stack.machine import Machine
from tests.clients.foreign import fetch, is_here


def main() -> int:
    """Fetch what is missing; 1 if that fails."""
    if is_here():
        return 0
    began = time.monotonic()
    try:
        with Machine(cache_folder(Path.home()), dict(os.environ), lambda line: None) as machine:
            asyncio.run(fetch(machine))
    except LocalError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Foreign clients: done ({time.monotonic() - began:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
