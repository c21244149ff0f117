"""The real package of the Ministry of Labour's pages, whole: counts, cleanliness, and ids of its own."""

from __future__ import annotations

import os
import re
from pathlib import Path

import orjson
import pytest

from core.entry import Entry, passages
from core.settings import ROOT
from knowledge_base.errors import FetchFailed
from knowledge_base.sources.npm import fetch_pinned
from knowledge_base.sources.travail_emploi.importer import TWINS, read
from knowledge_base.sources.travail_emploi.package import PACKAGE
from tests.integration.test_knowledge_base_package import assert_clean, texts


@pytest.fixture(scope="module")
def entries() -> dict[str, Entry]:
    try:
        package = fetch_pinned(PACKAGE, Path(os.environ.get("GUICHET_HOME", ROOT / "var")))
    except FetchFailed as failure:
        pytest.skip(f"the package is not in the cache, and: {failure.en}")
    return {entry.id: entry for entry in read(package)}


def test_counts(entries: dict[str, Entry]) -> None:
    """Of 269 pages nine stand twice, under an old address and its new one."""
    assert len(entries) == 260
    assert sum(entry.verified_on is not None and entry.verified_on.year >= 2024 for entry in entries.values()) == 179


def test_every_entry_is_whole(entries: dict[str, Entry]) -> None:
    for entry in entries.values():
        assert re.fullmatch(r"TE\w{1,30}", entry.id)
        assert entry.title
        assert entry.verified_on is not None
        assert entry.url.startswith("https://travail-emploi.gouv.fr/")
        assert passages(entry)
        assert all(link.title and bool(link.entry) != bool(link.url) for link in (*entry.related, *entry.services))
        assert all(link.entry in entries and link.entry != entry.id for link in entry.related if link.entry)


def test_most_parts_have_an_address_of_their_own(entries: dict[str, Entry]) -> None:
    """All but those of the few pages that the package could not cut into sections."""
    under = [(entry, part.headings) for entry in entries.values() for part in passages(entry) if part.headings]
    own = [entry.url_at(headings) != entry.url for entry, headings in under]
    assert sum(own) > 0.9 * len(own)


def test_every_twin_that_was_kept_is_a_page_of_the_package(entries: dict[str, Entry]) -> None:
    kept = {orjson.loads(line)["twin"] for line in TWINS.read_bytes().splitlines()}
    assert kept - set(entries) == set()


def test_every_text_is_clean(entries: dict[str, Entry]) -> None:
    assert_clean(entries)
    for entry in entries.values():
        for text in (entry.introduction, *texts(entry.body)):
            assert not re.search(r"_@|\x01|retranscription textuelle", text), entry.id
