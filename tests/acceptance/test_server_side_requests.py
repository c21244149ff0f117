"""Having the service itself call an address inside: by an import, a redirection, a name that changes, or a link of an entry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.database import Database
from core.web.network import is_public
from knowledge_base.entries.store import published
from knowledge_base.errors import ImportRefused
from knowledge_base.imports import import_site
from knowledge_base.quality.links.check import dead_links
from knowledge_base.sources.sites.safe_fetch import FetchRefused, SafeFetcher, anywhere
from tests.integration.servers import free_port
from tests.integration.site_support import Site, site_served


@pytest.fixture
def site() -> Iterator[Site]:
    with site_served() as site:
        yield site


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
    guarded = SafeFetcher(resolve=lambda _host, _port: addresses)
    with pytest.raises(FetchRefused):
        guarded.get(url)
    guarded.close()


def _checked(port: int) -> SafeFetcher:
    """Lets the test's own server through, as if it were public, and checks all else."""
    return SafeFetcher(
        allows=lambda address: address == "127.0.0.1" or is_public(address),
        resolve=lambda _host, asked: ["127.0.0.1"] if asked == port else ["10.0.0.1"],
    )


def test_a_detour_to_an_address_inside_is_not_taken(site: Site) -> None:
    site.pages["/"] = (302, "http://intranet.example/secret")
    site.pages["/rond"] = (302, "/rond")
    guarded = _checked(site.server.server_port)
    with pytest.raises(FetchRefused, match="n'est pas publique"):
        guarded.get(f"{site.url}/")
    with pytest.raises(FetchRefused, match="trop de redirections"):
        guarded.get(f"{site.url}/rond")
    guarded.close()


@pytest.mark.parametrize("where", [None, "http://[::1", "javascript:alert(1)"])
def test_a_detour_to_nowhere_is_told_in_words(site: Site, where: str | None) -> None:
    site.pages["/lost"] = (302, where)
    guarded = SafeFetcher(allows=anywhere)
    with pytest.raises(FetchRefused):
        guarded.get(f"{site.url}/lost")
    guarded.close()


def _loopback_as_urls(port: int) -> list[str]:
    """The test's own server in the ways in which filters are passed by."""
    hosts = ("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "localhost", "0", "0.0.0.0")
    six = ("[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[::1%25lo]")
    odd = ("127.0.0.1.", "①②⑦.⓪.⓪.①", "127。0。0。1", "public.example@127.0.0.1", "127.0.0.1\\@public.example")
    return [f"http://{host}:{port}/" for host in (*hosts, *six, *odd)]


def test_loopback_is_recognised_however_it_is_written(site: Site) -> None:
    site.page("/", "Question ?")
    guarded = SafeFetcher()
    for url in _loopback_as_urls(site.server.server_port):
        with pytest.raises(FetchRefused):
            guarded.get(url)
    guarded.close()
    assert site.asked == []


def test_a_name_that_means_another_address_a_moment_later_is_called_where_it_was_checked(site: Site) -> None:
    site.page("/", "Question ?")
    answers = iter((["127.0.0.1"], ["10.0.0.1"], ["10.0.0.1"]))
    guarded = SafeFetcher(
        allows=lambda address: address == "127.0.0.1",  # as if it were public
        resolve=lambda _host, _port: next(answers),
    )
    assert guarded.get(f"http://rebinding.example:{site.server.server_port}/").content
    with pytest.raises(FetchRefused, match="n'est pas publique"):
        guarded.get(f"http://rebinding.example:{site.server.server_port}/")
    guarded.close()
    assert site.asked == ["/"]


@pytest.mark.parametrize(
    "where", ["file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL", "//10.0.0.1/", "http://[::1]/", "ftp://x/"]
)
def test_a_redirection_to_something_else_than_the_web_is_not_followed(site: Site, where: str) -> None:
    site.pages["/"] = (302, where)
    guarded = _checked(site.server.server_port)
    with pytest.raises(FetchRefused):
        guarded.get(f"{site.url}/")
    guarded.close()
    assert site.asked == ["/"]


def test_a_proxy_of_the_environment_is_not_asked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    site.page("/", "Question ?")
    guarded = _checked(site.server.server_port)
    assert guarded.get(f"{site.url}/").content
    guarded.close()


async def test_an_import_of_a_site_reaches_nothing_inside(database: Database, site: Site, tmp_path: Path) -> None:
    """A sitemap outside that names pages inside imports none of them."""
    site.page("/", "Secret ?")
    (tmp_path / "pages.urls").write_text("\n".join(_loopback_as_urls(site.server.server_port)[:9]))
    for source in (f"{site.url}/", str(tmp_path / "pages.urls")):
        with pytest.raises(ImportRefused):
            await import_site(database, source, "ville", tmp_path, pause=0)
    assert site.asked == []
    assert await published(database) == []


async def test_the_links_of_an_entry_lead_the_service_nowhere_inside(site: Site) -> None:
    urls = _loopback_as_urls(site.server.server_port)
    told = await dead_links([*urls, *(url.replace(f":{site.server.server_port}", "") for url in urls[:6])])
    assert {why for _, why in told} <= {"refused", "unreachable"}
    assert len(told) == len(urls) + 6
    assert site.asked == []
