"""Several Rasas: which one a conversation goes to, and what is known of each one's health."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from channels.kept_connections import KeptConnections

_CHANNEL = "/webhooks/guichet"
_OPEN_AFTER, _OPEN_SECONDS = 5, 2.0
_GONE_SECONDS = 5.0  # without one connection: it is being started again, which takes longer than anybody should wait


class Breaker:
    """After five failed connections in a row, fail at once for two seconds, then let one message try again.

    Whoever tries when none has succeeded for five seconds tries once: their wait would come on top of others' waits.
    Only connections count: a turn that fails inside the engine may be that message's own fault.
    """

    def __init__(self) -> None:
        self._failures = 0
        self._open_until = 0.0
        self._first = self._last = 0.0

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self._open_until

    @property
    def is_gone(self) -> bool:
        return self._failures > 0 and self._last - self._first >= _GONE_SECONDS

    def succeeded(self) -> None:
        self._failures, self._open_until = 0, 0.0

    def failed(self) -> None:
        present = time.monotonic()
        if self._failures == 0 or present - self._last > 2 * _GONE_SECONDS:  # nobody has tried for long: nothing is known
            self._first = present
        self._failures, self._last = self._failures + 1, present
        if self._failures >= _OPEN_AFTER:
            self._open_until = present + _OPEN_SECONDS


@dataclass(frozen=True)
class Replica:
    """One Rasa, and its breaker. ``http`` for what is seldom asked; turns are asked of ``transport`` itself."""

    url: str
    secret: str
    http: httpx.AsyncClient
    transport: httpx.AsyncBaseTransport
    breaker: Breaker = field(default_factory=Breaker)

    async def turn(self, body: bytes, *, trace: str, patience: httpx.Timeout) -> httpx.Response:
        """What it answers to ``body``. Raises ``httpx.TransportError``. Without all that a client does around a request."""
        headers = {"X-Guichet-Secret": self.secret, "Content-Type": "application/json"}
        if trace:
            headers["traceparent"] = trace
        extensions = {"timeout": patience.as_dict()}
        request = httpx.Request("POST", f"{self.url}{_CHANNEL}/turns", headers=headers, content=body, extensions=extensions)
        response = await self.transport.handle_async_request(request)
        await response.aread()
        return response


class Replicas:
    """The Rasas at ``urls``, at least one. They share their trackers, so that each can take any conversation's next message.

    A conversation stays with one of them while that one can be reached: each handles the messages of a conversation one at a
    time, and a late one of another's is refused (``bot/tracker_store.py``).
    """

    def __init__(
        self, urls: Sequence[str], secret: str, *, connections: int, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._all = tuple(_replica(url, secret, transport or KeptConnections(connections)) for url in urls)

    def __len__(self) -> int:
        return len(self._all)

    @property
    def are_gone(self) -> bool:
        """Whether nobody should wait for any of them."""
        return all(one.breaker.is_gone for one in self._all)

    def ranked(self, conversation: str = "") -> list[Replica]:
        """All, in the order in which they are tried for ``conversation``."""
        return sorted(self._all, key=lambda one: _rank(conversation, one.url)) if len(self._all) > 1 else list(self._all)

    async def close(self) -> None:
        for one in self._all:
            await one.http.aclose()


def _replica(url: str, secret: str, transport: httpx.AsyncBaseTransport) -> Replica:
    # A transport of its own: no proxy of the administration's between us.
    http = httpx.AsyncClient(base_url=f"{url}{_CHANNEL}", headers={"X-Guichet-Secret": secret}, transport=transport)
    return Replica(url, secret, http, transport)


def _rank(conversation: str, url: str) -> bytes:
    """Rendezvous hashing: where one is away, only its own conversations move."""
    return hashlib.blake2b(f"{conversation} {url}".encode(), digest_size=8).digest()
