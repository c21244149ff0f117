"""Many open WebSockets, mostly idle: memory of each in the gateway, acknowledgements under load, and all reconnecting at once.

They come from several loopback addresses, and are limited like citizens' (``RateLimiting``). Only their conversations are
opened with the internal secret, since they are marked as the benchmark's. macOS has one such address: the limits are not
tested there.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import math
import random
import socket
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from cli.supervisor import Supervisor
from core.settings import Settings
from tools.bench import processor
from tools.bench.memory import proportional_mb
from tools.bench.runs import questions
from tools.bench.statistics import percentiles

_PER_ADDRESS = 200  # below GUICHET_LIMIT_OPEN_PER_ADDRESS
_AT_A_TIME = 50  # connections opened at a time outside of measurements
_SETTLE_SECONDS = 10
_PATIENCE_SECONDS = 60


@dataclass
class Line:
    """One citizen's widget. ``sent``: message id → its due time; ``acknowledged`` and ``answered``: ids."""

    address: str
    token: str
    seq: int = 0
    sent: dict[str, tuple[float, str]] = field(default_factory=dict)
    acknowledged: dict[str, float] = field(default_factory=dict)
    answered: dict[str, int] = field(default_factory=dict)
    refused: int = 0
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    connection: ClientConnection | None = None
    reading: asyncio.Task[None] | None = None

    async def open(self, url: str) -> None:
        """Connects like a browser, which offers compression; says hello, and sends unacknowledged messages again."""
        self.ready.clear()
        source = None if self.address == "127.0.0.1" else (self.address, 0)
        self.connection = await connect(
            url, local_addr=source, open_timeout=_PATIENCE_SECONDS, ping_interval=None, compression="deflate", proxy=None
        )
        self.reading = asyncio.create_task(self._read(self.connection))
        await self._send({"type": "hello", "token": self.token, "after": self.seq})
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await self.ready.wait()
        for identifier, (_, text) in self.sent.items():
            if identifier not in self.acknowledged:
                await self._send({"type": "message", "id": identifier, "text": text})

    async def say(self, text: str, due: float) -> None:
        identifier = uuid.uuid4().hex
        self.sent[identifier] = (due, text)
        await self._send({"type": "message", "id": identifier, "text": text})

    async def drop(self) -> None:
        """Drops the connection like a lost network: without a close frame, and with messages on the way lost."""
        if self.connection is not None:
            self.connection.transport.abort()
        if self.reading is not None:
            await asyncio.gather(self.reading, return_exceptions=True)

    async def _send(self, frame: dict[str, Any]) -> None:
        assert self.connection is not None
        await self.connection.send(json.dumps(frame))

    async def _read(self, connection: ClientConnection) -> None:
        try:
            async for frame in connection:
                event = json.loads(frame)
                match event["type"]:
                    case "ready":
                        self.ready.set()
                    case "accepted":
                        self.acknowledged.setdefault(event["id"], time.perf_counter())
                    case "reply":
                        self.seq = event["seq"]
                        asked = event["in_reply_to"]
                        self.answered[asked] = self.answered.get(asked, 0) + 1
                    case "error":
                        self.refused += 1
        except ConnectionClosed:
            return


async def measure(settings: Settings, *, sockets: int, per_second: int, seconds: int, patience: int) -> dict[str, Any]:
    """Returns ``sockets.*``. ``patience``: seconds until every acknowledged message must have its reply."""
    url = f"{settings.own_url.replace('http', 'ws', 1)}/api/web/socket"
    lines = await _opened(settings, sockets)
    await _together(lines[:20], url)  # what the gateway loads for the first ones does not count
    before = _gateway_mb(settings)
    started = time.perf_counter()
    await _together(lines[20:], url)
    opening = time.perf_counter() - started
    await asyncio.sleep(_SETTLE_SECONDS)
    kilobytes = (_gateway_mb(settings) - before) * 1000 / (sockets - 20)
    idle = _gateway_cpu(settings)
    await asyncio.sleep(_SETTLE_SECONDS)
    idle = (_gateway_cpu(settings) - idle) / _SETTLE_SECONDS
    report = {
        "sockets": sockets,
        "sockets.addresses": len({line.address for line in lines}),
        "sockets.opening_s": round(opening, 1),
        "sockets.kb_each": round(kilobytes, 1),
        "sockets.idle_cpu_share": round(idle, 3),
    }
    report |= await _under_load(lines, per_second, seconds)
    report |= await _storm(lines, url)
    report |= await _answered(lines, patience)
    await asyncio.gather(*(line.drop() for line in lines))
    return report


async def _opened(settings: Settings, count: int) -> list[Line]:
    """Returns conversations without a connection yet."""
    secret = settings.internal_headers
    addresses, gate = _addresses(math.ceil(count / _PER_ADDRESS)), asyncio.Semaphore(_AT_A_TIME)
    async with httpx.AsyncClient(base_url=settings.own_url, headers=secret, timeout=60, trust_env=False) as http:

        async def one(address: str) -> Line:
            async with gate:
                opened = await http.post("/api/web/conversations", json={"language": "fr", "origin": "bench"})
            opened.raise_for_status()
            return Line(address, opened.json()["token"])

        return list(await asyncio.gather(*(one(next(addresses)) for _ in range(count))))


def _addresses(count: int) -> Iterator[str]:
    """Yields ``count`` loopback addresses in turn, as far as this system has them."""
    found = [address for number in range(count) if _bindable(address := f"127.0.1.{number + 1}")]
    return itertools.cycle(found or ["127.0.0.1"])


def _bindable(address: str) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


async def _together(lines: Sequence[Line], url: str) -> None:
    gate = asyncio.Semaphore(_AT_A_TIME)

    async def one(line: Line) -> None:
        async with gate:
            await line.open(url)

    await asyncio.gather(*(one(line) for line in lines))


async def _under_load(lines: Sequence[Line], per_second: int, seconds: int) -> dict[str, Any]:
    """Returns milliseconds from a message's due time to its acknowledgement, whether or not earlier ones are acknowledged."""
    asked, chance = questions(), random.Random(1)  # noqa: S311 - no secret
    speakers = itertools.cycle(chance.sample(list(lines), len(lines)))
    own, began = time.process_time(), time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(per_second * seconds):
            due = began + number / per_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(next(speakers).say(next(asked), due))
    await _until(lambda: all(len(line.acknowledged) + line.refused >= len(line.sent) for line in lines), _PATIENCE_SECONDS)
    elapsed = time.perf_counter() - began
    times = [(moment - line.sent[one][0]) * 1000 for line in lines for one, moment in line.acknowledged.items()]
    return {
        "sockets.per_second": per_second,
        "sockets.messages": sum(len(line.sent) for line in lines),
        **percentiles(times, "sockets.ack"),
        "sockets.refused": sum(line.refused for line in lines),
        "sockets.generator_cpu_share": round((time.process_time() - own) / elapsed, 3),
    }


async def _storm(lines: Sequence[Line], url: str) -> dict[str, Any]:
    """Cuts all connections at once, some with a message on its way, and reconnects all at once. Returns the figures."""
    asked = questions()
    for line in lines[::10]:
        await line.say(next(asked), time.perf_counter())
    await asyncio.gather(*(line.drop() for line in lines))
    own, began = time.process_time(), time.perf_counter()
    tries = await asyncio.gather(*(_back(line, url) for line in lines))
    back = time.perf_counter() - began
    share = (time.process_time() - own) / back
    await _until(lambda: all(len(line.acknowledged) + line.refused >= len(line.sent) for line in lines), _PATIENCE_SECONDS)
    return {
        "sockets.storm_s": round(back, 1),
        "sockets.storm.tries": sum(tries),
        "sockets.storm.generator_cpu_share": round(share, 3),
        "sockets.unacknowledged": sum(len(line.sent) - len(line.acknowledged) for line in lines),
    }


async def _back(line: Line, url: str) -> int:
    for number in itertools.count(1):
        try:
            await line.open(url)
        except (OSError, TimeoutError, ConnectionClosed):
            await asyncio.sleep(0.5)
        else:
            return number
    raise AssertionError  # pragma: no cover


async def _answered(lines: Sequence[Line], patience: int) -> dict[str, Any]:
    began = time.perf_counter()
    await _until(lambda: all(line.acknowledged.keys() <= line.answered.keys() for line in lines), patience)
    return {
        "sockets.lost": sum(len(line.acknowledged.keys() - line.answered.keys()) for line in lines),
        "sockets.answered_twice": sum(count > 1 for line in lines for count in line.answered.values()),
        "sockets.answered_all_after_s": round(time.perf_counter() - began, 1),
    }


async def _until(condition: Callable[[], bool], seconds: float) -> None:
    """Waits until ``condition()`` holds, or for ``seconds``; missing messages are reported."""
    deadline = time.perf_counter() + seconds
    while not condition() and time.perf_counter() < deadline:  # noqa: ASYNC110 - thousands of sockets change it
        await asyncio.sleep(0.2)


def _gateway(settings: Settings) -> dict[str, int]:
    return {state.name: state.keeper for state in Supervisor(settings.home).states() if state.name == "gateway"}


def _gateway_mb(settings: Settings) -> float:
    return sum(proportional_mb(_gateway(settings)).values())


def _gateway_cpu(settings: Settings) -> float:
    return sum(processor.seconds(_gateway(settings)).values())
