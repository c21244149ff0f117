"""``/api/v1/figures``: the monthly figures of the open data, with the same small numbers left out."""

from bisect import bisect_right

from fastapi import APIRouter
from pydantic import BaseModel, TypeAdapter

from analytics.open_data.cells import Cell
from analytics.open_data.release import Releases
from channels.http.deps import Deps
from integrators.api.access import resource, scoped
from integrators.api.pagination import Cursor, Limit, Page, cursor_of, place_of
from integrators.tokens import Scope

_PLACE = TypeAdapter(tuple[str, ...])


class Figure(BaseModel):
    """One figure of a month that is closed. An empty dimension stands for all its values.

    ``count`` is ``None`` where it is under 10, or would give such a number away.
    """

    month: str
    measure: str
    channel: str
    result: str
    theme: str
    language: str
    hour: str
    opinion: str
    reception: str
    count: int | None


def router(deps: Deps, releases: Releases) -> APIRouter:
    """Returns the route."""
    routes = resource(scoped(deps, Scope.FIGURES))

    @routes.get("/figures")
    async def figures(limit: Limit = 50, cursor: Cursor = "") -> Page[Figure]:
        """Lists the figures by month, the oldest first."""
        months = await releases.months()
        found = [(f"{data.first:%Y-%m}", *cell, count) for data in months for cell, count in sorted(data.figures.items())]
        begin = bisect_right(found, place_of(cursor, _PLACE), key=lambda row: tuple(map(str, row[:-1]))) if cursor else 0
        names = ("month", *Cell._fields, "count")
        page = found[begin : begin + limit]
        after = cursor_of(*map(str, page[-1][:-1])) if begin + limit < len(found) else None
        return Page(data=[Figure(**dict(zip(names, row, strict=True))) for row in page], next=after)

    return routes
