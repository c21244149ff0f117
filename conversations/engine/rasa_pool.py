"""Several Rasas: which one a conversation goes to, what is known of each one's health, and how much it is asked at a time."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import httpx

from conversations.engine.adaptive_concurrency import AdaptiveConcurrency
from conversations.engine.circuit_breaker import CircuitBreaker
from core.web.trusted import trusted

_CHANNEL = "/webhooks/guichet"
UNREACHED = (httpx.ConnectError, httpx.ConnectTimeout)
# For room at a Rasa, in seconds (docs/turn-cost.md, "Beyond what it can do"):
_LEAST = 0.5  # what a turn takes among as many as are asked for at a time: with less left, it would not be in time
_GRANTED = 1.5  # for the turn of who waited: what is begun is to be ended, or all the time would go into what is not
_PATIENT = 8.0  # for room, however long a message has waited before: it is its turn soon, and an answer is worth it
_SHORTEST = 0.01  # none at all would be for ever to the transport
_KEPT = 2.0  # that a connection is kept: less than Rasa keeps one (5), so that none is closed over a request on its way
_TOLD = 0.9  # of the time that a turn has, as Rasa is told it: what is left is for saying what was waited for


@dataclass(frozen=True)
class RasaProcess:
    """One Rasa, and its breaker. As many turns are asked of it at a time as ``room`` has."""

    url: str
    http: httpx.AsyncClient
    room: AdaptiveConcurrency
    breaker: CircuitBreaker

    async def turn(self, body: bytes, *, headers: Mapping[str, str], deadline: float, connect: float) -> httpx.Response:
        """Returns what it answers to ``body`` before ``deadline`` (``time.monotonic()``). Raises ``httpx.TransportError``.

        Rasa works on all that it was asked for at once: with more than it can end in time, none would be in time. So the others
        wait here, in their order, and who has waited too long asks nothing of it. ``connect``: seconds for a connection.
        """
        waits = self.room.locked()
        patience = deadline - _LEAST - time.monotonic()
        try:
            async with asyncio.timeout(max(patience, _PATIENT) if self.breaker.answers else patience):
                await self.room.acquire()
        except TimeoutError:
            raise httpx.PoolTimeout("too many at a time") from None
        if waits and self.breaker.is_silent:
            self.room.release(None)
            raise httpx.ReadTimeout("it was found to hang meanwhile")
        took, began = None, time.monotonic()
        try:
            left = max(_GRANTED if waits else _SHORTEST, deadline - began)
            response = await self._asked(body, headers, httpx.Timeout(left, connect=min(left, connect)))
            took = time.monotonic() - began
            self.breaker.succeeded()
        except UNREACHED:
            self.breaker.refused()
            raise
        except httpx.ReadTimeout:
            took = time.monotonic() - began
            self.breaker.timed_out(began)
            raise
        finally:
            self.room.release(took)
        return response

    async def is_ready(self) -> bool:
        """Decides whether it has loaded a model, and answers within a second."""
        return await _is_ready(self.http)

    async def _asked(self, body: bytes, headers: Mapping[str, str], patience: httpx.Timeout) -> httpx.Response:
        own = {"Content-Type": "application/json", "X-Guichet-Seconds": f"{_TOLD * (patience.read or 0):.3f}"}
        return await self.http.post("/turns", content=body, headers={**own, **headers}, timeout=patience)


class RasaPool:
    """The Rasas at ``urls``, at least one. They share their trackers, so that each can take any conversation's next message.

    A conversation stays with one of them while that one can be reached: each handles the messages of a conversation one at a
    time, and a late one of another's is refused (``bot/tracker_store.py``).
    """

    def __init__(
        self, urls: Sequence[str], secret: str, *, at_once: int, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._all = tuple(_replica(url, secret, at_once, transport) for url in urls)

    def __len__(self) -> int:
        return len(self._all)

    @property
    def are_gone(self) -> bool:
        """Tells whether nobody should wait for any of them."""
        return all(one.breaker.is_gone for one in self._all)

    def ranked(self, conversation: str = "") -> list[RasaProcess]:
        """All, in the order in which they are tried for ``conversation``."""
        return sorted(self._all, key=lambda one: _rank(conversation, one.url)) if len(self._all) > 1 else list(self._all)

    async def close(self) -> None:
        for one in self._all:
            await one.breaker.close()
            await one.http.aclose()


def _replica(url: str, secret: str, at_once: int, transport: httpx.AsyncBaseTransport | None) -> RasaProcess:
    # One connection more than turns, so that forgetting a conversation and asking for Rasa's health wait for no turn.
    http = httpx.AsyncClient(
        base_url=f"{url}{_CHANNEL}",
        headers={"X-Guichet-Secret": secret},
        limits=httpx.Limits(max_connections=at_once + 1, keepalive_expiry=_KEPT),
        transport=transport,
        trust_env=False,  # a proxy does not reach this machine's loopback, and would be shown the secret
        verify=trusted(),
    )
    return RasaProcess(url, http, AdaptiveConcurrency(at_once, _GRANTED), CircuitBreaker(url, partial(_is_ready, http)))


async def _is_ready(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/health", timeout=1)).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _rank(conversation: str, url: str) -> bytes:
    """Rendezvous hashing: where one is away, only its own conversations move."""
    return hashlib.blake2b(f"{conversation} {url}".encode(), digest_size=8).digest()
