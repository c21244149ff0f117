"""``./guichet bench stored``: the database's part of a turn with more and more messages stored, in one run."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from channels.gateway.composition import build
from channels.http.deps import Deps
from cli.language import Refusal
from cli.progress import reporter
from conversations.intake.web import WebMessage, take_batch
from conversations.ports import Rendered
from conversations.record.opening import open_conversation
from conversations.worker.transactions import commit_reply, take_conversation, waiting_conversations
from core.database import Database
from core.database.migrate import upgrade_async
from core.database.models import Conversation, Message
from core.settings import Settings
from core.turns import Origin, Outcome, TextBlock, Turn
from tools.bench.statistics import percentiles
from tools.bench.traffic import Year, load

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
_LEASE = timedelta(seconds=30)
_WARM = 20  # turns that are not counted
_TURN = Turn(outcome=Outcome.SMALL_TALK, blocks=[TextBlock(text="Bonjour. En quoi puis-je vous aider ?")])


@dataclass
class _Times:
    """Milliseconds of each step."""

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    @asynccontextmanager
    async def of(self, step: str) -> AsyncIterator[None]:
        began = time.perf_counter()
        yield
        self.taken[step].append((time.perf_counter() - began) * 1000)


def measure(settings: Settings, into: str, most: int, rounds: int) -> dict[str, Any]:
    """Fills the database ``into`` (SQLAlchemy; without messages) up to each of ``SIZES`` and to ``most``, and times the steps.

    Refuses a database with messages: they would be counted as the benchmark's, or be citizens'.
    """
    url = into or f"sqlite+aiosqlite:///{settings.home / 'bench' / 'stored.db'}"
    asyncio.run(_refuse_unless_empty(url, settings))
    report: dict[str, Any] = {"stored.rounds": rounds}
    stored = 0
    for seed, size in enumerate([one for one in SIZES if one < most] + [most], 1):
        year = Year(size - stored, datetime.now(UTC).date(), seed=seed)
        stored += load(url, year, reporter(f"bench stored {size}"), entries=not stored)
        report |= {f"stored.{size}.{name}": value for name, value in asyncio.run(_measure(settings, url, rounds)).items()}
    return report


async def _refuse_unless_empty(url: str, settings: Settings) -> None:
    if url == settings.sql_url or await _is_used(url):
        raise Refusal(
            "Ce registre contient des messages, ou est celui du service : donnez à --into un registre vide, à cette seule fin.",
            "This record holds messages, or is the service's own: give --into an empty one, for this alone.",
        )


async def _is_used(url: str) -> bool:
    await upgrade_async(url)
    database = Database(url)
    try:
        async with database.read() as session:
            return (await session.execute(select(Message.seq).limit(1))).first() is not None
    finally:
        await database.close()


async def _measure(settings: Settings, url: str, rounds: int) -> dict[str, Any]:
    deps = build(settings.model_copy(update={"database_url": url}))
    try:
        async with deps.database.read() as session:
            messages = (await session.execute(select(func.count()).select_from(Message))).scalar_one()
            size = await _bytes(session, sqlite=deps.database.is_sqlite)
            oldest = select(Conversation.id).order_by(Conversation.created_at).limit(rounds)
            old = list((await session.execute(oldest)).scalars())
        times = _Times()
        for number in range(_WARM + rounds):
            if number == _WARM:  # until here statements are compiled and plans made
                times = _Times()
            await _turn(deps, old[number % len(old)], times)
    finally:
        await deps.close()
    figures: dict[str, Any] = {"messages": messages, "mb": round(size / 1e6)}
    for step, taken in times.taken.items():
        figures |= percentiles(taken, step)
    return figures


async def _turn(deps: Deps, old: str, times: _Times) -> None:
    """Writes one turn like the gateway and the worker, then reads an old conversation and the waiting messages."""
    database = deps.database
    async with times.of("turn"):
        async with database.write() as session:
            conversation = open_conversation(session, channel="web", language="fr", origin=Origin.BENCH).id
        async with times.of("accept"), database.write(brief=True) as session:
            await take_batch(session, [WebMessage.of(conversation, "m1", "bonjour")], deps.addresses)
        async with times.of("take"):
            taken = await take_conversation(database, conversation, "bench", _LEASE)
        if taken is None:
            raise RuntimeError("the message that was just written does not wait")
        async with times.of("commit"), database.write(brief=True) as session:
            await commit_reply(session, taken, _TURN, Rendered(""), signing=deps.signing, lease=timedelta(0))
    async with times.of("look_back"):
        if await deps.reply_reader.read(old, 0) is None:
            raise RuntimeError("a conversation is gone")
    async with times.of("sweep"):
        await waiting_conversations(database, older_than=timedelta(seconds=1))


async def _bytes(session: AsyncSession, *, sqlite: bool) -> int:
    if sqlite:
        pages, size = [(await session.execute(text(f"PRAGMA page_{what}"))).scalar_one() for what in ("count", "size")]
        return int(pages * size)
    return int((await session.execute(text("SELECT pg_database_size(current_database())"))).scalar_one())
