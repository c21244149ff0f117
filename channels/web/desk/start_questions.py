"""Questions offered at the start of a conversation: editors see them, pin and hide them."""

import hashlib
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlalchemy import delete, select

from channels.web.questions import FirstQuestions
from core.database import Database
from core.database.conflict import insert_into
from core.database.models import StartQuestion
from core.identity import Right, Staff
from core.languages import PANEL_LANGUAGES, PanelLanguage
from core.settings import Settings
from core.text.folding import fold
from desk import back, render, signed_in

PAGE = "/desk/start-questions"
Reader = Annotated[Staff, Depends(signed_in(Right.READ_ENTRIES))]
Editor = Annotated[Staff, Depends(signed_in(Right.EDIT_ENTRIES))]


def router(database: Database, settings: Settings) -> APIRouter:
    """Returns the page ``/desk/start-questions``."""
    routes = APIRouter()

    @routes.get(PAGE, include_in_schema=False)
    async def overview(http: Request, staff: Reader) -> Response:
        async with database.read() as session:
            rows = list(await session.scalars(select(StartQuestion).order_by(StartQuestion.created_at)))
        offer = FirstQuestions(database, settings)  # not the citizens', which may be ten minutes old
        offered = {language: await offer(language) for language in PANEL_LANGUAGES}
        return render(http, staff, "website/start_questions.html", questions=rows, offered=offered)

    @routes.post(PAGE, include_in_schema=False)
    async def choose(
        staff: Editor,
        text: Annotated[str, Form(max_length=200)],
        language: Annotated[PanelLanguage, Form()] = "fr",
        choice: Annotated[Literal["pin", "hide"], Form()] = "pin",
    ) -> Response:
        text = " ".join(text.replace("\x00", "").split())
        if not text:
            return back(PAGE, failed="start_blank")
        identifier = hashlib.sha256(f"{language} {fold(text)}".encode()).hexdigest()
        values = {"text": text, "hidden": choice == "hide", "author": staff.id}
        async with database.write() as session:
            await session.execute(
                insert_into(session, StartQuestion)
                .values(id=identifier, language=language, **values)
                .on_conflict_do_update(index_elements=["id"], set_=values)
            )
        return back(PAGE, "start_kept")

    @routes.post(PAGE + "/{name}/remove", include_in_schema=False)
    async def remove(name: str, staff: Editor) -> Response:
        async with database.write() as session:
            await session.execute(delete(StartQuestion).where(StartQuestion.id == name))
        return back(PAGE, "start_removed")

    return routes
