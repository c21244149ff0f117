"""A site's own pages, from a real server; and what must never be fetched."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from core.database import Database
from knowledge_base.errors import ImportRefused
from knowledge_base.exchange.guarded import MAX_BYTES, Guarded, Refused
from knowledge_base.imports import import_site
from knowledge_base.store import published


class Site:
    """Answers with ``pages``: path → body, or (status, address) of a redirect; counts what it was asked."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes | tuple[int, str | None]] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                found = site.pages.get(self.path, (404, ""))
                if isinstance(found, bytes):
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(found)))
                    self.end_headers()
                    self.wfile.write(found)
                else:
                    self.send_response(found[0])
                    if found[1] is not None:
                        self.send_header("Location", found[1])
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def page(self, path: str, question: str) -> None:
        self.pages[path] = f"<html><main><h1>{question}</h1><p>Réponse à « {question} ».</p></main></html>".encode()

    def sitemap(self, path: str, *paths: str, root: str = "urlset") -> None:
        places = "".join(f"<url><loc>{self.url}{one}</loc></url>" for one in paths)
        self.pages[path] = f"<{root} xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{places}</{root}>".encode()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    threading.Thread(target=site.server.serve_forever, daemon=True).start()
    yield site
    site.server.shutdown()
    site.server.server_close()


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

    with pytest.raises(KeyboardInterrupt):
        await import_site(database, str(tmp_path / "pages.urls"), "ville", tmp_path, inside=True, pause=0, progress=stop)
    assert await published(database) == []
    report = await import_site(database, str(tmp_path / "pages.urls"), "ville", tmp_path, inside=True, pause=0)
    assert (report.created, sorted(site.asked)) == (4, ["/0", "/1", "/2", "/3"])


@pytest.mark.parametrize(
    ("url", "addresses"),
    [
        ("http://127.0.0.1/", ["127.0.0.1"]),
        ("http://ville.example/", ["10.1.2.3"]),
        ("http://ville.example/", ["93.184.216.34", "192.168.1.1"]),
        ("http://ville.example/", ["169.254.169.254"]),
        ("http://ville.example/", ["::1"]),
        ("http://ville.example/", ["::ffff:127.0.0.1"]),
        ("http://ville.example/", ["fd00::1"]),
        ("http://ville.example/", ["0.0.0.0"]),
        ("http://ville.example/", ["224.0.0.1"]),
        ("http://ville.example/", []),
        ("file:///etc/passwd", ["93.184.216.34"]),
        ("http://qui:quoi@ville.example/", ["93.184.216.34"]),
        ("http://ville.example:port/", ["93.184.216.34"]),
    ],
)
def test_what_is_not_public_is_not_fetched(url: str, addresses: list[str]) -> None:
    guarded = Guarded(resolve=lambda _host, _port: addresses)
    with pytest.raises(Refused):
        guarded.get(url)
    guarded.close()


class _Checked(Guarded):
    """Lets the test's own server through, as if it were public, and checks all else."""

    def __init__(self, port: int) -> None:
        super().__init__(resolve=lambda _host, asked: ["127.0.0.1"] if asked == port else ["10.0.0.1"])

    def _allowed(self, address: str) -> bool:
        return address == "127.0.0.1" or super()._allowed(address)


def test_a_detour_to_an_address_inside_is_not_taken(site: Site) -> None:
    site.pages["/"] = (302, "http://intranet.example/secret")
    site.pages["/rond"] = (302, "/rond")
    guarded = _Checked(site.server.server_port)
    with pytest.raises(Refused, match="n'est pas publique"):
        guarded.get(f"{site.url}/")
    with pytest.raises(Refused, match="trop de redirections"):
        guarded.get(f"{site.url}/rond")
    guarded.close()


@pytest.mark.parametrize("where", [None, "http://[::1", "javascript:alert(1)"])
def test_a_detour_to_nowhere_is_told_in_words(site: Site, where: str | None) -> None:
    site.pages["/lost"] = (302, where)
    guarded = Guarded(inside=True)
    with pytest.raises(Refused):
        guarded.get(f"{site.url}/lost")
    guarded.close()


async def test_what_is_too_large_or_no_site_changes_nothing(database: Database, site: Site, tmp_path: Path) -> None:
    site.pages["/gros"] = b"x" * (MAX_BYTES + 1)
    site.pages["/vide"] = b"<html></html>"
    for path in ("/gros", "/vide", "/absente"):
        with pytest.raises(ImportRefused):
            await import_site(database, f"{site.url}{path}", "ville", tmp_path, inside=True, pause=0)
    with pytest.raises(ImportRefused, match="n'est pas publique"):
        await import_site(database, f"{site.url}/gros", "ville", tmp_path, pause=0)
    assert await published(database) == []
