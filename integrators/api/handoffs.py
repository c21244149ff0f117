"""``/api/v1/handoffs``: the requests for a human, without what citizens wrote and without numbers."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import TypeAdapter

from channels.http.deps import Deps
from core.database.models import Handoff
from core.handoff import OPEN
from core.web.row_numbers import RowNumber
from integrators.api.access import resource, scoped
from integrators.api.pagination import Cursor, Limit, Page, cursor_of, place_of
from integrators.shown_handoffs import ShownHandoff, citizens_handoffs
from integrators.tokens import Scope

_PLACE = TypeAdapter(tuple[RowNumber])


def router(deps: Deps) -> APIRouter:
    """Returns the route."""
    routes = resource(scoped(deps, Scope.HANDOFFS))

    @routes.get("/handoffs")
    async def handoffs(
        limit: Limit = 50,
        cursor: Cursor = "",
        *,
        open_only: Annotated[bool, Query(alias="open", description="Only those that are not ended.")] = False,
    ) -> Page[ShownHandoff]:
        """Lists citizens' handoffs, the latest first."""
        query = citizens_handoffs()
        if open_only:
            query = query.where(Handoff.state.in_(OPEN))
        if cursor:
            query = query.where(Handoff.seq < place_of(cursor, _PLACE)[0])
        async with deps.database.read() as session:
            rows = (await session.execute(query.order_by(Handoff.seq.desc()).limit(limit + 1))).all()
        after = cursor_of(rows[limit - 1].seq) if len(rows) > limit else None
        return Page(data=[ShownHandoff.model_validate(row) for row in rows[:limit]], next=after)

    return routes
