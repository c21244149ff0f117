"""The metadata of an entry: its owner, its date of review, and the entry that it translates."""

from collections.abc import Sequence
from datetime import date

from pydantic import JsonValue

from core.audit import record
from core.database import Database
from core.database.models import EntryRow
from knowledge_base.editing.errors import EditRefused
from knowledge_base.editing.rows import at_head
from knowledge_base.editing.steps import StepResult, Target


async def assign_all(
    database: Database, targets: Sequence[Target], *, owner: str, review_by: date | None, author: str
) -> list[StepResult]:
    """Sets the owner and the date of review of each entry, whichever is given. Refused: missing, moved_on."""
    found = []
    for target in targets:
        try:
            async with database.write() as session:
                row = await at_head(session, *target)
                row.owner, row.review_by = owner or row.owner, review_by or row.review_by
                await session.flush()
                details: dict[str, JsonValue] = {
                    "owner": row.owner,
                    "review_by": row.review_by.isoformat() if row.review_by else "",
                }
                name = f"entry:{row.collection}/{row.id}"
                await record(session, actor=author, action="entry.assigned", target=name, details=details)
            found.append(StepResult(target))
        except EditRefused as refused:
            found.append(StepResult(target, refused.code))
    return found


async def assign(
    database: Database,
    collection: str,
    page: str,
    *,
    owner: str,
    review_by: date | None,
    translation_of: str,
    author: str,
) -> None:
    """Sets all three. ``translation_of`` is ``collection/id`` of the original, or empty. Raises ``EditRefused``: missing (the
    original too), itself (a translated entry cannot be a translation).
    """
    async with database.write() as session:
        row = await at_head(session, collection, page, None)
        if translation_of:
            home, _, name = translation_of.partition("/")
            original = await session.get(EntryRow, (home, name))
            if original is None:
                raise EditRefused("missing", translation_of)
            if (home, name) == (collection, page) or original.translation_of:
                raise EditRefused("itself", translation_of)
        row.owner, row.review_by, row.translation_of = owner, review_by, translation_of
        await session.flush()
        await record(
            session,
            actor=author,
            action="entry.assigned",
            target=f"entry:{collection}/{page}",
            details={"owner": owner, "review_by": review_by.isoformat() if review_by else "", "translation_of": translation_of},
        )
