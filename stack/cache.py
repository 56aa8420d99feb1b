"""Where this platform wants programs to keep what they can make again."""

import sys
from pathlib import Path


def cache_folder(home: Path, xdg: Path | None = None, platform: str = sys.platform) -> Path:
    """Switchboard's cache: below `xdg` (XDG_CACHE_HOME) if that is absolute, else where the platform has caches."""
    if xdg is not None and xdg.is_absolute():
        return xdg / "switchboard"
    return home / ("Library/Caches" if platform == "darwin" else ".cache") / "switchboard"
