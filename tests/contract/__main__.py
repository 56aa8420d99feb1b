"""`python -m tests.contract`: prints what of LiveKit has changed under us; `make ahead` runs it beside a pre-release.

It needs nothing but LiveKit: our own modules are read and not imported, because they may not start beside it.
"""

import sys
from importlib.metadata import version

from tests.contract.contract import CONTRACT
from tests.contract.report import changes
from tests.contract.uses import our_sources

PACKAGES = ("livekit-agents", "livekit-plugins-openai", "livekit")


def main() -> int:
    told = changes(CONTRACT, our_sources())
    lines = [
        ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        *(f"- {sentence}" for sentence in told),
        f"{len(told)} of {len(CONTRACT)} parts of LiveKit that we stand on have changed.",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
