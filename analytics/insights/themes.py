"""Titles and themes of entries, as the insights name them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from core.database import Database
from core.database.models import EntryRow

_LENGTH = 128  # of ``InsightFigure.theme``


@dataclass(frozen=True, slots=True)
class Catalogue:
    """``themes``: entry → its widest theme; ``titles``: entry → its title. Includes withdrawn entries."""

    themes: Mapping[str, str]
    titles: Mapping[str, str]


async def load_catalogue(database: Database, entries: Iterable[str] | None = None) -> Catalogue:
    """Returns the catalogue of all entries, or of the given ones. An id in two collections gets the name of either."""
    query = select(EntryRow.id, EntryRow.title, EntryRow.content["theme"][0].as_string().label("theme"))
    if entries is not None:
        query = query.where(EntryRow.id.in_(list(entries)))
    async with database.read() as session:
        rows = (await session.execute(query)).all()
    return Catalogue(themes={row.id: (row.theme or "")[:_LENGTH] for row in rows}, titles={row.id: row.title for row in rows})
