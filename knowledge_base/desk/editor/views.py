"""The lists of entries: what an address asks for, those that the service offers, and those that a person has saved."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Form, Response
from pydantic import BaseModel, Field
from sqlalchemy import delete, select

from core.database import Database
from core.database.models import SavedView
from core.identity import Staff
from core.web.row_numbers import RowNumber
from desk import back
from knowledge_base.desk.access import Reader
from knowledge_base.desk.editor.catalogue import Order

LIST = "/desk/entries"
_MOST = 20  # views of one person: more would fill the page
Asked = Annotated[str, Field(max_length=200)]


class Filters(BaseModel):
    """The filters and the order of a list. ``before``: verified before this day, or never. ``links``: with a broken one."""

    q: Asked = ""
    theme: Asked = ""
    status: Asked = ""
    collection: Asked = ""
    owner: Asked = ""
    before: date | Literal[""] = ""
    links: Literal["", "broken"] = ""
    order: Order | Literal[""] = ""

    @property
    def query(self) -> str:
        """Returns the query of the address, without what is not asked for."""
        return urlencode({name: value for name in Filters.model_fields if (value := str(getattr(self, name)))})


class NamedFilters(Filters):
    name: str = Field(max_length=80)


@dataclass(frozen=True, slots=True)
class View:
    """One list. ``key``: the word that names one of the service's; ``name`` and ``seq``: those of a saved one."""

    query: str
    key: str = ""
    name: str = ""
    seq: int = 0


def offered(staff: Staff, old_before: date) -> Iterator[View]:
    """Yields the lists for every member of staff. Entries verified before ``old_before`` are old."""
    yield View("", "view_all")
    yield View(Filters(owner=staff.id).query, "view_mine")
    yield View(Filters(status="published", before=old_before, order="verified").query, "view_old")
    yield View(Filters(links="broken").query, "view_links")
    yield View(Filters(order="asked").query, "view_asked")
    yield View(Filters(order="disliked").query, "view_disliked")


async def saved(database: Database, staff: Staff) -> Sequence[View]:
    """Returns the lists that ``staff`` has saved, in the order of their names."""
    query = select(SavedView).where(SavedView.staff_id == staff.id).order_by(SavedView.name, SavedView.seq)
    async with database.read() as session:
        return [View(row.query, name=row.name, seq=row.seq) for row in await session.scalars(query)]


def router(database: Database) -> APIRouter:
    routes = APIRouter()

    @routes.post("/desk/views")
    async def save(staff: Reader, wanted: Annotated[NamedFilters, Form()]) -> Response:
        """Saves the list under a name. A list of that name is replaced."""
        name, query = " ".join(wanted.name.replace("\x00", "").split()), wanted.query
        address = dict(parse_qsl(query))
        if not name or not query:
            return back(LIST, failed="view_wrong", **address)
        async with database.write() as session:
            await session.execute(delete(SavedView).where(SavedView.staff_id == staff.id, SavedView.name == name))
            kept = (await session.scalars(select(SavedView.seq).where(SavedView.staff_id == staff.id))).all()
            if len(kept) >= _MOST:
                return back(LIST, failed="view_many", **address)
            session.add(SavedView(staff_id=staff.id, name=name, query=query))
        return back(LIST, "view_saved", **address)

    @routes.post("/desk/views/{seq}/remove")
    async def remove(seq: RowNumber, staff: Reader) -> Response:
        async with database.write() as session:
            await session.execute(delete(SavedView).where(SavedView.staff_id == staff.id, SavedView.seq == seq))
        return back(LIST, "view_removed")

    return routes
