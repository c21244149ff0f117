"""Plain baselines: BM25 over the titles, or the whole text, of the pinned pages, answering with the beginning of the first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.entry import Entry, passages
from knowledge_base.sources.npm import fetch_pinned
from knowledge_base.sources.service_public import importer as service_public
from knowledge_base.sources.service_public.package import PACKAGE as SERVICE_PUBLIC
from knowledge_base.sources.service_public.package import Package
from knowledge_base.sources.travail_emploi import importer as travail_emploi
from knowledge_base.sources.travail_emploi.package import PACKAGE as TRAVAIL_EMPLOI
from tools.bench.alternatives import PlainBm25
from tools.benchmark.ruler import READ
from tools.benchmark.systems import Answer, Question, System

PINNED = (SERVICE_PUBLIC, TRAVAIL_EMPLOI)
KINDS = ("titles", "pages")


def pinned_pages(home: Path) -> list[Entry]:
    """Returns all pages of the pinned packages, fetched into ``home`` once. Raises ``FetchFailed`` and ``InvalidSource``."""
    old, new = (fetch_pinned(package, home) for package in PINNED)
    return [*service_public.read(Package(old)).entries, *travail_emploi.read(new)]


def bm25(pages: Sequence[Entry], kind: str) -> System:
    """Returns the system that finds one of ``pages`` by the words of its title, or of all its text (``kind`` of ``KINDS``)."""
    texts = {page.id: "\n".join([page.description, *(part.markdown for part in passages(page))]) for page in pages}
    whole = kind == "pages"
    search = PlainBm25([*texts], [f"{page.title}\n{texts[page.id]}" if whole else page.title for page in pages])

    def one(question: Question) -> Answer:
        found = search(question.message)
        return Answer(id=question.id, text=texts[found[0]][:READ] if found else "", pages=tuple(found))

    return lambda asked: {question.id: one(question) for question in asked}
