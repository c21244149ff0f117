"""The actions on a handoff, as JSON. Each sends the fencing number of the claim that it relies on."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select, update

from conversations.intake.call_back_numbers import as_dialled
from core.database.models import Handoff, Message
from core.handoff import Kind, State
from core.identity.conversation_access import Access, accesses, record_view
from core.identity.staff import staff_names
from core.web.row_numbers import RowNumber
from supervision.desk.console.callers import Handling, Supervisor
from supervision.desk.console.services import ConsoleServices
from supervision.desk.console.suggestions import card_of
from supervision.desk.console.view import View, view
from supervision.handoffs.ended_search import EndedHandoff, search_ended
from supervision.handoffs.listing import ListedHandoff, list_handoffs, number_of
from supervision.handoffs.presence import present_supervisors
from supervision.handoffs.teams import teams


class HandoffAction(BaseModel):
    """An action. ``fencing``: as the handoff showed it when the action was chosen."""

    model_config = ConfigDict(extra="forbid")

    fencing: RowNumber


class SupervisorReply(HandoffAction):
    """A reply: ``text``, with the passage of ``entry`` below it if there is one. ``answer``: the held answer that it replaces.

    ``reply``: an id made by the caller. A reply with the same id is sent only once.
    """

    text: str = Field("", max_length=5000)
    entry: str = Field("", max_length=64)
    passage: int = Field(0, ge=0)
    answer: str = Field("", max_length=32)
    reply: str = Field("", pattern=r"^([0-9a-f]{32})?$")


class AnswerDecision(HandoffAction):
    """A decision on the held ``answer``."""

    answer: str = Field(min_length=1, max_length=32)


class Transfer(HandoffAction):
    """A transfer. ``to``: the id of a supervisor, or ``team:NAME``."""

    to: str = Field(max_length=80)
    note: str = Field(max_length=5000)


class Closing(HandoffAction):
    to_bot: bool = False
    summary: str = Field("", max_length=5000)


class Colleague(BaseModel):
    """A supervisor with ``holding`` of ``capacity`` conversations (0: no limit)."""

    id: str
    name: str
    available: bool
    capacity: int
    holding: int


class Colleagues(BaseModel):
    people: list[Colleague]
    teams: list[str]


def router(services: ConsoleServices) -> APIRouter:
    routes = APIRouter(prefix="/api/desk/console")
    _add_reading(routes, services)
    _add_actions(routes, services)
    return routes


def _add_reading(routes: APIRouter, services: ConsoleServices) -> None:
    """Adds the routes that only read: lists, one conversation, and the supervisors present."""
    database = services.deps.database

    @routes.get("/handoffs")
    async def list_open(staff: Supervisor) -> list[ListedHandoff]:
        """Returns the open handoffs that ``staff`` may read."""
        rows = await list_handoffs(database)
        async with database.read() as session:
            access = await accesses(session, staff, {row.conversation for row in rows})
        return [row for row in rows if access[row.conversation] is Access.OPEN]

    @routes.get("/handoffs/ended")
    async def list_ended(
        staff: Supervisor,
        words: Annotated[str, Query(max_length=200)] = "",
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
    ) -> list[EndedHandoff]:
        """Returns the ended handoffs, latest first. With ``words``, only those that contain each of them."""
        return await search_ended(database, staff, words.replace("\x00", ""), limit=limit)

    @routes.get("/handoffs/{identifier}")
    async def show(handling: Handling) -> View:
        """Returns a handoff with its conversation, and a call-back's number if the caller holds it."""
        staff, listed = handling.staff, handling.listed
        await record_view(database, staff, listed.conversation)
        async with database.read() as session:
            shown = await view(session, listed, services.deps.renderers["web"], await staff_names(session))
        if listed.kind == Kind.CALL_BACK and (listed.state, listed.owner) == (State.CLAIMED, staff.id):
            number = await number_of(database, services.deps.addresses, handling.claim(listed.fencing))
            return shown.model_copy(update={"number": number, "number_shown": number and as_dialled(number)})
        return shown

    @routes.get("/colleagues")
    async def colleagues(staff: Supervisor) -> Colleagues:
        """Returns the supervisors present now, and the teams."""
        async with database.read() as session:
            names = await staff_names(session)
            people = [
                Colleague(
                    id=present.duty.name,
                    name=names.get(present.duty.name, present.duty.name),
                    available=present.duty.available,
                    capacity=present.duty.capacity,
                    holding=present.claims,
                )
                for present in await present_supervisors(session)
            ]
            return Colleagues(people=people, teams=[team.name for team in await teams(session)])


def _add_actions(routes: APIRouter, services: ConsoleServices) -> None:
    """Adds the routes by which a supervisor acts on a conversation."""
    database, desk = services.deps.database, services.desk

    @routes.post("/handoffs/{identifier}/claim")
    async def claim(identifier: str, handling: Handling) -> ListedHandoff:
        await desk.claim(identifier, handling.staff.id)
        return await services.find_handoff(identifier)

    @routes.post("/handoffs/{identifier}/reply", status_code=201)
    async def reply(body: SupervisorReply, handling: Handling) -> dict[str, str]:
        card = await card_of(services, body.entry, body.passage) if body.entry else None
        claim = handling.claim(body.fencing)
        return {"id": await desk.reply(claim, body.text, card=card, answer=body.answer, reply=body.reply)}

    @routes.post("/handoffs/{identifier}/approve", status_code=201)
    async def approve(body: AnswerDecision, handling: Handling) -> dict[str, str]:
        """Sends a held answer as it is."""
        return {"id": await desk.approve(handling.claim(body.fencing), body.answer)}

    @routes.post("/handoffs/{identifier}/refuse", status_code=204)
    async def refuse(body: AnswerDecision, handling: Handling) -> Response:
        """Refuses a held answer, and informs the citizen."""
        await desk.refuse(handling.claim(body.fencing), body.answer)
        return Response(status_code=204)

    @routes.post("/handoffs/{identifier}/release")
    async def release(identifier: str, body: HandoffAction, handling: Handling) -> ListedHandoff:
        await desk.release(handling.claim(body.fencing))
        return await services.find_handoff(identifier)

    @routes.post("/handoffs/{identifier}/transfer")
    async def transfer(identifier: str, body: Transfer, handling: Handling) -> ListedHandoff:
        await desk.transfer(handling.claim(body.fencing), body.to, body.note)
        return await services.find_handoff(identifier)

    @routes.post("/handoffs/{identifier}/close")
    async def close(identifier: str, ending: Closing, handling: Handling) -> ListedHandoff:
        await desk.close(handling.claim(ending.fencing), to_bot=ending.to_bot, summary=ending.summary)
        return await services.find_handoff(identifier)

    @routes.post("/handoffs/{identifier}/read", status_code=204)
    async def read(identifier: str, handling: Handling) -> Response:
        """Marks all messages so far as read by the owner. Changes nothing for anybody else."""
        last = select(func.max(Message.seq)).where(Message.conversation_id == Handoff.conversation_id).scalar_subquery()
        async with database.write() as session:
            await session.execute(
                update(Handoff)
                .where(Handoff.id == identifier, Handoff.owner == handling.staff.id, Handoff.state == State.CLAIMED)
                .values(read_seq=func.coalesce(last, 0))
                .execution_options(synchronize_session=False)
            )
        await services.deps.event_bus.notify(identifier, "read")
        return Response(status_code=204)
