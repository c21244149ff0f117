"""``./guichet retention`` and ``erase``: deletion of personal data."""

import asyncio
import json
from typing import Annotated, Any

import typer
from sqlalchemy import select

from cli.database import run_on_database
from cli.language import Refusal, say, sentence
from cli.personal_data import conversation_of
from conversations.engine.rasa_client import RasaClient
from conversations.record.erasure import erase as erase_conversation
from conversations.record.retention import apply_retention
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
        print(json.dumps(run_on_database(settings.sql_url, lambda database: _runs(database, runs))))
        return
    days, erasures_days = settings.retention_days, settings.erasures_days
    deleted = run_on_database(
        settings.sql_url, lambda database: apply_retention(database, days=days, erasures_days=erasures_days)
    )
    say(*sentence("retention_applied", days=settings.retention_days, deleted=deleted))


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
        raise Refusal(*sentence("unknown_conversation", who=who))
    code = receipt_of(conversation)
    say(f"La conversation est effacée. Reçu : {code}.", f"The conversation is erased. Receipt: {code}.")


async def _runs(database: Database, limit: int) -> list[dict[str, Any]]:
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


async def _erase(settings: Settings, conversation: str) -> bool:
    event_bus = EventBus(settings.redis_address)
    engine = RasaClient(settings.rasa_urls, settings.internal_secret.get_secret_value(), max_concurrent=1)
    async with open_record(settings) as database:
        try:
            return await erase_conversation(database, event_bus, engine, conversation, actor="operator")
        finally:
            await engine.close()
            await event_bus.close()
