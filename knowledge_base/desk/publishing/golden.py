"""Golden questions at the desk."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from pydantic import ValidationError

from core.database import Database
from core.problems import Problem
from desk import back, render
from knowledge_base.desk.access import Editor, Reader
from knowledge_base.desk.publishing.forms import Line
from knowledge_base.quality.golden import store
from knowledge_base.quality.golden.contracts import Golden

_PAGE = "/desk/golden"


def router(database: Database) -> APIRouter:
    """Returns the page ``/desk/golden`` and ``/api/desk/golden``."""
    routes = APIRouter()

    @routes.get(_PAGE, include_in_schema=False)
    async def overview(http: Request, staff: Reader) -> Response:
        return render(http, staff, "publishing/golden.html", questions=await store.golden(database, inactive=True))

    @routes.post(_PAGE, include_in_schema=False)
    async def keep(staff: Editor, question: Line, entries: Line = "", heading: Line = "", situation: Line = "") -> Response:
        gold = tuple(one.strip() for one in entries.replace(",", " ").split() if one.strip())
        part = {"heading": heading.strip(), "situation": situation.strip()}
        with golden_problems():
            given = Golden(question=question, gold=gold, **part, origin="editor", author=staff.id)
            await store.add(database, given, within=staff.collections)
        return back(_PAGE, "golden_kept")

    @routes.post(_PAGE + "/{name}/active", include_in_schema=False)
    async def switch(name: str, staff: Editor, active: Annotated[bool, Form()]) -> Response:
        with golden_problems():
            if not await store.set_active(database, name, active=active, within=staff.collections):
                raise Problem(404)
        return back(_PAGE, "golden_asked" if active else "golden_rests")

    @routes.get("/api/desk/golden")
    async def listed(staff: Reader) -> list[Golden]:
        """Returns all golden questions, including the inactive ones."""
        return await store.golden(database, inactive=True)

    @routes.post("/api/desk/golden", status_code=201)
    async def added(question: Golden, staff: Editor) -> dict[str, str]:
        """Saves a question. A known question gets the accepted entries in addition."""
        with golden_problems():
            given = question.model_copy(update={"author": staff.id})
            return {"id": await store.add(database, given, within=staff.collections)}

    return routes


@contextmanager
def golden_problems() -> Iterator[None]:
    """Turns the refusals of a golden question into ``Problem``.

    An entry of another collection is a 403, because the question would guard it at each publication.
    """
    try:
        yield
    except store.NotTheirCollection as error:
        raise Problem(403, "publishing.not_your_collection") from error
    except store.UnknownEntries as error:
        raise Problem(422, "publishing.golden_unknown", names=error.names) from error
    except ValidationError as error:
        raise Problem(422, "publishing.not_golden") from error
