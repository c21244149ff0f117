"""Long texts are read in a thread, short ones where they are."""

from __future__ import annotations

import threading

import pytest

from core.text.analysis import SHORT, analyse, analyse_timed


def _thread(_: str) -> int:
    return threading.get_ident()


@pytest.mark.parametrize(("length", "here"), [(SHORT, True), (SHORT + 1, False)])
async def test_text_is_read_in_a_thread_where_it_is_long(length: int, here: bool) -> None:
    text = "a" * length
    assert (await analyse(_thread, text) == threading.get_ident()) is here
    found, seconds = await analyse_timed(_thread, text)
    assert (found == threading.get_ident()) is here
    assert seconds >= 0


async def test_error_of_reading_is_raised() -> None:
    def fails(_: str) -> None:
        raise KeyError("lexicon")

    with pytest.raises(KeyError, match="lexicon"):
        await analyse_timed(fails, "a" * (SHORT + 1))
