"""Where the cache is."""

from pathlib import Path

from stack.cache import cache_folder

HOME = Path("/home/ada")


def test_the_cache_is_where_the_platform_has_caches() -> None:
    assert cache_folder(HOME, platform="linux") == HOME / ".cache/switchboard"
    assert cache_folder(HOME, platform="darwin") == HOME / "Library/Caches/switchboard"


def test_xdg_cache_home_goes_first() -> None:
    assert cache_folder(HOME, Path("/fast")) == Path("/fast/switchboard")


def test_a_relative_xdg_cache_home_is_ignored_as_its_standard_says() -> None:
    assert cache_folder(HOME, Path("here"), "linux") == HOME / ".cache/switchboard"
