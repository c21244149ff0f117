"""What people call the pages: kept as data, given to the entries at import."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import orjson
import pytest

from core.entry import Case, Cases, Chapter, TextBlock
from core.settings import ROOT
from knowledge_base.sources.additions import Wordings
from retrieval.terms.analysis import fold

SOURCES = ("service_public", "travail_emploi")
LEAST = {"service_public": (3300, 2000), "travail_emploi": (240, 200)}  # pages, and pages with parts: the others have one
MEASURED = ROOT / "tests" / "evaluation"


def lines(path: Path) -> list[dict[str, object]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines() if line.strip()]


@pytest.fixture(scope="module", params=SOURCES)
def source(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def rows(source: str) -> list[dict[str, object]]:
    return [
        row
        for path in sorted((ROOT / "knowledge_base" / "sources" / source / "wordings").rglob("*.jsonl"))
        for row in lines(path)
    ]


@pytest.fixture(scope="module")
def named(rows: list[dict[str, object]]) -> dict[str, list[str]]:
    """The other wordings of each page."""
    found = [row for row in rows if "wordings" in row]
    assert max(Counter(str(row["id"]) for row in found).values()) == 1
    return {str(row["id"]): row["wordings"] for row in found}  # type: ignore[misc]


@pytest.fixture(scope="module")
def parts(rows: list[dict[str, object]]) -> dict[str, dict[str, list[str]]]:
    """What people ask of each part, by page and heading path."""
    found = [row for row in rows if "parts" in row]
    assert max(Counter(str(row["id"]) for row in found).values()) == 1
    return {str(row["id"]): row["parts"] for row in found}  # type: ignore[misc]


def test_nearly_every_page_has_a_few(named: dict[str, list[str]], source: str) -> None:
    assert len(named) > LEAST[source][0]
    assert all(1 <= len(wordings) <= 5 for wordings in named.values())


def test_no_two_pages_share_one(named: dict[str, list[str]]) -> None:
    assert max(Counter(fold(wording) for wordings in named.values() for wording in wordings).values()) == 1


def test_each_is_short_and_on_one_line(named: dict[str, list[str]]) -> None:
    for page, wordings in named.items():
        for wording in wordings:
            assert wording == " ".join(wording.split()), page
            assert len(wording.split()) <= 16, (page, wording)


def test_nearly_every_part_has_one_or_two_that_no_other_has(parts: dict[str, dict[str, list[str]]], source: str) -> None:
    assert len(parts) > LEAST[source][1]
    every = [wording for page in parts.values() for wordings in page.values() for wording in wordings]
    assert max(Counter(map(fold, every)).values()) == 1
    assert all(1 <= len(wordings) <= 2 for page in parts.values() for wordings in page.values())
    assert all(wording == " ".join(wording.split()) and len(wording.split()) <= 16 for wording in every)


def test_each_chapter_gets_its_own_also_within_a_case(tmp_path: Path) -> None:
    of_parts = {"Coût": ["c'est payant"], "Coût > À l'étranger": ["et au consulat"]}
    (tmp_path / "some.jsonl").write_bytes(orjson.dumps({"id": "F1", "wordings": ["papiers"], "parts": of_parts}))
    wordings = Wordings(tmp_path)
    assert (wordings.of("F1"), wordings.of("F2"), wordings.all()) == (("papiers",), (), ("papiers",))
    text = TextBlock(markdown="Texte.")
    inner = Chapter(heading="À l'étranger", body=(text,))
    cost = Chapter(
        heading="Coût", body=(text, Cases(cases=(Case(label="Mineur", body=(inner,)), Case(label="Majeur", body=(inner,)))))
    )
    first, other = wordings.worded("F1", (cost, Chapter(heading="Délai", body=(text,))))
    assert isinstance(first, Chapter)
    assert (first.wordings, other.wordings) == (("c'est payant",), ())  # type: ignore[union-attr]
    cases = first.body[1].cases  # type: ignore[union-attr]
    assert [case.body[0].wordings for case in cases] == [("et au consulat",), ()]  # type: ignore[union-attr]
    assert wordings.worded("F2", (cost,)) == (cost,)


def test_none_is_a_question_that_measures(named: dict[str, list[str]], parts: dict[str, dict[str, list[str]]]) -> None:
    asked = {
        fold(str(line["question"]).strip(" .?!"))
        for path in MEASURED.rglob("*.jsonl")
        for line in lines(path)
        if "question" in line
    }
    of_parts = [wordings for page in parts.values() for wordings in page.values()]
    found = {fold(wording.strip(" .?!")) for wordings in (*named.values(), *of_parts) for wording in wordings}
    assert not asked & found
