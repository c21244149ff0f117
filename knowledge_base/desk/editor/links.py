"""Checks whether the links of an entry still work, at an editor's request. The calls come from this machine, so only the public
web is called (no private address, no redirect followed, and the checked address is the one that is called).
"""

import asyncio
import re
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

import httpx

from core.entry import Entry, passages
from core.web.network import is_public

_ADDRESS = re.compile(r"\]\((https?://[^\s()]+(?:\([^\s()]*\)[^\s()]*)*)\)")
_MOST, _AT_ONCE, _SECONDS = 60, 6, 6.0
_DEAD = {404, 410}


def links_of(entry: Entry) -> list[str]:
    """Returns every web address in ``entry``, once, in reading order."""
    texts = (passage.markdown for passage in passages(entry))
    found = [*entry.urls.values(), *(link.url for link in (*entry.services, *entry.related) if link.url)]
    found += [address for text in (*texts, entry.introduction, entry.easy_text) for address in _ADDRESS.findall(text)]
    return list(dict.fromkeys(address for address in found if address.startswith(("http://", "https://"))))


async def dead_links(addresses: Iterable[str]) -> list[tuple[str, str]]:
    """Returns (address, reason) of those that do not work: ``gone``, ``unreachable``, or ``refused`` (not public)."""
    gate = asyncio.Semaphore(_AT_ONCE)
    async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False, follow_redirects=False) as client:

        async def check(address: str) -> tuple[str, str]:
            async with gate:
                return address, await _why(client, address)

        checked = await asyncio.gather(*(check(address) for address in list(addresses)[:_MOST]))
    return [(address, why) for address, why in checked if why]


async def _why(client: httpx.AsyncClient, address: str) -> str:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(info[4][0]) for info in found]
        if port not in (80, 443) or not all(is_public(one) for one in addresses):
            return "refused"
        url = httpx.URL(address).copy_with(host=addresses[0])
        called = {"Host": parts.netloc.rpartition("@")[2], "User-Agent": "Guichet link check", "Range": "bytes=0-0"}
        async with client.stream("GET", url, headers=called, extensions={"sni_hostname": host}) as answer:
            return "gone" if answer.status_code in _DEAD else ""
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):
        return "unreachable"
