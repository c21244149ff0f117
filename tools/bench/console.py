"""The time until a claim is visible at the other desks, with a gateway and a Redis of its own, so that no real list is
touched.
"""

from __future__ import annotations

import asyncio
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import websockets

from cli.processes import redis_binary
from conversations.record.opening import open_conversation
from core.database import Database
from core.database.base import now
from core.database.migrate import upgrade_async
from core.database.models import Handoff
from core.handoff import Kind, Reason, State
from core.identity import Role, accounts, sessions
from core.identity.vault import Vault
from core.settings import ROOT, Settings
from core.turns import Origin
from tools.bench.statistics import percentiles

_API = "/api/desk/console"
_READY_SECONDS = 60
_SEEN_SECONDS = 30


async def claims_seen(settings: Settings, *, supervisors: int, waiting: int, claims: int, url: str = "") -> dict[str, Any]:
    """Returns milliseconds from a click on a claim until each other desk shows it, while ``waiting`` citizens are in the list.

    ``url``: the database (SQLAlchemy), empty; "": SQLite in a folder that is deleted afterwards.
    """
    with tempfile.TemporaryDirectory() as folder:
        own = _settings(settings, Path(folder), url)
        await upgrade_async(own.sql_url)
        async with AsyncExitStack() as stack:
            database = Database(own.sql_url)
            stack.push_async_callback(database.close)
            handoffs = await _queue(database, waiting)
            headers = [await _staff(database, own, number) for number in range(supervisors)]
            redis = [redis_binary(), "--port", str(own.redis_port), "--save", "", "--dir", folder]
            await stack.enter_async_context(_process([*redis, "--requirepass", own.internal_secret.get_secret_value()], own))
            await stack.enter_async_context(_process([sys.executable, "-m", "cli.gateway"], own))
            http = await stack.enter_async_context(httpx.AsyncClient(base_url=own.base_url, timeout=30, trust_env=False))
            await _ready(http)
            seen: dict[str, list[float]] = {handoff: [] for handoff in handoffs}
            for header in headers:
                await stack.enter_async_context(_desk(own, header, seen))
            return await _measure(http, headers, seen, claims)


async def _measure(
    http: httpx.AsyncClient, headers: list[dict[str, str]], seen: dict[str, list[float]], claims: int
) -> dict[str, Any]:
    chance = random.Random(1)  # noqa: S311 - no secret
    times: list[float] = []
    refused = 0
    for handoff in chance.sample(sorted(seen), min(claims, len(seen))):
        await asyncio.sleep(chance.expovariate(4))  # four a second, at random times, as people do
        clicked = time.perf_counter()
        answer = await http.post(f"{_API}/handoffs/{handoff}/claim", headers=chance.choice(headers))
        refused += answer.is_error
        async with asyncio.timeout(_SEEN_SECONDS):
            while len(seen[handoff]) < len(headers):  # noqa: ASYNC110 - many sockets fill the list
                await asyncio.sleep(0.005)
        times += [(moment - clicked) * 1000 for moment in seen[handoff]]
    return {
        "console.supervisors": len(headers),
        "console.waiting": len(seen),
        "console.claims": claims,
        "console.refused": refused,
        **percentiles(times, "console.claim_seen"),
    }


def _settings(settings: Settings, home: Path, url: str) -> Settings:
    ports = [_free_port(), _free_port()]
    changes = {"home": home, "port": ports[0], "redis_port": ports[1], "redis_url": "", "database_url": url, "public_url": ""}
    changes |= {"ledger": str(home / "ledger.jsonl"), "ledger_copies": ""}  # not the service's own ledger
    return settings.model_copy(update={**changes, "host": "127.0.0.1", "production": False})


async def _queue(database: Database, waiting: int) -> list[str]:
    async with database.write() as session:
        rows = []
        for number in range(waiting):
            conversation = open_conversation(session, channel="web", language="fr", origin=Origin.TEST)
            rows.append((f"bench{number:05d}", conversation.id))
        await session.flush()
        session.add_all(
            Handoff(
                id=handoff,
                conversation_id=conversation,
                kind=Kind.CHAT,
                state=State.WAITING,
                reason=Reason.ASKED,
                subject="Comment refaire une carte d'identité perdue ?",
                waiting_since=now(),
            )
            for handoff, conversation in rows
        )
    return [handoff for handoff, _ in rows]


async def _staff(database: Database, settings: Settings, number: int) -> dict[str, str]:
    """Returns the headers of a signed-in supervisor without a limit of conversations."""
    async with database.write() as session:
        email = f"bench{number}@mairie.example"
        row = await accounts.create(
            session, email=email, role=Role.SUPERVISOR, actor="bench", name=f"Bench {number}", capacity=99
        )
        token = await sessions.open_session(session, row.id, device="bench")
    found = await sessions.find(database, token, settings)
    if found is None:
        raise RuntimeError("the session that was just opened is not there")
    form = Vault(settings.secret_key.get_secret_value()).form_token(found.row.id)
    return {"Cookie": f"guichet-desk={token}", "X-CSRF-Token": form, "Origin": settings.base_url}


@asynccontextmanager
async def _process(command: list[str], settings: Settings) -> AsyncIterator[None]:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(settings.home), **settings.as_environment()}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603, ASYNC220
    try:
        yield
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 15)


async def _ready(http: httpx.AsyncClient) -> None:
    async with asyncio.timeout(_READY_SECONDS):
        while True:
            try:
                (await http.get("/health/live")).raise_for_status()
                return
            except httpx.HTTPError:
                await asyncio.sleep(0.1)


@asynccontextmanager
async def _desk(settings: Settings, headers: dict[str, str], seen: dict[str, list[float]]) -> AsyncIterator[None]:
    """Opens a console, which records when it sees a claim."""
    address = f"{settings.own_url.replace('http', 'ws', 1)}{_API}/socket"
    cookie = {"Cookie": headers["Cookie"]}
    origin = websockets.Origin(headers["Origin"])
    async with websockets.connect(address, additional_headers=cookie, origin=origin, max_size=None) as line:
        await line.send('{"type": "beat", "available": true}')

        async def watch() -> None:
            async for data in line:
                moment = time.perf_counter()
                for row in orjson.loads(data).get("changed", ()):
                    if row["state"] == State.CLAIMED:
                        seen[row["id"]].append(moment)

        watching = asyncio.create_task(watch())
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
