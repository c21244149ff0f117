"""Golden questions in the database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import batched

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from core.database.base import now
from core.database.models import EntryRow, GoldenQuestion
from knowledge_base.errors import ImportRefused
from knowledge_base.quality.golden.contracts import Golden

_FIELDS = ("question", "locale", "collection", "heading", "situation", "channel", "origin", "author", "active")
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Added:
    """The results for questions, in numbers; ``rejected`` gives the reason for each one left out (empty if all are kept)."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: tuple[str, ...] = ()


class UnknownEntries(ImportRefused):
    """A question names an entry that the database does not hold."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = listed = ", ".join(names)
        super().__init__(
            f"Aucune fiche ne porte l'identifiant {listed} : corrigez-le (./guichet search donne les identifiants).",
            f"No entry has the id {listed}: correct it (./guichet search shows ids).",
        )


class NotTheirCollection(Exception):
    """The question guards an entry of a collection that the person may not edit."""


async def golden(database: Database, *, collection: str | None = None, inactive: bool = False) -> list[Golden]:
    """Returns the golden questions by id; with ``inactive``, also those that are no longer asked."""
    query = select(GoldenQuestion).order_by(GoldenQuestion.id)
    if not inactive:
        query = query.where(GoldenQuestion.active)
    if collection is not None:
        query = query.where(GoldenQuestion.collection == collection)
    async with database.read() as session:
        return [_read(row) for row in await session.scalars(query)]


async def add(database: Database, question: Golden, *, within: Collection[str] = ()) -> str:
    """Saves ``question``. A known one gets its accepted entries in addition. Returns its id.

    ``within``: the collections of the person (empty: all). Raises ``UnknownEntries`` and ``NotTheirCollection``, and changes
    nothing then.
    """
    async with database.write() as session:
        missing = await _missing(session, [question])
        if missing:
            raise UnknownEntries(sorted(missing))
        known = await _known(session, question)
        await _check(session, {*question.gold, *(known.accepted if known else ())}, within)
        row, _ = await _save(session, question)
        return row.id


async def add_all(database: Database, questions: Sequence[Golden]) -> Added:
    """Saves all ``questions`` in one transaction, except those that name an unknown entry: they are ``rejected``."""
    counts = {"created": 0, "updated": 0, "unchanged": 0}
    rejected = []
    async with database.write() as session:
        missing = await _missing(session, questions)
        for question in questions:
            unknown = sorted(missing & set(question.gold))
            if unknown:
                rejected.append(f"{question.name}: {', '.join(unknown)}")
                continue
            _, became = await _save(session, question)
            counts[became] += 1
    return Added(**counts, rejected=tuple(rejected))


async def set_active(database: Database, name: str, *, active: bool, within: Collection[str] = ()) -> bool:
    """Activates or deactivates a question; its row stays. Returns false for an unknown id. Raises ``NotTheirCollection``."""
    async with database.write() as session:
        known = await session.get(GoldenQuestion, name)
        await _check(session, set(known.accepted if known else ()), within)
        changed = await session.execute(
            update(GoldenQuestion)
            .where(GoldenQuestion.id == name)
            .values(active=active, updated_at=now())
            .returning(GoldenQuestion.id)
        )
        return changed.scalar_one_or_none() is not None


async def _missing(session: AsyncSession, questions: Sequence[Golden]) -> set[str]:
    """Returns the ids accepted by ``questions`` that no entry has."""
    wanted = sorted({name for question in questions for name in question.gold})
    known: set[str] = set()
    for batch in batched(wanted, _BATCH):
        known |= set(await session.scalars(select(EntryRow.id).where(EntryRow.id.in_(batch))))
    return set(wanted) - known


async def _save(session: AsyncSession, question: Golden) -> tuple[GoldenQuestion, str]:
    """Saves the question. Returns its row and the result. A known one is found by its id, else by its text."""
    row = await _known(session, question)
    if row is None:
        row = GoldenQuestion(id=question.name)
        _write(row, question)
        session.add(row)
        await session.flush()
        return row, "created"
    if _read(row) == question.model_copy(update={"id": row.id}):
        return row, "unchanged"
    _write(row, question)
    await session.flush()
    return row, "updated"


async def _known(session: AsyncSession, question: Golden) -> GoldenQuestion | None:
    row = await session.get(GoldenQuestion, question.name)
    twin = await session.scalar(select(GoldenQuestion).where(GoldenQuestion.digest == question.digest))
    return twin if row is None or (twin is not None and twin.id != row.id) else row


async def _check(session: AsyncSession, entries: Collection[str], within: Collection[str]) -> None:
    """Raises ``NotTheirCollection`` unless all ``entries`` are in the collections ``within`` (empty: any)."""
    if not within or not entries:
        return
    theirs = select(EntryRow.id).where(EntryRow.id.in_(entries), EntryRow.collection.in_(within))
    if set(entries) - set(await session.scalars(theirs)):
        raise NotTheirCollection


def _write(row: GoldenQuestion, question: Golden) -> None:
    for name in _FIELDS:
        setattr(row, name, getattr(question, name))
    row.accepted, row.digest = list(question.gold), question.digest


def _read(row: GoldenQuestion) -> Golden:
    return Golden(id=row.id, gold=tuple(row.accepted), **{name: getattr(row, name) for name in _FIELDS})
