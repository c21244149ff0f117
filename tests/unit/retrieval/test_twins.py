"""The newer of two entries that answer the same stands first."""

from __future__ import annotations

from pathlib import Path

from core.entry import Entry
from retrieval.index.entry_file import EntryFile, EntryLine
from retrieval.ranking.fusion import Ranked
from retrieval.ranking.twins import newer_first, newer_twins, one_of_twins

NEWER = {0: frozenset({5, 7})}


def ranked(*places: int) -> list[Ranked]:
    return [Ranked(place, -number, 0, 0, 0, 0, 0) for number, place in enumerate(places)]


def places(found: list[Ranked]) -> list[int]:
    return [one.place for one in found]


def test_newer_first_lifts_the_best_newer_twin_above_its_older_one() -> None:
    assert places(newer_first(ranked(0, 1, 7, 5), NEWER)) == [7, 0, 1, 5]
    assert places(newer_first(ranked(5, 1, 0), NEWER)) == [5, 1, 0]
    assert places(newer_first(ranked(0, 1, 2), NEWER)) == [0, 1, 2]


def test_one_of_twins_keeps_the_one_that_was_found_first() -> None:
    assert places(one_of_twins(ranked(0, 1, 5), NEWER)) == [0, 1]
    assert places(one_of_twins(ranked(5, 1, 0, 2), NEWER)) == [5, 1, 2]


def test_newer_twins_go_by_the_day_whichever_names_the_other(tmp_path: Path) -> None:
    told = [
        ("a", "F1", "2019-05-01", ()),
        ("b", "T1", "2025-01-01", ("a/F1", "a/F2", "a/F3", "a/F9")),
        ("a", "F2", "2026-02-01", ()),
        ("a", "F3", None, ()),
    ]
    lines = [
        EntryLine.of(Entry.model_validate({"collection": name, "id": own, "title": own, "verified_on": day, "twins": twins}))
        for name, own, day, twins in told
    ]
    EntryFile.write(lines, tmp_path)
    entries = EntryFile(tmp_path)
    assert [entries.line(place) for place in range(len(lines))] == lines
    assert newer_twins(entries) == {0: frozenset({1}), 1: frozenset({2})}
