"""The insights' part of the desk: charts and tables, down to the masked conversations behind them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi import Path as PathParam
from starlette.exceptions import HTTPException

from analytics.desk.insights import as_csv
from analytics.desk.insights.pages import Reader
from analytics.desk.insights.scope import Reading, ScopeParameters, ScopeQuery, query_of
from analytics.insights.drill import TurnFilter
from conversations.ports import Renderer
from core.channels import CHANNELS
from core.database import Database
from core.database.base import now
from core.database.models import Conversation
from core.dates import local_day
from core.identity import Right, Staff
from core.identity.conversation_access import REASON_CHARACTERS, Access, access_to, record_denial, record_read
from core.settings import Settings
from core.turns import Origin
from core.web.routes import join_router
from core.web.row_numbers import RowNumber
from desk import Figure, Item, Part, render
from supervision.handoffs.listing import transcript

Id = Annotated[str, PathParam(pattern="^[0-9A-Za-z_-]{1,32}$")]
PAGES = ("overview", "subjects", "hours", "unanswered", "costs", "forecast", "levels")


def part(settings: Settings, database: Database, text: Renderer, *, origin: str = Origin.CITIZEN) -> Part:
    """Returns the part with the pages under ``/desk/insights``. ``text`` renders the blocks of a reply."""
    reader, routes = Reader(database, settings, origin), APIRouter(include_in_schema=False)
    join_router(routes, as_csv.router(settings, database, origin))

    async def page(request: Request, staff: Staff, name: str, parameters: ScopeParameters, **values: Any) -> Response:
        scope = parameters.scope(local_day(now(), settings.opening.zone), origin)
        frame = await reader.frame(scope)
        match name:
            case "turns":
                values |= await reader.turns(scope, staff, values["narrowed"], values["before"])
            case "unanswered":
                values |= await reader.unanswered(scope, staff)
            case "forecast":
                values |= await reader.forecast(local_day(now(), settings.opening.zone))
            case _:
                values |= await getattr(reader, name)(scope)
        return render(
            request,
            staff,
            f"insights/{name}.html",
            name=name,
            pages=PAGES,
            query_of=query_of,
            channels=CHANNELS,
            wide=True,
            **frame,
            **values,
        )

    @routes.get("/desk/insights")
    async def overview(request: Request, staff: Reading, parameters: ScopeQuery) -> Response:
        return await page(request, staff, "overview", parameters)

    @routes.get("/desk/insights/turns")
    async def turns(
        request: Request,
        staff: Reading,
        parameters: ScopeQuery,
        outcome: Annotated[str, Query(max_length=16)] = "",
        entry: Annotated[str, Query(max_length=64)] = "",
        not_useful: bool = False,
        before: RowNumber = 0,
    ) -> Response:
        narrowed = TurnFilter(outcome.replace("\x00", ""), entry.replace("\x00", ""), not_useful)
        return await page(request, staff, "turns", parameters, narrowed=narrowed, before=before)

    @routes.get("/desk/insights/conversations/{conversation}")
    async def conversation(request: Request, staff: Reading, conversation: Id) -> Response:
        """Shows the conversation, or asks for the reason for reading it."""
        row, access = await require_access(staff, conversation)
        return await render_conversation(request, staff, row) if access is Access.OPEN else ask_reason(request, staff)

    @routes.post("/desk/insights/conversations/{conversation}")
    async def conversation_for_a_reason(
        request: Request, staff: Reading, conversation: Id, reason: Annotated[str, Form()] = ""
    ) -> Response:
        """Shows the conversation once, for the written reason; asks again if the text is no reason."""
        row, access = await require_access(staff, conversation)
        if access is Access.OPEN:
            return await render_conversation(request, staff, row)
        reason = " ".join(reason.replace("\x00", "").split())
        least, most = REASON_CHARACTERS
        if not least <= len(reason) <= most:
            return ask_reason(request, staff, wrong=reason[:most])
        return await render_conversation(request, staff, row, reason=reason)

    async def require_access(staff: Staff, conversation: str) -> tuple[Conversation, Access]:
        """Returns the conversation and the access that ``staff`` has to it. Raises ``Denied`` if there is none, and 404."""
        async with database.read() as session:
            row = await session.get(Conversation, conversation)
        if row is None or row.origin != origin:
            raise HTTPException(404)
        access = await access_to(database, staff, row.id)
        if access is Access.CLOSED:
            raise await record_denial(database, staff, row.id, "read", access)
        return row, access

    async def render_conversation(request: Request, staff: Staff, row: Conversation, **details: str) -> Response:
        async with database.write() as session:  # every reading of a conversation is audited
            await record_read(session, staff.id, row.id, **details)
        lines = await transcript(database, row.id, text)
        return render(request, staff, "insights/conversation.html", conversation=row, lines=lines)

    def ask_reason(request: Request, staff: Staff, wrong: str | None = None) -> Response:
        least, most = REASON_CHARACTERS
        status = 200 if wrong is None else 422
        return render(request, staff, "insights/reason.html", status=status, wrong=wrong, least=least, most=most)

    @routes.get("/desk/insights/{name}")
    async def named_page(request: Request, staff: Reading, name: str, parameters: ScopeQuery) -> Response:
        if name not in PAGES:
            raise HTTPException(404)
        return await page(request, staff, name, parameters)

    async def figures(staff: Staff) -> Sequence[Figure]:
        return await reader.figures(staff, local_day(now(), settings.opening.zone)) if staff.may(Right.READ_INSIGHTS) else ()

    return Part(
        name="insights",
        figures=figures,
        folder=Path(__file__).parent,
        router=routes,
        items=(Item(key="nav", path="/desk/insights", right=Right.READ_INSIGHTS, group="figures", order=40),),
    )
