"""Messages as rows: masked, storable in any database, and each once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.signing import new_id
from core.database.base import table
from core.database.conflict import dialect_of, insert_on
from core.database.models import Message
from core.privacy.invisible import HIDDEN, visible
from core.privacy.masking import Masked, mask

# PostgreSQL cannot store a NUL, half a surrogate pair cannot be encoded, and citizens type neither.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message in the record. ``fresh`` is false if it had come before.

    ``id`` is empty, and ``seq`` 0, if it had come before and was erased since.
    """

    conversation: str
    id: str
    seq: int
    fresh: bool


def mask_message(text: str) -> Masked:
    """Returns ``text`` as the record keeps it, with the kinds of what was masked. To be called before any transaction: it takes
    milliseconds for a long text.
    """
    written = _UNWRITABLE.sub("", text)
    shown = visible(written)
    masked = mask(shown)
    return Masked(masked.text, (*masked.kinds, *([HIDDEN] if shown != written else [])))


def new_message(conversation: str, dedup: str, external_id: str, kept: Masked, payload: str | None) -> dict[str, Any]:
    """Returns the values of a new row of ``messages``."""
    return {
        "id": new_id(),
        "conversation_id": conversation,
        "external_id": external_id,
        "dedup": dedup,
        "text": kept.text,
        "payload": payload,
        "masked": [*kept.kinds] or None,
    }


async def insert_messages(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> dict[str, Accepted]:
    """Inserts ``rows`` in order, except those whose ``dedup`` is known. Returns all of them as accepted, by ``dedup``."""
    if not rows:
        return {}
    # Rows separate from the statement: it is compiled once for any number of them.
    inserted = await session.execute(_insert(dialect_of(session)), list(rows))
    accepted = {row.dedup: Accepted(row.conversation_id, row.id, row.seq, fresh=True) for row in inserted}
    known = {row["dedup"] for row in rows} - accepted.keys()
    if known:
        stored = await session.execute(
            select(Message.id, Message.seq, Message.dedup, Message.conversation_id).where(Message.dedup.in_(known))
        )
        accepted |= {row.dedup: Accepted(row.conversation_id, row.id, row.seq, fresh=False) for row in stored}
    return accepted


@cache
def _insert(dialect: str) -> Any:
    columns = table(Message).c
    insert = insert_on(dialect, Message).on_conflict_do_nothing(index_elements=["dedup"])
    return insert.returning(columns.id, columns.seq, columns.dedup, columns.conversation_id)
