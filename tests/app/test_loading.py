"""Loading modules without a search for garbage."""

import gc

import pytest

from app.loading import loading


def test_nothing_is_searched_for_garbage_while_modules_are_loaded_and_what_there_is_stays() -> None:
    frozen = gc.get_freeze_count()
    with loading():
        assert not gc.isenabled()
        kept: list[list[int]] = [[] for _ in range(1000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() >= frozen + len(kept)


def test_a_module_that_cannot_be_loaded_leaves_the_search_for_garbage_on() -> None:
    with pytest.raises(ModuleNotFoundError), loading():
        import app.nowhere  # type: ignore[import-not-found]  # noqa: F401, PLC0415
    assert gc.isenabled()
