"""The links of an entry, and whether one works. Only the public web is called (``SafeFetcher``)."""

import asyncio
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from core.entry import Entry, passages
from knowledge_base.sources.sites.safe_fetch import FetchRefused, Limits, NotPublic, SafeFetcher

_ADDRESS = re.compile(r"\]\((https?://[^\s()]+(?:\([^\s()]*\)[^\s()]*)*)\)")
_MOST, _AT_ONCE = 60, 6
_DEAD = (404, 410)
_LINK = Limits(256 * 1024, 10.0)
_BEGINNING = {"Range": "bytes=0-0"}


def links_of(entry: Entry) -> list[str]:
    """Returns every web address in ``entry``, once, in reading order."""
    texts = (passage.markdown for passage in passages(entry))
    found = [*entry.urls.values(), *(link.url for link in (*entry.services, *entry.related) if link.url)]
    found += [address for text in (*texts, entry.introduction, entry.easy_text) for address in _ADDRESS.findall(text)]
    return list(dict.fromkeys(address for address in found if address.startswith(("http://", "https://"))))


def why_dead(fetcher: SafeFetcher, address: str) -> str:
    """Returns why ``address`` does not work: ``gone``, ``unreachable``, or ``refused`` (not public); empty if it does.

    A site that turns programs away (403, 429), or fails in its own way (500), may work in a browser.
    """
    try:
        fetcher.get(address, _BEGINNING, _LINK)
    except NotPublic:
        return "refused"
    except FetchRefused as refused:
        if refused.status is None:
            return "unreachable"
        return "gone" if refused.status in _DEAD else ""
    return ""


async def dead_links(addresses: Iterable[str]) -> list[tuple[str, str]]:
    """Returns (address, reason) of those that do not work, as an editor asks. Only the usual ports are called."""
    gate = asyncio.Semaphore(_AT_ONCE)
    fetcher = SafeFetcher()

    async def check(address: str) -> tuple[str, str]:
        try:
            if urlsplit(address).port not in (None, 80, 443):
                return address, "refused"
        except ValueError:
            return address, "unreachable"
        async with gate:
            return address, await asyncio.to_thread(why_dead, fetcher, address)

    try:
        checked = await asyncio.gather(*(check(address) for address in list(addresses)[:_MOST]))
    finally:
        fetcher.close()
    return [(address, why) for address, why in checked if why]
