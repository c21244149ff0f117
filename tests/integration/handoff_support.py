"""A supervisor's desk on the record of a test, and what the record says of handoffs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import select

from channels.sms.rendering import SmsRenderer
from conversations.signals.event_bus import EventBus
from conversations.wording import Wording
from core.database import Database
from core.database.models import Handoff, Message, Reply
from core.settings import ROOT, Settings
from supervision.handoffs.supervisor_actions import SupervisorActions
from tests.integration.channels_support import Citizen
from tests.waiting import until


@asynccontextmanager
async def desk_of(settings: Settings, database: Database) -> AsyncIterator[SupervisorActions]:
    wording = Wording.load(ROOT / "domain.yml").filled_from(settings)
    event_bus = EventBus(settings.redis_address)
    yield SupervisorActions(database, event_bus, wording, {"sms": SmsRenderer(wording, max_segments=10)})
    await event_bus.close()


async def handoffs(database: Database) -> list[Handoff]:
    async with database.read() as session:
        return list((await session.execute(select(Handoff).order_by(Handoff.seq))).scalars())


async def said_unasked(database: Database, conversation: str) -> list[dict[str, Any]]:
    """The blocks of what the service or a human said by itself, in order."""
    async with database.read() as session:
        rows = await session.execute(
            select(Reply.blocks).where(Reply.conversation_id == conversation, Reply.in_reply_to.is_(None)).order_by(Reply.seq)
        )
    return [block for blocks in rows.scalars() for block in blocks]


async def ask(citizen: Citizen, text: str | None, **more: Any) -> dict[str, Any]:
    """Say ``text`` (or press the button ``payload``); the reply to it."""
    taken = await citizen.post(text, **more)
    assert taken.status_code == 202, taken.text
    identifier = taken.json()["id"]

    async def replied() -> dict[str, Any] | None:
        return next(
            (turn["reply"] for turn in await citizen.history() if (turn["message"] or {}).get("id") == identifier), None
        )

    reply: dict[str, Any] = await until(replied)
    return reply


async def outcomes(database: Database) -> list[str | None]:
    async with database.read() as session:
        return list((await session.execute(select(Message.outcome).order_by(Message.seq))).scalars())
