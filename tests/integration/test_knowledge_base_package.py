"""The real package of service-public's pages, whole: counts, cleanliness, and pages known for their difficulties."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree
from markdown_it import MarkdownIt

from core.database import Database
from core.entry import Block, Cases, Chapter, Entry, TextBlock, passages
from knowledge_base.entries.store import ImportReport, published, upsert
from knowledge_base.sources.service_public.context import Context
from knowledge_base.sources.service_public.convert import entry as convert
from knowledge_base.sources.service_public.importer import Reading, open_source
from tests.integration.databases import sqlite_when_long

_SAFE = re.compile("(paragraph|(bullet|ordered)_list|list_item|table|thead|tbody|tr|th|td|strong|link)_(open|close)$")


@pytest.fixture(scope="module")
def entries(service_public: Reading) -> dict[str, Entry]:
    return {entry.id: entry for entry in service_public.entries}


def texts(body: tuple[Block, ...]) -> Iterator[str]:
    """All Markdown of a body."""
    for block in body:
        match block:
            case TextBlock():
                yield block.markdown
            case Chapter():
                yield from texts(block.body)
            case Cases():
                for case in block.cases:
                    yield from texts(case.body)


def labels(body: tuple[Block, ...]) -> Iterator[str]:
    """All headings and labels of cases."""
    for block in body:
        match block:
            case Chapter():
                yield block.heading
                yield from labels(block.body)
            case Cases():
                for case in block.cases:
                    yield case.label
                    yield from labels(case.body)


def plain(entry: Entry) -> str:
    """What a reader sees of an entry, on one line."""
    source = "\n\n".join([entry.introduction, *texts(entry.body)])
    tokens = MarkdownIt("commonmark").enable("table").parse(source)
    seen = ("".join(part.content for part in token.children or ()) for token in tokens if token.type == "inline")
    return re.sub(r"\s+", " ", " ".join(seen))


def test_counts(service_public_package: Path, service_public: Reading, entries: dict[str, Entry]) -> None:
    assert open_source(service_public_package).listings() == 3479
    assert len(service_public.entries) == len(entries) == 3371
    assert sum(len(entry.audiences) > 1 for entry in service_public.entries) == 108
    assert service_public.unknown == {}


def test_every_entry_is_whole(entries: dict[str, Entry]) -> None:
    for entry in entries.values():
        assert entry.title
        assert entry.description
        assert entry.verified_on is not None
        assert entry.url.startswith("https://www.service-public.fr/")
        assert entry.theme
        assert passages(entry)
        assert all(link.title and bool(link.entry) != bool(link.url) for link in (*entry.related, *entry.services))
        assert all(link.entry in entries for link in entry.related if link.entry)


def assert_clean(entries: dict[str, Entry]) -> None:
    """Every text of ``entries`` is of the safe subset of Markdown, and neither text nor label has spaces too many."""
    parser = MarkdownIt("commonmark").enable("table")
    for entry in entries.values():
        for text in [*filter(None, [entry.description, entry.introduction]), *texts(entry.body)]:
            assert text == text.strip() != ""
            assert not re.search("(?<=\\S)[ \u00a0]{2,}|[ \u00a0]$|\t", text, re.MULTILINE), (entry.id, text)
            for token in parser.parse(text):
                parts = {part.type for part in (token, *(token.children or ()))}
                odd = {part for part in parts if not _SAFE.match(part)} - {"inline", "text", "softbreak", "text_special"}
                assert not odd, (entry.id, odd, token.content)
        for label in [entry.title, *labels(entry.body)]:
            assert label == re.sub(r"\s+", lambda found: found[0][:1], label).strip() != "", entry.id


def test_every_text_is_clean(entries: dict[str, Entry]) -> None:
    assert_clean(entries)


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        ("F104", "travaille le 1er mai"),  # two bold runs
        ("F22574", "60 jours"),
        ("F23503", "70 % de son salaire brut"),
        ("F32129", "3e jour ouvrable"),
        ("F34922", "ouvrés francs"),
        ("F31413", "89 € si la photo"),
        ("F13607", "Pajemploi si vous bénéficiez"),  # a word that the editor cut in two
        ("F2417", "Carte bancaire"),
        ("F23460", "101,5 €"),  # an amount cut in two
        ("F23371", "749 999,99 €"),
    ],
)
def test_white_space_that_was_lost_is_back(entries: dict[str, Entry], page: str, wanted: str) -> None:
    assert wanted in plain(entries[page])


def test_cases_of_a_page_are_a_tree(entries: dict[str, Entry]) -> None:
    lost = entries["F1344"]
    paths = {passage.cases for passage in passages(lost)}
    assert max(map(len, paths)) >= 2


def test_an_official_archive_of_the_same_pages_gives_the_same_entries(service_public_package: Path, tmp_path: Path) -> None:
    """One audience's edition, written as XML: the readers differ, what they read must not."""
    path = tmp_path / "vosdroits.zip"
    source = open_source(service_public_package)
    expected: dict[str, Entry] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for page in source.pages():
            if page.audience == "professionnels":
                archive.writestr(f"{page.id}.xml", _written(page.root))
                expected[page.id] = convert(page.root, Context(page.audience, source.titles()))
    official = open_source(path)
    found = {page.id: convert(page.root, Context(page.audience, source.titles())) for page in official.pages()}
    assert official.listings() == len(found) == 436
    assert found == expected


def _written(root: etree._Element) -> bytes:
    buffer = io.BytesIO()
    etree.ElementTree(root).write(buffer, encoding="ISO-8859-1", xml_declaration=True)
    return buffer.getvalue()


@sqlite_when_long  # the next edition of the same pages is tried there
async def test_the_whole_package_in_the_record(database: Database, service_public: Reading) -> None:
    async def bring() -> ImportReport:
        return await upsert(
            database,
            "service-public",
            service_public.entries,
            source="package",
            checksum="0" * 64,
            author="test",
            reason="test",
        )

    first, again = await bring(), await bring()
    assert (first.created, again.unchanged, again.created + again.updated + again.withdrawn) == (3371, 3371, 0)
    assert await published(database) == sorted(service_public.entries, key=lambda entry: entry.id)
