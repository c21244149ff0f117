"""The seconds that the service works for one address in a minute: an address that has used them up is refused for a while.

Message limits count cheap and expensive messages alike; this budget counts the real cost of an answer. What an answer usually
costs is charged when its message is accepted, and what it cost beyond that when it is ready: messages that still wait count
already, so that nobody can send more than the budget pays for before the first is answered. On the website the address is the
network's (for IPv6 a /64, and the /48 around it), by SMS the telephone number. Redis keeps for two minutes, as a keyed digest,
the address of a conversation; the worker learns nothing else. Without Redis each process counts by itself, and a worker does
not know the payer of the website's answers.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from limits import RateLimitItemPerMinute
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from conversations.signals.event_bus import EventBus
from conversations.signals.rate_counters import WIDE_NETWORK_FACTOR, RateCounters
from core.database.models import Conversation
from core.privacy.addresses import Addresses
from core.turns import Origin
from core.web.network import networks

_MILLISECONDS = RateLimitItemPerMinute(10**12, namespace="work")  # no limit of its own: the budget is compared by ``is_left``
_REMEMBERED_SECONDS = 120  # longer than a turn
# Of work for an answer: a short message took 0.08 s of processor time, one of 2,000 characters 0.17 to 0.2 (2026-12-01).
_USUAL_SECONDS, _SECONDS_PER_CHARACTER = 0.05, 0.05 / 1000

# Digests of the networks that are charged for an answer, the narrowest first.
type Payer = tuple[str, ...]


class WorkBudget:
    """Accounts of seconds worked. ``seconds``: the budget of one address in a minute. ``share``: see ``SharedTime``."""

    def __init__(self, event_bus: EventBus, addresses: Addresses, *, seconds: float) -> None:
        self._event_bus, self._counters, self._addresses = event_bus, RateCounters(event_bus), addresses
        self._seconds = seconds
        self.share = SharedTime().share

    def payer_at(self, address: str) -> Payer:
        """Returns the payer of messages sent from the IP address ``address``."""
        return tuple(self._addresses.digest(network) for network in networks(address))

    def payer_with(self, number: str) -> Payer:
        """Returns the payer of messages sent from the telephone ``number`` (E.164)."""
        return (self._addresses.digest(number),)

    async def is_left(self, payer: Payer) -> bool:
        """Decides whether ``payer`` has any budget left."""
        for number, account in enumerate(payer):
            budget = self._seconds * 1000 * (WIDE_NETWORK_FACTOR if number else 1)
            if await self._counters.query(partial(_spent, account)) >= budget:
                return False
        return True

    async def reserve(self, payer: Payer, text: str) -> None:
        """Charges the usual cost of an answer to ``text``, which is about to be accepted."""
        await self.charge(payer, usual_seconds(text))

    async def charge(self, payer: Payer, seconds: float) -> None:
        """Charges ``seconds`` of work, at least a millisecond."""
        milliseconds = max(1, round(seconds * 1000))
        for account in payer:
            await self._counters.query(partial(_count, account, milliseconds))

    async def remember(self, conversation: str, payer: Payer) -> None:
        """Lets the worker know the payer of the next answers in ``conversation``."""
        await self._event_bus.set_value(_key(conversation), " ".join(payer), seconds=_REMEMBERED_SECONDS)

    async def payer_of(self, conversation: str) -> Payer:
        """Returns the payer remembered for ``conversation``; empty if there is none, or Redis is away."""
        return tuple((await self._event_bus.get_value(_key(conversation)) or "").split())

    async def charge_for(self, conversation: Conversation, text: str, seconds: float) -> None:
        """Charges the payer of an answer to ``text``, where it is known, the ``seconds`` that ``reserve`` has not charged."""
        excess = seconds - usual_seconds(text)
        if conversation.origin != Origin.CITIZEN or excess <= 0:
            return  # our own tools are allowed to be fast
        if conversation.address_digest:
            await self.charge((conversation.address_digest,), excess)
        else:
            await self.charge(await self.payer_of(conversation.id), excess)


def usual_seconds(text: str) -> float:
    """Returns the seconds that an answer to ``text`` usually takes."""
    return _USUAL_SECONDS + _SECONDS_PER_CHARACTER * len(text)


class SharedTime:
    """The time of one process, divided among its concurrent tasks.

    Two concurrent turns are each charged half of the time that passes, so that the charges never exceed that time. A turn in a
    busy hour, in which turns wait for each other, costs no more than in a quiet one.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._under_way, self._each, self._last = 0, 0.0, clock()

    @contextmanager
    def share(self) -> Iterator[Callable[[], float]]:
        """Counts the block as a task. Yields a function that returns the seconds of its share."""
        begun = self._advance()
        self._under_way += 1
        ended: float | None = None
        try:
            yield lambda: (self._advance() if ended is None else ended) - begun
        finally:
            ended = self._advance()
            self._under_way -= 1

    def _advance(self) -> float:
        """Returns the seconds charged to a task that would have run since the beginning."""
        moment = self._clock()
        self._each += (moment - self._last) / max(1, self._under_way)
        self._last = moment
        return self._each


async def _spent(account: str, counters: SlidingWindowCounterRateLimiter) -> int:
    """Returns the milliseconds spent from ``account``."""
    return _MILLISECONDS.amount - (await counters.get_window_stats(_MILLISECONDS, account)).remaining


async def _count(account: str, milliseconds: int, counters: SlidingWindowCounterRateLimiter) -> bool:
    return await counters.hit(_MILLISECONDS, account, cost=milliseconds)


def _key(conversation: str) -> str:
    return f"guichet:payer:{conversation}"
