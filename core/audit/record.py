"""Adds to the audit in the transaction of the audited act: both are stored, or neither.

Rows that a restore must replay are in the ledger before the transaction commits (``core.audit.ledger``). If the commit then
fails, the line states a request by somebody who was entitled to make it: replaying it does no harm.
"""

from collections.abc import Mapping
from dataclasses import asdict

from pydantic import JsonValue
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit.chain import Link, canonical, digest_of
from core.audit.ledger import Ledger, is_for_ledger
from core.database import LEDGER
from core.database.base import now
from core.database.models import AuditHead, AuditRow
from core.privacy.masking import mask


async def record(
    session: AsyncSession,
    *,
    actor: str,
    action: str,
    target: str,
    details: Mapping[str, JsonValue] | None = None,
    masked: bool = True,
) -> None:
    """Adds who (``actor``) did what (``action``, ``noun.verb``: ``entry.published``) to what (``target``: ``entry:F1234``).

    Call it in a session of ``Database.write()``, as the LAST statement of the transaction: until its end all other audited
    transactions wait, and taking further locks after it could cause a deadlock. ``details`` say from what to what, never
    what a citizen wrote; personal numbers that slip in are masked, unless ``masked`` is false. Raises ``ValueError`` if a name
    is empty or too long.
    """
    for name, value, longest in (("actor", actor, 128), ("action", action, 64), ("target", target, 200)):
        if not 0 < len(value) <= longest:
            raise ValueError(f"the audit's {name} needs 1 to {longest} characters")
    content = canonical({key: _masked(value) if masked else value for key, value in (details or {}).items()})
    # The update locks the head's row until this transaction ends: rows follow each other without a gap, whatever process
    # writes.
    locked = await session.execute(
        update(AuditHead)
        .where(AuditHead.id == 1)
        .values(seq=AuditHead.seq + 1)
        .returning(AuditHead.seq, AuditHead.digest)
        .execution_options(synchronize_session=False)
    )
    seq, previous = locked.one()
    at = now()
    digest = digest_of(seq, at, actor, action, target, content, previous)
    row = Link(seq, at, actor, action, target, content, previous, digest)
    await session.execute(insert(AuditRow).values(asdict(row)))
    await session.execute(
        update(AuditHead).where(AuditHead.id == 1).values(digest=digest).execution_options(synchronize_session=False)
    )
    ledger = session.info.get(LEDGER)
    if isinstance(ledger, Ledger) and is_for_ledger(row):
        await ledger.append_row(row)


def _masked(value: JsonValue) -> JsonValue:
    match value:
        case str():
            return mask(value).text
        case dict():
            return {key: _masked(inner) for key, inner in value.items()}
        case list():
            return [_masked(inner) for inner in value]
        case _:
            return value
