"""The sentences that open the pages: kept as data by their first words, given to the entries at import."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.settings import ROOT
from knowledge_base.sources.additions import Openings
from knowledge_base.sources.service_public.convert import OPENINGS as OF_SERVICE_PUBLIC
from knowledge_base.sources.travail_emploi.importer import OPENINGS as OF_TRAVAIL_EMPLOI

MOST = 7


def test_openings_of_a_page_are_those_of_its_line(tmp_path: Path) -> None:
    file = tmp_path / "openings.jsonl"
    file.write_text('{"id": "F1", "opening": ["Elle coûte", "Un mois"]}\n', encoding="utf-8")
    openings = Openings(file)
    assert openings.of("F1") == ("Elle coûte", "Un mois")
    assert openings.of("F2") == ()


@pytest.mark.parametrize(("source", "openings"), [("service_public", OF_SERVICE_PUBLIC), ("travail_emploi", OF_TRAVAIL_EMPLOI)])
def test_openings_that_come_with_the_sources_are_few_and_told_once(source: str, openings: Openings) -> None:
    lines = (ROOT / "knowledge_base" / "sources" / source / "openings.jsonl").read_text(encoding="utf-8").splitlines()
    pages = openings.by_page
    assert len(pages) == len(lines)
    assert all(1 <= len(openings.of(page)) <= MOST for page in pages)
    assert all(len(set(openings.of(page))) == len(openings.of(page)) for page in pages)
