"""Reads a site's own pages, named by its sitemap or a list, one by one. An interrupted import can continue."""

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree

from core.entry import Entry
from knowledge_base.errors import InvalidSource, Reason, all_of, sentence
from knowledge_base.progress import Progress
from knowledge_base.sources.sites.kept_pages import KeptPages
from knowledge_base.sources.sites.safe_fetch import MAX_BYTES, Fetched, FetchRefused, SafeFetcher
from knowledge_base.sources.sites.web_pages import entries_of

MAX_PAGES = 5000
_SITEMAPS = 50
PAUSE = 0.2  # seconds between two pages, so as not to burden the site
_NAMED = 3
_STALE = 10  # one page in so many may be without an answer
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


@dataclass(frozen=True)
class Site:
    """The pages of a site. ``rejected`` names the pages that could not be fetched or hold no answer, with the reason."""

    entries: tuple[Entry, ...]
    rejected: tuple[Reason, ...]


def read_site(
    start: str,
    collection: str,
    cache: Path,
    *,
    fetcher: SafeFetcher,
    progress: Progress | None = None,
    pause: float = PAUSE,
) -> Site:
    """Returns the entries of all pages that ``start`` names: a sitemap, a page, or the path of a file with one address per
    line.

    Copies of the pages are kept in ``cache``, so that an interrupted import continues from there, and the next one fetches only
    changed pages. A page that does not answer this time keeps its last copy. Raises ``InvalidSource`` if nothing can be read,
    more pages fail than succeed, or more than a tenth have only their last copy.
    """
    pages = _pages(start, fetcher)
    kept = KeptPages(fetcher, cache / hashlib.sha256(start.encode()).hexdigest()[:16])
    entries: dict[str, Entry] = {}
    rejected: list[Reason] = []
    for done, url in enumerate(pages, start=1):
        try:
            found = entries_of(kept.path(url, pause=pause, or_last=True).read_bytes(), url, collection)
            entries |= {entry.id: entry for entry in found}
            if not found:
                rejected.append(Reason("aucune question ni réponse", "no question and answer").of(url))
        except FetchRefused as refused:
            rejected.append(refused.why.of(url))
        if progress is not None:
            progress(done, len(pages))
    if len(rejected) > len(entries):
        why = all_of(rejected[:_NAMED])
        raise InvalidSource(*sentence("site_not_imported", why=why, start=start, rejected=len(rejected), entries=len(entries)))
    if kept.stale * _STALE > len(pages):
        raise InvalidSource(*sentence("pages_silent", start=start, silent=kept.stale, pages=len(pages)))
    kept.finish()
    return Site(tuple(entries.values()), tuple(rejected))


def _pages(start: str, fetcher: SafeFetcher) -> list[str]:
    try:
        if not start.startswith(("https://", "http://")):
            lines = Path(start).read_text(encoding="utf-8").splitlines()
            found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        else:
            found = list(_of_sitemap(fetcher.get(start), fetcher, [_SITEMAPS]))
    except (FetchRefused, OSError, UnicodeDecodeError) as error:
        reason = error.why if isinstance(error, FetchRefused) else Reason(str(error), str(error))
        raise InvalidSource(*sentence("site_unreadable", reason=reason, start=start)) from error
    pages = list(dict.fromkeys(found))
    if not pages or len(pages) > MAX_PAGES:
        raise InvalidSource(*sentence("too_many_pages", start=start, pages=len(pages), most=MAX_PAGES))
    return pages


def _of_sitemap(fetched: Fetched, fetcher: SafeFetcher, left: list[int]) -> Iterator[str]:
    """Yields the pages of a sitemap and of those that it names, on the same site. Any other page yields itself."""
    root = _xml(fetched)
    if root is None:
        yield fetched.url
        return
    host = urlsplit(fetched.url).hostname
    places = [(element.text or "").strip() for element in root.iter("{*}loc")]
    places = [place for place in places if urlsplit(place).hostname == host]
    if not str(root.tag).endswith("sitemapindex"):
        yield from places[: MAX_PAGES + 1]
        return
    for place in places:
        left[0] -= 1
        if left[0] < 0:
            return
        yield from _of_sitemap(fetcher.get(place), fetcher, left)


def _xml(fetched: Fetched) -> etree._Element | None:
    content = fetched.content
    if content.startswith(b"\x1f\x8b"):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
                content = file.read(10 * MAX_BYTES)
        except (OSError, EOFError, zlib.error) as error:
            raise FetchRefused("le plan du site est abîmé", "the sitemap is damaged") from error
    try:
        root = etree.fromstring(content, _PARSER)
    except etree.XMLSyntaxError:
        return None
    return root if str(root.tag).endswith(("urlset", "sitemapindex")) else None
