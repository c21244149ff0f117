"""Every process killed (SIGKILL) again and again under half of the measured load, on the website and by SMS at once.

What is looked at afterwards is the record itself: each acknowledged message must have one outcome and one reply, in order.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import time
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx
from sqlalchemy import select
from twilio.request_validator import RequestValidator

from channels.sms.simulator.account import NAME, simulator_account
from cli.bench.runs import questions, throughput
from cli.language import Refusal
from cli.processes import Process, processes
from cli.stack import is_ready
from cli.supervision import Supervisor
from core.database import Database
from core.database.models import Message, Reply
from core.settings import Settings

VICTIMS = ("gateway", "worker", "rasa", "actions", "redis")
LATE_SECONDS = 10.0
_CITIZENS = 12
_NUMBERS = 200  # so many that none comes to its limits of the day: beyond them, nothing would reach Rasa
_BACK_SECONDS = 300  # a process that is not back by then is counted, and the measurement goes on
_PAUSE_SECONDS = 3.0
_PATH = f"/webhooks/sms/{NAME}"


@dataclass
class Load:
    """What was acknowledged (the ids that clients gave their messages), and how often a request had to be repeated."""

    settings: Settings
    acknowledged: list[str] = field(default_factory=list)
    repeated: int = 0
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def pause(self, seconds: float) -> None:
        """Sleep, but not beyond the end."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopped.wait(), seconds)

    async def insist(self, ask: Callable[[], Awaitable[httpx.Response]], expected: int, identifier: str) -> None:
        """Repeat a request until it is acknowledged, as a client and a provider do."""
        while True:
            try:
                if (await ask()).status_code == expected:
                    self.acknowledged.append(identifier)
                    return
            except httpx.HTTPError:
                pass  # the gateway is being killed
            self.repeated += 1
            await asyncio.sleep(0.2)


async def killed(settings: Settings, *, rounds: int, per_second: float = 0, without_redis: float = 60) -> dict[str, Any]:
    """Kill each of ``VICTIMS`` ``rounds`` times, then leave Redis away for ``without_redis`` seconds.

    ``per_second``: messages; 0: half of what the service answers in 10 s.
    """
    capacity = 0.0
    if not per_second:
        capacity = (await throughput(settings, 10, 8))["turns_per_second"]
        per_second = max(1.0, capacity / 2)
    load, asked = Load(settings), questions()
    limits = httpx.Limits(max_connections=200)
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{settings.port}", timeout=15, trust_env=False, limits=limits
    ) as client:
        tokens = [await _opened(client, settings) for _ in range(_CITIZENS)]
        talking = [asyncio.create_task(_web(load, client, token, asked, per_second * 2 / 3 / _CITIZENS)) for token in tokens]
        # Of those that are given to nobody (06 39 98 xx xx), others each time: limits of a day count on.
        numbers = [f"+336399{8 * 10_000 + number:05d}" for number in secrets.SystemRandom().sample(range(10_000), _NUMBERS)]
        talking += [asyncio.create_task(_sms(load, client, one, asked, per_second / 3 / _NUMBERS)) for one in numbers]
        back: dict[str, list[float | None]] = defaultdict(list)
        victims = [process for process in processes(settings) if process.name in VICTIMS]
        for _ in range(rounds):
            for process in victims:
                await asyncio.sleep(_PAUSE_SECONDS)
                back[process.name].append(await _kill(settings, process))
        if any(process.name == "redis" for process in victims):
            await _stopped(settings, "redis", without_redis)
        load.stopped.set()
        await asyncio.gather(*talking)
    await asyncio.sleep(LATE_SECONDS + _PAUSE_SECONDS)  # the last ones have their time, too
    found = await _looked_at(settings, load.acknowledged)
    return {
        "kills.capacity_per_second": capacity,
        "kills.messages_per_second": round(per_second, 1),
        "kills.kills": {name: len(times) for name, times in back.items()},
        "kills.back_after_s": {name: _spread(times) for name, times in back.items()},
        "kills.not_back_within_300_s": {name: times.count(None) for name, times in back.items() if None in times},
        "kills.without_redis_s": without_redis if "redis" in back else 0,
        "kills.acknowledged": len(load.acknowledged),
        "kills.repeated_requests": load.repeated,
        **found,
    }


async def _opened(client: httpx.AsyncClient, settings: Settings) -> str:
    secret = {"X-Guichet-Secret": settings.internal_secret.get_secret_value()}
    answer = await client.post("/api/web/conversations", json={"language": "fr", "origin": "bench"}, headers=secret)
    answer.raise_for_status()
    return str(answer.json()["token"])


async def _web(load: Load, client: httpx.AsyncClient, token: str, asked: Iterator[str], per_second: float) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    while not load.stopped.is_set():
        body = {"id": uuid.uuid4().hex, "text": next(asked)}
        await load.insist(partial(client.post, "/api/web/messages", json=body, headers=headers), 202, body["id"])
        await load.pause(1 / per_second)


async def _sms(load: Load, client: httpx.AsyncClient, number: str, asked: Iterator[str], per_second: float) -> None:
    account = simulator_account(load.settings)
    validator = RequestValidator(account.auth_token)
    await load.pause(secrets.randbelow(1000) / 1000 / per_second)  # not all numbers at once
    while not load.stopped.is_set():
        form = {"AccountSid": account.sid, "MessageSid": f"SM{secrets.token_hex(16)}", "From": number, "To": account.sender}
        form |= {"SmsSid": form["MessageSid"], "Body": next(asked)}
        signed = {"X-Twilio-Signature": validator.compute_signature(load.settings.base_url + _PATH, form)}
        await load.insist(partial(client.post, _PATH, data=form, headers=signed), 200, form["MessageSid"])
        await load.pause(1 / per_second)


async def _kill(settings: Settings, process: Process) -> float | None:
    """Kill it; seconds until it is ready again, ``None`` if that takes longer than ``_BACK_SECONDS``."""
    supervisor = Supervisor(settings.home)

    def present() -> int:
        return next((state.pid for state in supervisor.states() if state.name == process.name), 0)

    victim = present()
    if not victim:
        raise Refusal(f"« {process.name} » ne fonctionne pas.", f"'{process.name}' does not run.")
    os.kill(victim, signal.SIGKILL)
    began = time.monotonic()
    with httpx.Client(timeout=3, trust_env=False) as client:
        while present() in (0, victim) or not await asyncio.to_thread(is_ready, process, settings, client):
            if time.monotonic() - began > _BACK_SECONDS:
                return None
            await asyncio.sleep(0.1)
    return time.monotonic() - began


async def _stopped(settings: Settings, name: str, seconds: float) -> None:
    """Stop a process, and start it again after ``seconds``."""
    supervisor = Supervisor(settings.home)
    await asyncio.to_thread(supervisor.stop_process, name)
    await asyncio.sleep(seconds)
    await asyncio.to_thread(supervisor.start_process, name)


async def _looked_at(settings: Settings, identifiers: Sequence[str]) -> dict[str, Any]:
    """What the record says of the acknowledged messages."""
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
        "kills.lost": len(set(identifiers)) - len({message.external_id for message in messages}),
        "kills.without_outcome": outcomes.count(None),
        "kills.answered_twice": sum(len(found) > 1 for found in replies.values()),
        "kills.out_of_order": sum(found != sorted(found) for found in in_order.values()),
        "kills.fallbacks": outcomes.count("fallback"),
        "kills.later_than_10_s": {channel: sum(wait > LATE_SECONDS for wait in all_) for channel, all_ in waits.items()},
        "kills.wait_s": {channel: _spread(all_) for channel, all_ in waits.items()},
    }


def _spread(seconds: Sequence[float | None]) -> dict[str, float]:
    known = sorted(one for one in seconds if one is not None)
    if not known:
        return {}
    at = {"p50": known[len(known) // 2], "p99": known[int(len(known) * 0.99)], "max": known[-1]}
    return {name: round(value, 1) for name, value in at.items()}
