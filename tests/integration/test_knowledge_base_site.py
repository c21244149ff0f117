"""A site's own pages, from a real server. What must never be fetched: tests/acceptance/test_server_side_requests.py."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.database import Database
from knowledge_base.entries.store import published
from knowledge_base.errors import ImportRefused
from knowledge_base.imports import ImportOptions, import_site
from knowledge_base.sources.sites.safe_fetch import MAX_BYTES
from tests.integration.site_support import Site, site_served


@pytest.fixture
def site() -> Iterator[Site]:
    with site_served() as site:
        yield site


async def test_the_pages_of_a_sitemap(database: Database, site: Site, tmp_path: Path) -> None:
    for number in range(3):
        site.page(f"/{number}", f"Question {number} ?")
    site.sitemap("/a.xml", "/0", "/1", "/absente")
    site.pages["/a.xml.gz"] = gzip.compress(site.pages["/a.xml"])  # type: ignore[arg-type]
    site.sitemap("/b.xml", "/2")
    site.sitemap("/index.xml", "/a.xml.gz", "/b.xml", root="sitemapindex")
    report = await import_site(database, f"{site.url}/index.xml", "ville", tmp_path, inside=True, pause=0)
    assert (report.created, len(report.rejected)) == (3, 1)
    assert "le site répond 404" in report.rejected[0]
    assert [entry.url for entry in await published(database)] != []
    again = await import_site(database, f"{site.url}/index.xml", "ville", tmp_path, inside=True, pause=0)
    assert (again.created, again.unchanged) == (0, 3)


async def test_an_import_that_was_interrupted_goes_on(database: Database, site: Site, tmp_path: Path) -> None:
    for number in range(4):
        site.page(f"/{number}", f"Question {number} ?")
    (tmp_path / "pages.urls").write_text("\n".join(f"{site.url}/{number}" for number in range(4)))

    def stop(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    options = ImportOptions(progress=stop)
    with pytest.raises(KeyboardInterrupt):
        await import_site(database, str(tmp_path / "pages.urls"), "ville", tmp_path, inside=True, pause=0, options=options)
    assert await published(database) == []
    report = await import_site(database, str(tmp_path / "pages.urls"), "ville", tmp_path, inside=True, pause=0)
    assert (report.created, sorted(site.asked)) == (4, ["/0", "/1", "/2", "/3", "/robots.txt", "/robots.txt"])


async def test_what_is_too_large_or_no_site_changes_nothing(database: Database, site: Site, tmp_path: Path) -> None:
    site.pages["/gros"] = b"x" * (MAX_BYTES + 1)
    site.pages["/vide"] = b"<html></html>"
    for path in ("/gros", "/vide", "/absente"):
        with pytest.raises(ImportRefused):
            await import_site(database, f"{site.url}{path}", "ville", tmp_path, inside=True, pause=0)
    with pytest.raises(ImportRefused, match="n'est pas publique"):
        await import_site(database, f"{site.url}/gros", "ville", tmp_path, pause=0)
    assert await published(database) == []
