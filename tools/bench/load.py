"""Load on the website and by SMS at once, and a check of the database: each acknowledged message must have one outcome and one
reply, in order.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx
from sqlalchemy import select
from twilio.request_validator import RequestValidator

from channels.sms.simulator.account import NAME, simulator_account
from core.database import Database
from core.database.models import Message, Reply
from core.settings import Settings
from tools.bench.runs import questions
from tools.bench.sms import NUMBERS, set_aside

LATE_SECONDS = 10.0
_CITIZENS = 12
_LEAST_NUMBERS = 200  # so many that none reaches its daily limits, after which nothing would reach Rasa
_SETTLE_SECONDS = 3.0
_SETTLED_SECONDS = 300.0  # messages without an outcome by then are reported
_LOOK_SECONDS = 5.0
_GIVEN_UP_SECONDS = 120.0  # after the end: no answer will come
_CONNECT_SECONDS = 5.0  # then a balancer tries another gateway
_PATH = f"/webhooks/sms/{NAME}"


@dataclass
class Load:
    """The acknowledged messages (the clients' ids), the longest time until an acknowledgement, how often and why a request had
    to be repeated, and how many messages were given up.

    ``numbers`` are the telephones; if they are ``doubled``, the provider posts each of their messages twice. ``tokens`` are the
    website's conversations. ``sent``: when each message was first sent.

    ``addresses`` of several gateways: each request goes to the next one, as without a health check.
    """

    settings: Settings
    addresses: Sequence[str] = ()
    acknowledged: list[str] = field(default_factory=list)
    sent: dict[str, float] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    longest_seconds: float = 0.0
    refusals: Counter[str] = field(default_factory=Counter)
    given_up: int = 0
    numbers: list[str] = field(default_factory=list)
    doubled: bool = False
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def repeated(self) -> int:
        return self.refusals.total()

    async def pause(self, seconds: float) -> None:
        """Sleeps, but not beyond the end."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopped.wait(), max(0.0, seconds))

    async def insist(self, ask: Callable[[], Awaitable[httpx.Response]], expected: int, identifier: str) -> None:
        """Repeats a request until it is acknowledged, as a client and a provider do."""
        began = self.sent[identifier] = time.monotonic()
        while not self.stopped.is_set() or time.monotonic() - began < _GIVEN_UP_SECONDS:
            try:
                status = (await ask()).status_code
            except httpx.HTTPError as error:  # the gateway is being killed
                self.refusals[type(error).__name__] += 1
            else:
                if status == expected:
                    self.acknowledged.append(identifier)
                    self.longest_seconds = max(self.longest_seconds, time.monotonic() - began)
                    return
                self.refusals[str(status)] += 1
            await asyncio.sleep(0.2)
        self.given_up += 1


class InTurn(httpx.AsyncHTTPTransport):
    """Sends each request to the next of several gateways, whether it lives or not."""

    def __init__(self, addresses: Sequence[str], limits: httpx.Limits) -> None:
        super().__init__(limits=limits)
        self._gateways = itertools.cycle(httpx.URL(address) for address in addresses)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        gateway = next(self._gateways)
        request.url = request.url.copy_with(host=gateway.host, port=gateway.port)
        return await super().handle_async_request(request)


@asynccontextmanager
async def talking(load: Load, per_second: float) -> AsyncIterator[None]:
    """Sends ``per_second`` messages while the block runs, two thirds by the website, one by SMS; then waits a limited time for
    their outcomes.
    """
    limits, asked = httpx.Limits(max_connections=200), questions()
    addresses, patience = load.addresses or [load.settings.own_url], httpx.Timeout(15, connect=_CONNECT_SECONDS)
    transport = InTurn(addresses, limits)
    async with httpx.AsyncClient(base_url=addresses[0], timeout=patience, trust_env=False, transport=transport) as client:
        citizens = max(_CITIZENS, round(per_second * 2 / 3))
        load.tokens = [await _opened(client, load.settings) for _ in range(citizens)]
        each = per_second * 2 / 3 / citizens
        tasks = [asyncio.create_task(_web(load, client, token, asked, each)) for token in load.tokens]
        # Different numbers each time, because daily limits add up.
        count = max(_LEAST_NUMBERS, round(per_second * 20))
        load.numbers = secrets.SystemRandom().sample(NUMBERS, count)
        tasks += [asyncio.create_task(_sms(load, client, one, asked, per_second / 3 / count)) for one in load.numbers]
        try:
            yield
        finally:
            load.stopped.set()
            await asyncio.gather(*tasks)
    await asyncio.sleep(LATE_SECONDS + _SETTLE_SECONDS)  # time for the last ones
    await set_aside(load.settings)


async def settled(settings: Settings, identifiers: Sequence[str]) -> dict[str, Any]:
    """Returns the result of ``looked_at`` once all have an outcome, or after five minutes."""
    ended = time.monotonic()
    found = await looked_at(settings, identifiers)
    while found["without_outcome"] and time.monotonic() - ended < _SETTLED_SECONDS:
        await asyncio.sleep(_LOOK_SECONDS)
        found = await looked_at(settings, identifiers)
    return found


async def looked_at(settings: Settings, identifiers: Sequence[str]) -> dict[str, Any]:
    """Returns figures of the acknowledged messages from the database, by measure."""
    database = Database(settings.sql_url)
    messages: list[Message] = []
    replies: dict[str, list[int]] = defaultdict(list)
    async with database.read() as session:
        for start in range(0, len(identifiers), 500):
            part = identifiers[start : start + 500]
            messages += (await session.execute(select(Message).where(Message.external_id.in_(part)))).scalars()
        for start in range(0, len(messages), 500):
            ids = [message.id for message in messages[start : start + 500]]
            rows = await session.execute(select(Reply.in_reply_to, Reply.seq).where(Reply.in_reply_to.in_(ids)))
            for answered, seq in rows:
                if answered is not None:
                    replies[answered].append(seq)
    await database.close()
    waits: dict[str, list[float]] = {"web": [], "sms": []}
    for message in messages:
        if message.handled_at is not None:
            channel = "sms" if message.external_id.startswith("SM") else "web"
            waits[channel].append((message.handled_at - message.received_at).total_seconds())
    in_order: dict[str, list[int]] = defaultdict(list)
    for message in sorted(messages, key=lambda one: one.seq):
        in_order[message.conversation_id] += replies[message.id]
    outcomes = [message.outcome for message in messages]
    return {
        "lost": len(set(identifiers)) - len({message.external_id for message in messages}),
        "without_outcome": outcomes.count(None),
        "answered_twice": sum(len(found) > 1 for found in replies.values()),
        "out_of_order": sum(found != sorted(found) for found in in_order.values()),
        "fallbacks": outcomes.count("fallback"),
        "later_than_10_s": {channel: sum(wait > LATE_SECONDS for wait in all_) for channel, all_ in waits.items()},
        "wait_s": {channel: spread(all_) for channel, all_ in waits.items()},
    }


def spread(seconds: Sequence[float | None]) -> dict[str, float]:
    """Returns the median, 99th percentile and maximum of the known values."""
    known = sorted(one for one in seconds if one is not None)
    if not known:
        return {}
    at = {"p50": known[len(known) // 2], "p99": known[int(len(known) * 0.99)], "max": known[-1]}
    return {name: round(value, 1) for name, value in at.items()}


async def _opened(client: httpx.AsyncClient, settings: Settings) -> str:
    asked = {"language": "fr", "origin": "bench"}
    answer = await client.post("/api/web/conversations", json=asked, headers=settings.internal_headers)
    answer.raise_for_status()
    return str(answer.json()["token"])


async def _web(load: Load, client: httpx.AsyncClient, token: str, asked: Iterator[str], per_second: float) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    await load.pause(secrets.randbelow(1000) / 1000 / per_second)  # not all citizens at once
    while not load.stopped.is_set():
        began = time.monotonic()
        body = {"id": uuid.uuid4().hex, "text": next(asked)}
        await load.insist(partial(client.post, "/api/web/messages", json=body, headers=headers), 202, body["id"])
        await load.pause(1 / per_second - (time.monotonic() - began))


async def _sms(load: Load, client: httpx.AsyncClient, number: str, asked: Iterator[str], per_second: float) -> None:
    account = simulator_account(load.settings)
    validator = RequestValidator(account.auth_token)
    await load.pause(secrets.randbelow(1000) / 1000 / per_second)  # not all numbers at once
    while not load.stopped.is_set():
        began = time.monotonic()
        form = {"AccountSid": account.sid, "MessageSid": f"SM{secrets.token_hex(16)}", "From": number, "To": account.sender}
        form |= {"ApiVersion": "2010-04-01", "SmsSid": form["MessageSid"], "Body": next(asked)}
        signed = {"X-Twilio-Signature": validator.compute_signature(load.settings.base_url + _PATH, form)}
        post = partial(client.post, _PATH, data=form, headers=signed)
        await load.insist(post, 200, form["MessageSid"])
        if load.doubled:
            await load.insist(post, 200, form["MessageSid"])
        await load.pause(1 / per_second - (time.monotonic() - began))
