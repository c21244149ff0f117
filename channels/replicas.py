"""Several Rasas: which one a conversation goes to, what is known of each one's health, and how much it is asked at a time."""

from __future__ import annotations

import asyncio
import hashlib
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from channels.kept_connections import KeptConnections
from channels.room import Room

_CHANNEL = "/webhooks/guichet"
_OPEN_AFTER, _OPEN_SECONDS = 5, 2.0
_GONE_SECONDS = 5.0  # without one connection: it is being started again, which takes longer than anybody should wait
_ANSWERS_SECONDS = 1.0
# For room at a Rasa, in seconds (docs/turn-cost.md, "Beyond what it can do"):
_LEAST = 0.5  # what a turn takes among as many as are asked for at a time: with less left, it would not be in time
_GRANTED = 1.5  # for the turn of who waited: what is begun is to be ended, or all the time would go into what is not
_PATIENT = 8.0  # for room, however long a message has waited before: it is its turn soon, and an answer is worth it
_SHORTEST = 0.01  # none at all would be for ever to the transport


class Breaker:
    """After five failed connections in a row, fail at once for two seconds, then let one message try again.

    Whoever tries when none has succeeded for five seconds tries once: their wait would come on top of others' waits.
    Only connections count: a turn that fails inside the engine may be that message's own fault.
    """

    def __init__(self) -> None:
        self._failures = 0
        self._open_until = 0.0
        self._answered = -math.inf
        self._first = self._last = 0.0

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self._open_until

    @property
    def is_gone(self) -> bool:
        return self._failures > 0 and self._last - self._first >= _GONE_SECONDS

    @property
    def answers(self) -> bool:
        """Whether it has answered just now. One that accepts and says nothing does not, and nobody's turn comes there."""
        return time.monotonic() - self._answered < _ANSWERS_SECONDS

    def succeeded(self) -> None:
        self._answered = time.monotonic()
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
    """One Rasa, and its breaker. Turns are asked of ``transport`` itself, as many as ``room`` has; ``http`` is for the rest."""

    url: str
    secret: str
    http: httpx.AsyncClient
    transport: httpx.AsyncBaseTransport
    room: Room
    breaker: Breaker = field(default_factory=Breaker)

    async def turn(self, body: bytes, *, trace: str, deadline: float, connect: float) -> httpx.Response:
        """What it answers to ``body`` before ``deadline`` (``time.monotonic()``). Raises ``httpx.TransportError``.

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
        took, began = None, time.monotonic()
        try:
            left = max(_GRANTED if waits else _SHORTEST, deadline - began)
            response = await self._asked(body, trace, httpx.Timeout(left, connect=min(left, connect)))
            took = time.monotonic() - began
        except httpx.ReadTimeout:
            took = time.monotonic() - began
            raise
        finally:
            self.room.release(took)
        return response

    async def _asked(self, body: bytes, trace: str, patience: httpx.Timeout) -> httpx.Response:
        """Without all that a client does around a request."""
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
        self, urls: Sequence[str], secret: str, *, at_once: int, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._all = tuple(_replica(url, secret, at_once, transport) for url in urls)

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


def _replica(url: str, secret: str, at_once: int, transport: httpx.AsyncBaseTransport | None) -> Replica:
    # With a transport of its own httpx uses no proxy of the environment's. One connection more than turns, so that forgetting a
    # conversation and asking for Rasa's health wait for no turn.
    own = transport or KeptConnections(at_once + 1)
    http = httpx.AsyncClient(base_url=f"{url}{_CHANNEL}", headers={"X-Guichet-Secret": secret}, transport=own)
    return Replica(url, secret, http, own, Room(at_once, _GRANTED))


def _rank(conversation: str, url: str) -> bytes:
    """Rendezvous hashing: where one is away, only its own conversations move."""
    return hashlib.blake2b(f"{conversation} {url}".encode(), digest_size=8).digest()
