"""The subjects whose answers are checked before they are sent: chosen at the desk, audited."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import record
from core.database.base import now, table
from core.database.conflict import upsert
from core.database.models import CheckedSubject, EntryRow
from core.database.prepared import Prepared
from supervision.handoffs.teams import breadcrumb, is_about

LONGEST = 120  # minutes; the longest wait for an approval
MOST_CHARACTERS = 100
_ANY = Prepared(select(table(CheckedSubject).c.theme).limit(1))


async def checked_subjects(session: AsyncSession) -> Sequence[CheckedSubject]:
    """Returns all checked subjects, in alphabetical order."""
    return (await session.execute(select(CheckedSubject).order_by(CheckedSubject.theme))).scalars().all()


async def set_subject(session: AsyncSession, theme: str, minutes: int, *, actor: str) -> None:
    """Requires a check of answers about ``theme`` from now on. Raises ``ValueError`` for an invalid theme or time (1 to 120
    minutes).
    """
    name = " ".join(theme.replace("\x00", "").split())
    if not 2 <= len(name) <= MOST_CHARACTERS or not 1 <= minutes <= LONGEST:
        raise ValueError(f"a subject needs 2 to {MOST_CHARACTERS} characters, and 1 to {LONGEST} minutes")
    await upsert(session, CheckedSubject, {"theme": name}, {"minutes": minutes, "author": actor, "since": now()})
    await record(
        session, actor=actor, action="validation.set", target="validation", details={"theme": name, "minutes": minutes}
    )


async def delete_subject(session: AsyncSession, theme: str, *, actor: str) -> bool:
    """Ends the checks of ``theme``; answers that wait already still wait. Returns false if there is no such subject."""
    deleted = await session.execute(delete(CheckedSubject).where(CheckedSubject.theme == theme).returning(CheckedSubject.theme))
    if deleted.scalar_one_or_none() is None:
        return False
    await record(session, actor=actor, action="validation.dropped", target="validation", details={"theme": theme})
    return True


async def approval_minutes(session: AsyncSession, entries: Iterable[str]) -> int | None:
    """Returns the minutes that an answer with ``entries`` may wait for an approval; ``None`` if it needs none.

    If several subjects match, the shortest time counts.
    """
    if not await _ANY.rows(session, {}):
        return None  # the usual case, at every turn that shows a page
    checked = await checked_subjects(session)
    minutes = [
        subject.minutes
        for entry in entries
        for crumbs in [(entry, *await breadcrumb(session, entry))]
        for subject in checked
        if is_about(subject.theme, crumbs)
    ]
    return min(minutes, default=None)


async def count_pages(session: AsyncSession, checked: Sequence[CheckedSubject]) -> dict[str, int]:
    """Returns the number of published entries about each subject."""
    if not checked:
        return {}
    rows = await session.execute(
        select(EntryRow.id, EntryRow.title, EntryRow.content["theme"]).where(EntryRow.status == "published")
    )
    pages = [(entry, title, *(themes or ())) for entry, title, themes in rows]
    return {subject.theme: sum(is_about(subject.theme, crumbs) for crumbs in pages) for subject in checked}
