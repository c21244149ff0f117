"""What people call the pages: kept as data, given to the entries at import."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import orjson
import pytest

from core.entry import Case, Cases, Chapter, TextBlock
from core.settings import ROOT
from knowledge_base.service_public import wordings as module
from knowledge_base.service_public.wordings import worded, wordings_of
from retrieval.lexical.analysis import fold

DATA = ROOT / "knowledge_base" / "service_public" / "wordings"
MEASURED = ROOT / "tests" / "evaluation"


def lines(path: Path) -> list[dict[str, object]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines() if line.strip()]


@pytest.fixture(scope="module")
def named() -> dict[str, tuple[str, ...]]:
    found = [str(line["id"]) for path in DATA.glob("*.jsonl") for line in lines(path)]
    assert max(Counter(found).values()) == 1
    return {page: wordings_of(page) for page in found}


@pytest.fixture(scope="module")
def parts() -> dict[str, dict[str, list[str]]]:
    """What people ask of each part, by page and heading path."""
    found = [line for path in (DATA / "parts").glob("*.jsonl") for line in lines(path)]
    assert max(Counter(str(line["id"]) for line in found).values()) == 1
    return {str(line["id"]): line["parts"] for line in found}  # type: ignore[misc]


def test_nearly_every_page_has_a_few(named: dict[str, tuple[str, ...]]) -> None:
    assert len(named) > 3300
    assert all(1 <= len(wordings) <= 5 for wordings in named.values())
    assert wordings_of("F0") == ()


def test_no_two_pages_share_one(named: dict[str, tuple[str, ...]]) -> None:
    assert max(Counter(fold(wording) for wordings in named.values() for wording in wordings).values()) == 1


def test_each_is_short_and_on_one_line(named: dict[str, tuple[str, ...]]) -> None:
    for page, wordings in named.items():
        for wording in wordings:
            assert wording == " ".join(wording.split()), page
            assert len(wording.split()) <= 16, (page, wording)


def test_nearly_every_part_has_one_or_two_that_no_other_has(parts: dict[str, dict[str, list[str]]]) -> None:
    assert len(parts) > 2000  # the others have one part
    every = [wording for page in parts.values() for wordings in page.values() for wording in wordings]
    assert max(Counter(map(fold, every)).values()) == 1
    assert all(1 <= len(wordings) <= 2 for page in parts.values() for wordings in page.values())
    assert all(wording == " ".join(wording.split()) and len(wording.split()) <= 16 for wording in every)


def test_each_chapter_gets_its_own_also_within_a_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        module, "_all_parts", lambda: {"F1": {"Coût": ["c'est payant"], "Coût > À l'étranger": ["et au consulat"]}}
    )
    text = TextBlock(markdown="Texte.")
    inner = Chapter(heading="À l'étranger", body=(text,))
    cost = Chapter(
        heading="Coût", body=(text, Cases(cases=(Case(label="Mineur", body=(inner,)), Case(label="Majeur", body=(inner,)))))
    )
    first, other = worded("F1", (cost, Chapter(heading="Délai", body=(text,))))
    assert isinstance(first, Chapter)
    assert (first.wordings, other.wordings) == (("c'est payant",), ())  # type: ignore[union-attr]
    cases = first.body[1].cases  # type: ignore[union-attr]
    assert [case.body[0].wordings for case in cases] == [("et au consulat",), ()]  # type: ignore[union-attr]
    assert worded("F2", (cost,)) == (cost,)


def test_none_is_a_question_that_measures(named: dict[str, tuple[str, ...]], parts: dict[str, dict[str, list[str]]]) -> None:
    asked = {
        fold(str(line["question"]).strip(" .?!"))
        for path in MEASURED.rglob("*.jsonl")
        for line in lines(path)
        if "question" in line
    }
    of_parts = [wordings for page in parts.values() for wordings in page.values()]
    found = {fold(wording.strip(" .?!")) for wordings in (*named.values(), *of_parts) for wording in wordings}
    assert not asked & found
