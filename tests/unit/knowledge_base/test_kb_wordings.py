"""What people call the pages: kept as data, given to the entries at import."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import orjson
import pytest

from core.settings import ROOT
from knowledge_base.service_public.wordings import wordings_of
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


def test_none_is_a_question_that_measures(named: dict[str, tuple[str, ...]]) -> None:
    asked = {
        fold(str(line["question"]).strip(" .?!"))
        for path in MEASURED.rglob("*.jsonl")
        for line in lines(path)
        if "question" in line
    }
    found = {fold(wording.strip(" .?!")) for wordings in named.values() for wording in wordings}
    assert not asked & found
