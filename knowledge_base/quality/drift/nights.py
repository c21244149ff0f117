"""Nights in the database: citizens' outcomes of a day, and the results of the golden questions."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy import func, select

from core.action_server import action_server
from core.database import Database
from core.database.base import now
from core.database.models import Conversation, QualityNight, Reply
from core.reply_explanation import ReplyExplanation
from core.settings import Settings
from core.turns import Origin, Outcome
from knowledge_base.quality.drift.comparison import BEFORE, RECENT, Night
from knowledge_base.quality.golden.contracts import Golden
from knowledge_base.quality.golden.store import golden

_SECONDS = 30.0
_WITH_PAGES = (Outcome.ANSWERED, Outcome.GUIDED, Outcome.CHOICES)
_FROM_HOUR = 2  # local time: yesterday is over everywhere in its zone, and few citizens write


def due_day(zone: ZoneInfo, moment: datetime) -> date | None:
    """Returns the day to measure now: yesterday, from two in the morning on; before that ``None``."""
    local = moment.astimezone(zone)
    return local.date() - timedelta(days=1) if local.hour >= _FROM_HOUR else None


async def stored_nights(database: Database, until: date) -> list[Night]:
    """Returns the nights that a comparison up to ``until`` needs, oldest first."""
    query = select(QualityNight).where(QualityNight.day > until - RECENT - BEFORE, QualityNight.day <= until)
    async with database.read() as session:
        rows = await session.scalars(query.order_by(QualityNight.day))
        return [Night(row.day, row.golden, row.outcomes, row.searched, row.confidence) for row in rows]


async def measure(
    database: Database, settings: Settings, day: date, *, transport: httpx.AsyncBaseTransport | None = None
) -> Night:
    """Measures ``day`` and stores the result. Raises ``httpx.HTTPError`` if the action server does not answer."""
    answers, snapshot = await _replay(database, settings, transport)
    outcomes, searched, confidence = await _day(database, day, settings.opening.zone)
    night = Night(day, answers, outcomes, searched, confidence)
    async with database.write() as session:
        await session.merge(
            QualityNight(
                day=day,
                snapshot=snapshot,
                golden=answers,
                outcomes=outcomes,
                searched=searched,
                confidence=confidence,
                created_at=now(),
            )
        )
    return night


async def texts_of(database: Database, names: Sequence[str]) -> list[str]:
    """Returns the texts of the golden questions with these ids (masked when they were made), in the order of ``names``."""
    known = {one.name: one.question for one in await golden(database, inactive=True)}
    return [known[name] for name in names if name in known]


async def _replay(
    database: Database, settings: Settings, transport: httpx.AsyncBaseTransport | None
) -> tuple[dict[str, bool], str]:
    """Asks each active golden question as a citizen would. Returns whether the reply is right, and the snapshot used."""
    found: dict[str, bool] = {}
    snapshot = ""
    async with action_server(settings, seconds=_SECONDS, transport=transport) as http:
        for one in await golden(database):
            asked = {"message": one.question, "language": one.locale, "collection": one.collection or None}
            answer = (await http.post("/explain/reply", json=asked)).raise_for_status()
            why = ReplyExplanation.model_validate_json(answer.content)
            found[one.name], snapshot = _is_right(one, why), why.snapshot
    return found, snapshot


def _is_right(question: Golden, why: ReplyExplanation) -> bool:
    """Decides whether the page shown, or the first one offered, is right; if none is, whether no page is shown."""
    decision = why.decisions[question.channel]
    page = decision.entry if decision.outcome in _WITH_PAGES else ""
    if decision.outcome == Outcome.CHOICES:
        page = page or next((one.entry_id for one in why.candidates), "")
    return page in question.gold if question.gold else not page


async def _day(database: Database, day: date, zone: ZoneInfo) -> tuple[dict[str, int], int, float]:
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    query = (
        select(Reply.outcome, func.count(), func.count(Reply.confidence), func.coalesce(func.sum(Reply.confidence), 0.0))
        .join(Conversation, Conversation.id == Reply.conversation_id)
        .where(
            Reply.in_reply_to.is_not(None),
            Reply.created_at >= start,
            Reply.created_at < end,
            Conversation.origin == Origin.CITIZEN,
        )
        .group_by(Reply.outcome)
    )
    async with database.read() as session:
        rows = (await session.execute(query)).all()
    outcomes = {outcome: count for outcome, count, _, _ in rows}
    return outcomes, sum(count for _, _, count, _ in rows), sum(float(total or 0) for _, _, _, total in rows)
