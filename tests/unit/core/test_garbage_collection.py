"""What stays is left alone by collections; what was replaced is found."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from core.garbage_collection import freeze_long_lived


class Snapshot:
    """Refers to itself, as what is loaded often does somewhere."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_what_was_loaded_is_left_alone() -> None:
    loaded = [Snapshot() for _ in range(1000)]
    freeze_long_lived()
    assert gc.get_freeze_count() > len(loaded)


def test_what_was_replaced_goes_at_the_next_call() -> None:
    old = Snapshot()
    gone = weakref.ref(old)
    freeze_long_lived()
    del old
    gc.collect()
    assert gone() is not None  # left alone
    freeze_long_lived()
    assert gone() is None


def test_all_that_came_since_is_gone_through_seldom() -> None:
    gc.set_threshold(2000, 10, 10)  # Python's own: whoever was served in this process before has changed it
    freeze_long_lived()
    assert gc.get_threshold() == (2000, 10, 100)
