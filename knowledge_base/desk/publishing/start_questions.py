"""Questions offered at the start of a conversation: editors pin and hide them."""

import hashlib
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy import delete, select

from core.database import Database
from core.database.conflict import insert_into
from core.database.models import StartQuestion
from core.languages import PANEL_LANGUAGES, PanelLanguage
from core.text.folding import fold
from desk import back, render
from knowledge_base.desk.access import Editor, Reader

_PAGE = "/desk/start-questions"


def router(database: Database) -> APIRouter:
    """Returns the page ``/desk/start-questions``."""
    routes = APIRouter()

    @routes.get(_PAGE, include_in_schema=False)
    async def overview(http: Request, staff: Reader) -> Response:
        async with database.read() as session:
            rows = list(await session.scalars(select(StartQuestion).order_by(StartQuestion.created_at)))
        return render(http, staff, "publishing/start_questions.html", questions=rows, languages=PANEL_LANGUAGES)

    @routes.post(_PAGE, include_in_schema=False)
    async def choose(
        staff: Editor,
        text: Annotated[str, Form(max_length=200)],
        language: Annotated[PanelLanguage, Form()] = "fr",
        choice: Annotated[Literal["pin", "hide"], Form()] = "pin",
    ) -> Response:
        text = " ".join(text.replace("\x00", "").split())
        if not text:
            return back(_PAGE, failed="start_blank")
        identifier = hashlib.sha256(f"{language} {fold(text)}".encode()).hexdigest()
        values = {"text": text, "hidden": choice == "hide", "author": staff.id}
        async with database.write() as session:
            await session.execute(
                insert_into(session, StartQuestion)
                .values(id=identifier, language=language, **values)
                .on_conflict_do_update(index_elements=["id"], set_=values)
            )
        return back(_PAGE, "start_kept")

    @routes.post(_PAGE + "/{name}/remove", include_in_schema=False)
    async def remove(name: str, staff: Editor) -> Response:
        async with database.write() as session:
            await session.execute(delete(StartQuestion).where(StartQuestion.id == name))
        return back(_PAGE, "start_removed")

    return routes
