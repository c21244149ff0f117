"""Several Rasa processes: which one serves a conversation, the health of each, and its number of concurrent turns."""

import asyncio
import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import httpx

from conversations.engine.adaptive_concurrency import AdaptiveConcurrency
from conversations.engine.circuit_breaker import CircuitBreaker
from core.web.tls_context import tls_context

_CHANNEL = "/webhooks/guichet"
CONNECT_ERRORS = (httpx.ConnectError, httpx.ConnectTimeout)
# Seconds of waiting for a free place at a Rasa (docs/turn-cost.md, "Beyond what it can do"):
_MIN_TURN_SECONDS = 0.5  # the time of a turn at full concurrency: with less time left, it would be late
_FULL_TURN_SECONDS = 1.5  # for the turn after its wait: a turn once begun should end, or all the time would be wasted
_MIN_QUEUE_SECONDS = 8.0  # for a free place, however long the message has waited before: its turn comes soon
_MIN_TIMEOUT_SECONDS = 0.01  # the transport reads 0 as no limit
_KEEPALIVE_SECONDS = 2.0  # how long a connection is kept: less than Rasa's own 5, so that none closes while a request is sent
_ANNOUNCED_SHARE = 0.9  # of a turn's time, as announced to Rasa: the rest is for reporting what was waited for


@dataclass(frozen=True)
class RasaProcess:
    """One Rasa process and its breaker. ``concurrency`` limits its concurrent turns."""

    url: str
    http: httpx.AsyncClient
    concurrency: AdaptiveConcurrency
    breaker: CircuitBreaker

    async def turn(self, body: bytes, *, headers: Mapping[str, str], deadline: float, connect: float) -> httpx.Response:
        """Returns its answer to ``body`` before ``deadline`` (``time.monotonic()``). Raises ``httpx.TransportError``.

        Rasa works on all its requests at once: with more than it can end in time, all would be late. So further requests wait
        here in order, and one that has waited too long is not sent. ``connect``: seconds for a connection.
        """
        has_waited = self.concurrency.locked()
        patience = deadline - _MIN_TURN_SECONDS - time.monotonic()
        try:
            async with asyncio.timeout(max(patience, _MIN_QUEUE_SECONDS) if self.breaker.answered_recently else patience):
                await self.concurrency.acquire()
        except TimeoutError:
            raise httpx.PoolTimeout("too many at a time") from None
        if has_waited and self.breaker.is_silent:
            self.concurrency.release(None)
            raise httpx.ReadTimeout("it was found to hang meanwhile")
        took, began = None, time.monotonic()
        try:
            left = max(_FULL_TURN_SECONDS if has_waited else _MIN_TIMEOUT_SECONDS, deadline - began)
            response = await self._post(body, headers, httpx.Timeout(left, connect=min(left, connect)))
            took = time.monotonic() - began
            self.breaker.record_answer()
        except CONNECT_ERRORS:
            self.breaker.record_refusal()
            raise
        except httpx.ReadTimeout:
            took = time.monotonic() - began
            self.breaker.record_timeout(began)
            raise
        finally:
            self.concurrency.release(took)
        return response

    async def is_ready(self) -> bool:
        """Decides whether it has loaded a model and answers within a second."""
        return await _is_ready(self.http)

    async def _post(self, body: bytes, headers: Mapping[str, str], patience: httpx.Timeout) -> httpx.Response:
        own = {"Content-Type": "application/json", "X-Guichet-Seconds": f"{_ANNOUNCED_SHARE * (patience.read or 0):.3f}"}
        return await self.http.post("/turns", content=body, headers={**own, **headers}, timeout=patience)


class RasaPool:
    """The Rasa processes at ``urls``, at least one. They share their trackers: each can serve any conversation.

    A conversation stays with one process while that one can be reached: each process handles the messages of a conversation one
    at a time, and a late message from another process is refused (``bot/tracker_store.py``).
    """

    def __init__(
        self, urls: Sequence[str], secret: str, *, max_concurrent: int, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._processes = tuple(_rasa_process(url, secret, max_concurrent, transport) for url in urls)

    def __len__(self) -> int:
        return len(self._processes)

    @property
    def are_gone(self) -> bool:
        """Decides whether all of them are gone, so that waiting is useless."""
        return all(one.breaker.is_gone for one in self._processes)

    def ranked(self, conversation: str = "") -> list[RasaProcess]:
        """Returns all processes, in the order in which they are tried for ``conversation``."""
        return sorted(self._processes, key=lambda process: _rank(conversation, process.url))

    async def close(self) -> None:
        for one in self._processes:
            await one.breaker.close()
            await one.http.aclose()


def _rasa_process(url: str, secret: str, max_concurrent: int, transport: httpx.AsyncBaseTransport | None) -> RasaProcess:
    # One connection more than turns, so that erasing a conversation and the health check wait for no turn.
    http = httpx.AsyncClient(
        base_url=f"{url}{_CHANNEL}",
        headers={"X-Guichet-Secret": secret},
        limits=httpx.Limits(max_connections=max_concurrent + 1, keepalive_expiry=_KEEPALIVE_SECONDS),
        transport=transport,
        trust_env=False,  # a proxy does not reach this machine's loopback, and would see the secret
        verify=tls_context(),
    )
    concurrency = AdaptiveConcurrency(max_concurrent, _FULL_TURN_SECONDS)
    return RasaProcess(url, http, concurrency, CircuitBreaker(url, partial(_is_ready, http)))


async def _is_ready(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/health", timeout=1)).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _rank(conversation: str, url: str) -> bytes:
    """Returns the rank by rendezvous hashing: if a process is away, only its own conversations move."""
    return hashlib.blake2b(f"{conversation} {url}".encode(), digest_size=8).digest()
