"""One row for each conversation, for analysis with other tools: CSV and Parquet, without text and without addresses."""

import csv
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date, datetime
from io import StringIO
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pyarrow as pa
from pyarrow import parquet
from sqlalchemy import func, select

from analytics.insights.daily import TurnFact, contact_result, main_theme
from analytics.insights.themes import Catalogue
from core.database import Database
from core.database.models import Conversation, Feedback, Handoff, Message, Reply, Satisfaction
from core.dates import day_bounds
from core.turns import Origin, Outcome

BYTE_ORDER_MARK = "\ufeff"
_CONVERSATIONS = 2_000  # in one read
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with these a spreadsheet formula begins (OWASP, CSV injection)


class ConversationRow(NamedTuple):
    """One conversation. ``conversation`` is its random id; times are UTC; shares and counts are of its turns in the period."""

    conversation: str
    channel: str
    language: str
    began_at: datetime
    last_at: datetime
    turns: int
    answered: int
    unanswered: int
    result: str
    theme: str
    entries: str
    confidence: float | None
    milliseconds: float | None
    handoffs: int
    useful: int
    not_useful: int
    reasons: str
    satisfied: bool | None
    missing: str


SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("conversation", "channel", "language")),
        *((name, pa.timestamp("us", tz="UTC")) for name in ("began_at", "last_at")),
        *((name, pa.int32()) for name in ("turns", "answered", "unanswered")),
        *((name, pa.string()) for name in ("result", "theme", "entries")),
        *((name, pa.float64()) for name in ("confidence", "milliseconds")),
        *((name, pa.int32()) for name in ("handoffs", "useful", "not_useful")),
        ("reasons", pa.string()),
        ("satisfied", pa.bool_()),
        ("missing", pa.string()),
    ]
)


async def conversations(
    database: Database, first: date, last: date, *, zone: ZoneInfo, catalogue: Catalogue, origin: str = Origin.CITIZEN
) -> AsyncIterator[list[ConversationRow]]:
    """Yields the conversations that began from ``first`` to ``last``, in batches, in the order of their ids."""
    start, end = day_bounds(first, last, zone)
    after = ""
    while True:
        query = (
            select(Conversation.id, Conversation.channel, Conversation.language, Satisfaction.satisfied, Satisfaction.missing)
            .outerjoin(Satisfaction, Satisfaction.conversation_id == Conversation.id)
            .where(Conversation.created_at >= start, Conversation.created_at < end)
            .where(Conversation.origin == origin, Conversation.id > after)
            .order_by(Conversation.id)
            .limit(_CONVERSATIONS)
        )
        async with database.read() as session:
            rows = (await session.execute(query)).all()
            if not rows:
                return
            within = (Message.conversation_id > after) & (Message.conversation_id <= rows[-1].id)
            turns = await session.execute(
                select(
                    Message.conversation_id,
                    *(Message.received_at, Message.outcome, Reply.entry, Reply.milliseconds, Reply.confidence),
                    *(Feedback.useful, Feedback.reason),
                )
                .outerjoin(Reply, Reply.in_reply_to == Message.id)
                .outerjoin(Feedback, Feedback.reply_id == Reply.id)
                .where(within, Message.outcome.is_not(None))
                .order_by(Message.conversation_id, Message.seq)
            )
            by_conversation = {key: list(group) for key, group in groupby(turns.all(), key=lambda row: row.conversation_id)}
            counts = await session.execute(
                select(Handoff.conversation_id, func.count())
                .where(Handoff.conversation_id > after, Handoff.conversation_id <= rows[-1].id)
                .group_by(Handoff.conversation_id)
            )
            handoffs = {conversation: int(count) for conversation, count in counts.all()}
        answered = (row for row in rows if row.id in by_conversation)
        yield [_line(row, by_conversation[row.id], handoffs.get(row.id, 0), catalogue) for row in answered]
        after = rows[-1].id


def _line(row: Any, turns: Sequence[Any], handoffs: int, catalogue: Catalogue) -> ConversationRow:
    facts = [
        TurnFact(turn.received_at, row.id, row.channel, row.language, turn.outcome, turn.entry or "", turn.milliseconds or 0)
        for turn in turns
    ]
    outcomes = Counter(fact.outcome for fact in facts)
    confidences = [turn.confidence for turn in turns if turn.confidence is not None]
    return ConversationRow(
        conversation=row.id,
        channel=row.channel,
        language=row.language,
        began_at=facts[0].at,
        last_at=facts[-1].at,
        turns=len(facts),
        answered=outcomes[Outcome.ANSWERED],
        unanswered=outcomes[Outcome.NO_ANSWER] + outcomes[Outcome.OUT_OF_SCOPE] + outcomes[Outcome.FALLBACK],
        result=contact_result(facts),
        theme=main_theme(facts, catalogue.themes),
        entries=" ".join(dict.fromkeys(fact.entry for fact in facts if fact.entry)),
        confidence=min(confidences, default=None),
        milliseconds=sum(fact.milliseconds for fact in facts) / len(facts),
        handoffs=handoffs,
        useful=sum(turn.useful is True for turn in turns),
        not_useful=sum(turn.useful is False for turn in turns),
        reasons=" ".join(sorted({turn.reason for turn in turns if turn.reason})),
        satisfied=row.satisfied,
        missing=row.missing or "",
    )


async def write_csv(path: Path, batches: AsyncIterator[list[ConversationRow]], *, french_zone: ZoneInfo | None = None) -> int:
    """Writes ``batches`` as CSV (UTF-8 with a byte order mark, so that spreadsheets read accents). Returns the number of rows.

    ``french_zone``: for a French spreadsheet, which opens the file directly: decimal commas, and times of this zone.
    """
    count = 0

    async def counted() -> AsyncIterator[list[ConversationRow]]:
        nonlocal count
        async for batch in batches:
            count += len(batch)
            yield batch

    with path.open("w", encoding="utf-8", newline="") as file:
        async for text in csv_texts(counted(), french_zone=french_zone):
            file.write(text)
    return count


async def csv_texts(
    batches: AsyncIterator[list[ConversationRow]], *, french_zone: ZoneInfo | None = None, with_ids: bool = True
) -> AsyncIterator[str]:
    """Yields the CSV of ``batches`` piece by piece, like ``write_csv``; without ``with_ids``, it names no conversation."""
    buffer, first = StringIO(newline=""), 0 if with_ids else 1
    writer = csv.writer(buffer, delimiter=";" if french_zone else ",")
    writer.writerow(ConversationRow._fields[first:])
    yield BYTE_ORDER_MARK + buffer.getvalue()
    async for batch in batches:
        buffer.seek(0)
        buffer.truncate()
        writer.writerows(escape_formulas(for_spreadsheet(line, french_zone) if french_zone else line)[first:] for line in batch)
        yield buffer.getvalue()


async def narrowed(
    batches: AsyncIterator[list[ConversationRow]], *, channel: str, theme: str
) -> AsyncIterator[list[ConversationRow]]:
    """Yields the rows of ``batches`` of one channel and one theme; empty: of all."""
    async for batch in batches:
        yield [row for row in batch if channel in ("", row.channel) and theme in ("", row.theme)]


def for_spreadsheet(values: Iterable[object], zone: ZoneInfo) -> list[object]:
    """Returns ``values`` as a French spreadsheet reads numbers and times: with a decimal comma; in ``zone``, to the second."""
    return [_for_spreadsheet(value, zone) for value in values]


def _for_spreadsheet(value: object, zone: ZoneInfo) -> object:
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    return f"{value:.3f}".replace(".", ",") if isinstance(value, float) else value


async def write_parquet(path: Path, batches: AsyncIterator[list[ConversationRow]]) -> int:
    """Writes ``batches`` as Parquet with the types of ``SCHEMA``. Returns the number of rows."""
    count = 0
    with parquet.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
        async for batch in batches:
            writer.write_table(pa.Table.from_pylist([line._asdict() for line in batch], schema=SCHEMA))
            count += len(batch)
    return count


def escape_formulas(values: Iterable[object]) -> list[object]:
    """Returns ``values`` as cells that no spreadsheet executes: an apostrophe goes before text that would begin a formula."""
    return [_escape_formula(value) for value in values]


def _escape_formula(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if not isinstance(value, str):
        return value
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) or value.startswith(_FORMULA) else value
