"""Subjects with unanswered questions, and the editors' actions on them."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from core.database import Database
from core.problems import Problem
from core.web.row_numbers import RowNumber
from desk import back, render
from knowledge_base.desk.access import Editor, Reader
from knowledge_base.desk.publishing.engine import EngineClient
from knowledge_base.desk.publishing.forms import Line, parse_entry
from knowledge_base.editing import listing
from knowledge_base.editing.collections import all_collections
from knowledge_base.editing.errors import EditRefused
from knowledge_base.quality.demand import subjects
from knowledge_base.quality.demand.subjects import Cluster, NoCluster
from retrieval.explanation import Ground

_PAGE = "/desk/demand"
_NEAR = 4  # entries offered for the wordings


def router(database: Database, engine: EngineClient, collection: str) -> APIRouter:
    """Returns the pages under ``/desk/demand`` and ``GET /api/desk/demand``."""
    routes = APIRouter()

    @routes.get(_PAGE, include_in_schema=False)
    async def overview(http: Request, staff: Reader) -> Response:
        return render(
            http,
            staff,
            "publishing/demand.html",
            clusters=await subjects.clusters(database),
            names=await listing.names(database),
        )

    @routes.get("/api/desk/demand")
    async def listed(staff: Reader) -> list[Cluster]:
        """Returns the subjects with unanswered questions in the last four weeks, those of most citizens first."""
        return await subjects.clusters(database)

    @routes.get(_PAGE + "/{number}", include_in_schema=False)
    async def one(number: RowNumber, http: Request, staff: Reader) -> Response:
        cluster = await _found(database, number)
        return render(
            http,
            staff,
            "publishing/subject.html",
            cluster=cluster,
            near=await _near(engine, collection, cluster),
            collections=[row.name for row in await all_collections(database) if staff.may_edit(row.name)],
            names=await listing.names(database),
        )

    @routes.post(_PAGE + "/{number}", include_in_schema=False)
    async def act(
        number: RowNumber,
        staff: Editor,
        action: Annotated[str, Form(max_length=20)],
        target: Line = "",
        other: Line = "",
        collection: Line = "",
        wording: Annotated[list[str] | None, Form()] = None,
    ) -> Response:
        """Carries out the chosen action: draft, attach, out_of_scope, reopen, assign or rename. ``use`` stands for draft or
        attach, depending on ``target`` (collection/id, ``other`` or ``new``).
        """
        cluster = await _found(database, number)
        if action == "use":
            action, target = ("draft", collection) if target == "new" else ("attach", other if target == "other" else target)
        chosen = [one for one in wording or () if one in cluster.examples]
        try:
            if action == "draft":
                collection = target.strip()
                if not collection or not staff.may_edit(collection):
                    raise Problem(403, "publishing.not_your_collection")
                await subjects.draft(database, number, collection=collection, author=staff.id, wordings=chosen)
            elif action == "attach":
                collection, page = parse_entry(target, staff)
                await subjects.attach(database, number, collection=collection, page=page, author=staff.id, wordings=chosen)
            elif action == "out_of_scope":
                await subjects.out_of_scope(database, number, author=staff.id)
            elif action == "reopen":
                await subjects.reopen(database, number, author=staff.id)
            elif action == "assign":
                await subjects.assign(database, number, to=target.strip()[:128], author=staff.id)
            elif action == "rename":
                await subjects.rename(database, number, name=target, author=staff.id)
            else:
                raise Problem(422)
        except EditRefused as error:
            raise Problem(409, "publishing.not_attached") from error
        return back(f"{_PAGE}/{number}", f"did_{action}")

    return routes


async def _found(database: Database, number: int) -> Cluster:
    try:
        return await subjects.get(database, number)
    except NoCluster as error:
        raise Problem(404) from error


async def _near(engine: EngineClient, collection: str, cluster: Cluster) -> list[Ground]:
    """Returns the entries nearest to the subject; none if the engine does not answer, since the page has a field too."""
    try:
        found = await engine.explain(cluster.title, locale="fr", collection=collection, entry="")
    except Problem:
        return []
    return list(found.ranking[:_NEAR])
