"""The metadata of an entry: its owner, its date of review, and the entry that it translates."""

from datetime import date

from core.audit import record
from core.database import Database
from core.database.models import EntryRow
from knowledge_base.editing.errors import EditRefused
from knowledge_base.editing.rows import at_head


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
