"""Notes and labels on a conversation."""

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from core.identity.conversation_access import roster, visible_to
from supervision.desk.console.callers import Handling, Supervisor
from supervision.desk.console.services import ConsoleServices
from supervision.handoffs.notes import MOST_CHARACTERS, add_label, drop_label, known_labels, write_note


class Text(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=MOST_CHARACTERS)


def router(services: ConsoleServices) -> APIRouter:
    routes = APIRouter(prefix="/api/desk/console")
    database, event_bus = services.deps.database, services.deps.event_bus

    @routes.post("/handoffs/{identifier}/notes", status_code=201)
    async def note(identifier: str, body: Text, handling: Handling) -> Response:
        """Adds a note, which only colleagues see; masks personal data in it."""
        listed = handling.listed
        async with database.write() as session:
            write_note(session, listed.conversation, handling.staff.id, body.text)
        await event_bus.notify(listed.conversation, "note")
        return Response(status_code=201)

    @routes.post("/handoffs/{identifier}/labels", status_code=201)
    async def label(identifier: str, body: Text, handling: Handling) -> dict[str, str]:
        listed = handling.listed
        async with database.write() as session:
            label_kept = await add_label(session, listed.conversation, handling.staff.id, body.text)
        await event_bus.notify(listed.conversation, "note")
        return {"label": label_kept}

    @routes.delete("/handoffs/{identifier}/labels", status_code=204)
    async def unlabel(identifier: str, text: str, handling: Handling) -> Response:
        listed = handling.listed
        async with database.write() as session:
            await drop_label(session, listed.conversation, text)
        await event_bus.notify(listed.conversation, "note")
        return Response(status_code=204)

    @routes.get("/labels")
    async def labels(staff: Supervisor) -> list[str]:
        """Returns the labels in use on conversations of the caller's teams and of no team."""
        async with database.read() as session:
            return list(await known_labels(session, visible_to(staff, (await roster(session)).teams)))

    return routes
