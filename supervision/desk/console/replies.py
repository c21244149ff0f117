"""Saved replies, shared by all supervisors. The author of one, or a manager of conversations, may delete it."""

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from core.database.models import SavedReply
from core.identity import Right, Staff
from core.languages import LANGUAGES
from core.problems import Problem
from supervision.desk.console.callers import Supervisor
from supervision.desk.console.services import ConsoleServices
from supervision.handoffs.saved_replies import drop_reply, save_reply, saved_replies
from supervision.handoffs.supervisor_actions import REPLY_CHARACTERS


class Saved(BaseModel):
    """A saved reply. ``deletable``: by the caller."""

    id: str
    shortcut: str
    language: str
    text: str
    deletable: bool


class Saving(BaseModel):
    model_config = ConfigDict(extra="forbid")

    shortcut: str = Field(max_length=32)
    language: str = Field(max_length=8)
    text: str = Field(min_length=1, max_length=REPLY_CHARACTERS)


def _may_delete(staff: Staff, author: str) -> bool:
    return author == staff.id or staff.may(Right.MANAGE_CONVERSATIONS)


def router(services: ConsoleServices) -> APIRouter:
    routes = APIRouter(prefix="/api/desk/console/replies")
    database = services.deps.database

    @routes.get("")
    async def list_replies(staff: Supervisor) -> list[Saved]:
        async with database.read() as session:
            return [
                Saved(
                    id=row.id,
                    shortcut=row.shortcut,
                    language=row.language,
                    text=row.text,
                    deletable=_may_delete(staff, row.author),
                )
                for row in await saved_replies(session)
            ]

    @routes.post("", status_code=201)
    async def save(saving: Saving, staff: Supervisor) -> Response:
        """Saves a reply under its shortcut, replacing an existing one."""
        if saving.language not in LANGUAGES:
            raise Problem(422)
        try:
            async with database.write() as session:
                await save_reply(session, author=staff.id, **saving.model_dump())
        except ValueError:
            raise Problem(422, "console.shortcut_wrong") from None
        return Response(status_code=201)

    @routes.delete("/{identifier}", status_code=204)
    async def drop(identifier: str, staff: Supervisor) -> Response:
        async with database.write() as session:
            rows = await session.execute(select(SavedReply.author).where(SavedReply.id == identifier))
            author = rows.scalar_one_or_none()
            if author is None:
                raise Problem(404, "console.refused_unknown")
            if not _may_delete(staff, author):
                raise Problem(403, "console.not_your_reply")
            await drop_reply(session, identifier)
        return Response(status_code=204)

    return routes
