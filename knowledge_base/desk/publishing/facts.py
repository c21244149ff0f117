"""What a publication has changed in facts, who was told the old ones, and how golden questions about them fared."""

from fastapi import APIRouter, Request, Response

from core.database import Database
from core.database.base import now
from core.identity import Right
from core.problems import Problem
from desk import render
from knowledge_base.desk.access import Reader
from knowledge_base.publishing.publications import get
from knowledge_base.quality.facts.shown import DAYS, SHOWN, answers_that_stated, changed_entries, golden_of


def router(database: Database) -> APIRouter:
    """Returns the page of a publication's changed facts; before its activation, too."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/desk/publications/{name}/facts")
    async def facts(name: str, http: Request, staff: Reader) -> Response:
        publication = await get(database, name)
        if publication is None:
            raise Problem(404)
        entries = await changed_entries(database, [change.model_dump(mode="json") for change in publication.changes])
        until = publication.finished_at or now()
        answers = await answers_that_stated(database, entries, until) if entries else []
        worse = {one.golden for one in publication.report.worse} if publication.report else set()
        return render(
            http,
            staff,
            "publishing/facts.html",
            publication=publication,
            entries=entries[:SHOWN],
            answers=answers[:SHOWN],
            total=len(answers),
            days=DAYS.days,
            golden=[(one, one.name in worse) for one in await golden_of(database, entries)][:SHOWN],
            may_read=staff.may(Right.HANDLE_CONVERSATIONS),
        )

    return routes
