"""Builds the gateway, where it is missing: `python -m tests.storage`."""

import asyncio
import os
import sys
from pathlib import Path

from stack.cache import cache_folder
from stack.errors import LocalError
from stack.machine import Machine
from tests.storage.gateway import build_in

with Machine(cache_folder(Path.home()), dict(os.environ), print) as machine:
    try:
        asyncio.run(build_in(machine).make())
    except LocalError as error:
        sys.exit(str(error))
