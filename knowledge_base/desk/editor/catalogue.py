"""Finds an entry among thousands while the editor types: titles, wordings and themes in memory, updated from the database.

The content of 3,371 pages is 60 MB of JSON; searching it in SQL takes more than a second. The data of a list is 2 MB.
"""

import asyncio
import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import batched
from typing import Any, Literal

from sqlalchemy import or_, select, tuple_

from core.database import Database
from core.database.models import EntryRow
from core.text.folding import unaccented
from knowledge_base.desk.editor.contracts import Use

_OVERLAP = timedelta(seconds=5)  # a transaction that began earlier may become visible later
_NAMES = ("collection", "id", "title", "status", "stage", "head", "updated_at", "owner", "review_by", "served")
_COLUMNS = tuple(getattr(EntryRow, name) for name in _NAMES)
_DETAIL = (
    EntryRow.content["theme"].as_json().label("theme"),
    EntryRow.content["wordings"].as_json().label("wordings"),
    EntryRow.content["verified_on"].as_string().label("verified_on"),
)
_BATCH = 500  # rows in a statement


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list. ``stage`` is empty if nobody is changing the entry; ``searched`` is folded text.

    ``verified_on`` is a day in ISO 8601, or empty. ``served`` is the revision that citizens still get (0: none) if an import
    changed the published one; else empty.
    """

    collection: str
    id: str
    title: str
    status: str
    stage: str
    head: int
    updated_at: datetime
    owner: str
    review_by: date | None
    theme: tuple[str, ...]
    searched: str
    verified_on: str
    served: int | None = None

    @property
    def shown(self) -> str:
        """Returns the state for citizens: the status, or that an imported change is not online yet."""
        return shown_status(self.status, self.served)


def shown_status(status: str, served: int | None) -> str:
    """Returns ``status``, unless an import changed the entry and no active index has the change yet."""
    if served is None:
        return status
    return "changing" if status == "published" and served else "arriving" if status == "published" else "leaving"


type Order = Literal["changed", "verified", "title", "asked", "disliked"]
_NEVER = Use()
type _Uses = Mapping[str, Use]
_KEYS: dict[Order, Callable[[Listed, _Uses], Any]] = {
    "changed": lambda row, _uses: -row.updated_at.timestamp(),
    "verified": lambda row, _uses: (row.verified_on, row.title),
    "title": lambda row, _uses: folded(row.title),
    "asked": lambda row, uses: (-uses.get(row.id, _NEVER).asked, row.title),
    "disliked": lambda row, uses: (-uses.get(row.id, _NEVER).disliked, row.title),
}


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the results."""

    rows: tuple[Listed, ...]
    total: int
    number: int
    pages: int


class Catalogue:
    """All entries, by collection and id."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = asyncio.Lock()
        self._rows: dict[tuple[str, str], Listed] = {}
        self._seen: datetime | None = None

    async def find(
        self,
        words: str = "",
        *,
        theme: str = "",
        status: str = "",
        collection: str = "",
        owner: str = "",
        before: str = "",
        order: Order | None = None,
        only: Container[tuple[str, str]] | None = None,
        uses: _Uses | None = None,
        page: int = 1,
        size: int = 50,
    ) -> Page:
        """Returns the entries in which every word of ``words`` begins a word of the title, the wordings, a theme or the id;
        best titles first, or by ``order``.

        ``status`` is the state for citizens (published, draft, withdrawn, archived) or a stage (in_review, scheduled, …).
        ``before``: a day (ISO 8601); only entries verified before it, or never. ``only``: (collection, id) of the entries to
        choose from. ``uses`` by id: for the orders ``asked`` and ``disliked``, which list only entries that were.
        """
        await self.refresh()
        patterns = [re.compile(rf"\b{re.escape(word)}") for word in folded(words).split()]
        found = [
            row
            for row in self._rows.values()
            if (not status or status in (row.shown, row.stage) or (status == "published" and row.served))
            and (not collection or row.collection == collection)
            and (not theme or theme in row.theme)
            and (not owner or row.owner == owner)
            and (not before or row.verified_on < before)
            and (only is None or (row.collection, row.id) in only)
            and all(word.search(row.searched) for word in patterns)
        ]
        if order:
            known = uses or {}
            if order in ("asked", "disliked"):
                found = [row for row in found if getattr(known.get(row.id, _NEVER), order)]
            found.sort(key=lambda row: _KEYS[order](row, known))
        elif patterns:
            found.sort(
                key=lambda row: (-sum(bool(word.search(folded(row.title))) for word in patterns), len(row.title), row.id)
            )
        else:
            found.sort(key=lambda row: row.updated_at, reverse=True)
        pages = max(1, -(-len(found) // size))
        number = min(max(page, 1), pages)
        return Page(tuple(found[(number - 1) * size : number * size]), len(found), number, pages)

    async def facets(self) -> tuple[list[str], list[str]]:
        """Returns (collections, widest themes), in alphabetical order."""
        await self.refresh()
        collections = {row.collection for row in self._rows.values()}
        return sorted(collections), sorted({row.theme[0] for row in self._rows.values() if row.theme})

    async def titles(self, names: Iterable[str]) -> dict[str, str]:
        """Returns the titles of the entries ``names`` (collection/id), without those that do not exist."""
        await self.refresh()
        keys = {name: tuple(name.split("/", 1)) for name in names}
        return {name: row.title for name, key in keys.items() if len(key) == 2 and (row := self._rows.get((key[0], key[1])))}

    async def refresh(self) -> None:
        """Reads the changes since the last time."""
        async with self._lock, self._database.read() as session:
            query = select(*_COLUMNS)
            if self._seen is not None:
                query = query.where(or_(EntryRow.updated_at > self._seen - _OVERLAP, EntryRow.served.is_not(None)))
            read = {(row.collection, row.id): row for row in (await session.execute(query)).all()}
            for key, before in self._rows.items():
                if before.served is not None and key not in read:  # an index with it was activated; nothing else changed
                    self._rows[key] = replace(before, served=None)
            changed = {
                key: row
                for key, row in read.items()
                if (known := self._rows.get(key)) is None
                or (known.updated_at, known.status, known.stage, known.served)
                != (row.updated_at, row.status, row.stage, row.served)
            }
            for batch in batched(changed, _BATCH):
                detail = select(EntryRow.collection, EntryRow.id, *_DETAIL).where(
                    tuple_(EntryRow.collection, EntryRow.id).in_(batch)
                )
                for row in (await session.execute(detail)).all():
                    self._store(changed[row.collection, row.id], row)

    def _store(self, row: Any, detail: Any) -> None:
        theme = tuple(detail.theme or ())
        text = folded(" ".join((row.id, row.title, *(detail.wordings or ()), *theme)))
        self._rows[row.collection, row.id] = Listed(
            **row._mapping, theme=theme, searched=text, verified_on=detail.verified_on or ""
        )
        self._seen = max(self._seen or row.updated_at, row.updated_at)


def folded(text: str) -> str:
    """Returns ``text`` in lower case without accents."""
    return unaccented(text.casefold(), "NFKD").replace("’", "'")
