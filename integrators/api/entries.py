"""``/api/v1/entries``: the published pages of the knowledge base."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, StringConstraints, TypeAdapter
from sqlalchemy import ColumnElement, and_, select, tuple_

from channels.http.deps import Deps
from core.database.models import EntryRow
from core.entry import Entry
from core.problems import Problem
from integrators.api.access import resource, scoped
from integrators.api.pagination import NO_NUL, Cursor, Limit, Page, cursor_of, place_of
from integrators.tokens import Scope

_Stored = Annotated[str, StringConstraints(pattern=NO_NUL)]
_PLACE = TypeAdapter(tuple[_Stored, _Stored])
Collection = Annotated[str, Query(max_length=64, pattern=NO_NUL, description="Only entries of this collection.")]


class ListedEntry(BaseModel):
    """One entry in the list. ``url``: the page to cite. ``version`` grows with each change."""

    collection: str
    id: str
    locale: str
    title: str
    version: int
    verified_on: date | None
    source: str
    url: str
    updated_at: datetime


class PublishedEntry(BaseModel):
    """An entry with its whole content, as citizens get it."""

    version: int
    updated_at: datetime
    entry: Entry


def router(deps: Deps) -> APIRouter:
    """Returns the routes. If the service answers from one collection only, so do they."""
    routes = resource(scoped(deps, Scope.ENTRIES))

    def published(collection: str) -> ColumnElement[bool]:
        names = {name for name in (collection, deps.settings.collection) if name}
        return and_(EntryRow.status == "published", *(EntryRow.collection == name for name in names))

    @routes.get("/entries")
    async def entries(limit: Limit = 50, cursor: Cursor = "", collection: Collection = "") -> Page[ListedEntry]:
        """Lists published entries by collection and id."""
        query = select(EntryRow).where(published(collection)).order_by(EntryRow.collection, EntryRow.id).limit(limit + 1)
        if cursor:
            query = query.where(tuple_(EntryRow.collection, EntryRow.id) > tuple_(*place_of(cursor, _PLACE)))
        async with deps.database.read() as session:
            rows = (await session.scalars(query)).all()
        after = cursor_of(rows[limit - 1].collection, rows[limit - 1].id) if len(rows) > limit else None
        return Page(data=[_listed(row) for row in rows[:limit]], next=after)

    @routes.get("/entries/{identifier}")
    async def entry(identifier: str, collection: Collection = "") -> PublishedEntry:
        """Gives one published entry. If several collections have this id, the first in alphabetical order."""
        query = select(EntryRow).where(published(collection), EntryRow.id == identifier.replace("\x00", ""))
        async with deps.database.read() as session:
            row = await session.scalar(query.order_by(EntryRow.collection).limit(1))
        if row is None:
            raise Problem(404, "integrators.entry_unknown")
        return PublishedEntry(version=row.version, updated_at=row.updated_at, entry=Entry.model_validate(row.content))

    return routes


def _listed(row: EntryRow) -> ListedEntry:
    entry = Entry.model_validate(row.content)
    return ListedEntry(
        collection=row.collection,
        id=row.id,
        locale=row.locale,
        title=row.title,
        version=row.version,
        verified_on=entry.verified_on,
        source=entry.source,
        url=entry.url,
        updated_at=row.updated_at,
    )
