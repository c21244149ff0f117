"""Two languages in one text, told apart again."""

from __future__ import annotations

import pytest

from core.both_languages import join, part_in


def test_each_reads_their_own_language() -> None:
    note = join("Une ligne.\nUne autre.", "A line.\nAnother.")
    assert part_in(note, "fr") == "Une ligne.\nUne autre."
    assert part_in(note, "en") == part_in(note, "es") == "A line.\nAnother."


def test_who_reads_english_gets_french_where_there_is_no_english() -> None:
    assert part_in("Une ligne.", "en") == "Une ligne."


@pytest.mark.parametrize(("french", "english"), [("Une\n\nautre", "one"), ("une", "one\n\nother")])
def test_what_could_not_be_told_apart_again_is_refused(french: str, english: str) -> None:
    with pytest.raises(ValueError, match="empty line"):
        join(french, english)
