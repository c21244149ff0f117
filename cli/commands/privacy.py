"""``./guichet retention`` and ``erase``: deletion of personal data."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

import typer
from sqlalchemy import select

from cli.access import conversation_of
from cli.language import Refusal, say
from conversations.engine.rasa_client import RasaClient
from conversations.record.erasure import erase as erase_conversation
from conversations.record.retention import Deleted, apply_retention
from conversations.signals.event_bus import EventBus
from core.audit.ledger import open_record
from core.database import Database
from core.database.models import RetentionRun
from core.privacy.receipts import receipt_of
from core.settings import Settings


def retention(
    runs: Annotated[int, typer.Option(min=0, help="Delete nothing; print the last N runs as JSON, the newest first.")] = 0,
) -> None:
    """Delete what is past the retention now; the worker does it each hour by itself. Each run is kept, with what it did."""
    settings = Settings()
    if runs:
        print(json.dumps(asyncio.run(_runs(settings, runs))))
        return
    deleted = asyncio.run(_retention(settings))
    say(
        f"Effacés, car plus vieux que {settings.retention_days} jours : {deleted.conversations} conversations, "
        f"{deleted.messages} messages et {deleted.replies} réponses de conversations qui continuent.",
        f"Deleted, being older than {settings.retention_days} days: {deleted.conversations} conversations, "
        f"{deleted.messages} messages and {deleted.replies} replies of conversations that go on.",
    )


def erase(
    conversation: Annotated[
        str, typer.Argument(help="Its id, as `ask --json` prints it, or a telephone number: +33612345678.")
    ],
) -> None:
    """Erase one conversation: messages, replies, and the dialogue engine's memory of it."""
    settings, who = Settings(), conversation
    if who.startswith("+"):
        conversation = asyncio.run(conversation_of(settings, who)) or who
    if not asyncio.run(_erase(settings, conversation)):
        raise Refusal(
            f"Aucune conversation n'a « {who} » pour identifiant ou pour numéro.",
            f"No conversation has the id or number '{who}'.",
        )
    code = receipt_of(conversation)
    say(f"La conversation est effacée. Reçu : {code}.", f"The conversation is erased. Receipt: {code}.")


async def _runs(settings: Settings, limit: int) -> list[dict[str, Any]]:
    database = Database(settings.sql_url)
    try:
        async with database.read() as session:
            rows = await session.execute(select(RetentionRun).order_by(RetentionRun.seq.desc()).limit(limit))
            return [
                {
                    "started_at": run.started_at.isoformat(),
                    "finished_at": run.finished_at.isoformat(),
                    "days": run.days,
                    "deleted": run.deleted,
                    "overdue": run.overdue,
                }
                for run in rows.scalars()
            ]
    finally:
        await database.close()


async def _retention(settings: Settings) -> Deleted:
    database = Database(settings.sql_url)
    try:
        return await apply_retention(database, days=settings.retention_days, erasures_days=settings.erasures_days)
    finally:
        await database.close()


async def _erase(settings: Settings, conversation: str) -> bool:
    database, event_bus = open_record(settings), EventBus(settings.redis_address)
    engine = RasaClient(settings.rasa_urls, settings.internal_secret.get_secret_value(), max_concurrent=1)
    try:
        return await erase_conversation(database, event_bus, engine, conversation, actor="operator")
    finally:
        await engine.close()
        await event_bus.close()
        await database.close()
