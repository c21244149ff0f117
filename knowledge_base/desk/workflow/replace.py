"""``/desk/replace``: words are found in all entries, or in one, and replaced after a preview, by one publication."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response

from core.database import Database
from core.identity import Right
from core.problems import Problem
from core.settings import Settings
from desk import render
from knowledge_base.desk.access import Editor
from knowledge_base.desk.workflow.publishing import publish
from knowledge_base.desk.workflow.shared import answered, check_collection, counts, target_of
from knowledge_base.editing import replacing, steps
from knowledge_base.editing.diff import Difference, differences
from knowledge_base.editing.replacing import Found, Replacement
from knowledge_base.editing.steps import Policy

_PATH = "/desk/replace"
_LEAST, _MOST = 2, 200  # characters

Words = Annotated[str, Query(max_length=500)]


def router(database: Database, settings: Settings) -> APIRouter:
    """Returns the routes of the page."""
    routes = APIRouter()
    policy = Policy(two_persons=settings.desk_two_persons)

    @routes.get(_PATH)
    async def page(request: Request, staff: Editor, find: Words = "", instead: Words = "", entry: Words = "") -> Response:
        found: list[tuple[Found, tuple[Difference, ...]]] = []
        error = _fault(find, instead) if find or instead else ""
        if find and not error:
            wanted = await replacing.find(
                database, Replacement(find, instead), collections=staff.collections, entry=entry.strip()
            )
            if sum(one.places for one in wanted) > replacing.MOST_PLACES:
                error, wanted = "replace_many", []
            found = await asyncio.to_thread(lambda: [(one, differences(one.old, one.new)) for one in wanted])
        return render(
            request,
            staff,
            "workflow/replace.html",
            status=422 if error else 200,
            asked={"find": find, "instead": instead, "entry": entry.strip()},
            error=error,
            found=found[: replacing.MOST],
            more=len(found) > replacing.MOST,
            places=sum(one.places for one, _ in found[: replacing.MOST]),
            **counts(request),
        )

    @routes.post(_PATH)
    async def replace(
        request: Request,
        staff: Editor,
        find: Annotated[str, Form(max_length=500)],
        instead: Annotated[str, Form(max_length=500)],
    ) -> Response:
        form = await request.form(max_fields=replacing.MOST + 10)
        targets = [target for one in form.getlist("entry") if (target := target_of(str(one))) is not None]
        action = str(form.get("action", ""))
        if not targets or action not in ("submit", "publish") or _fault(find, instead):
            raise Problem(422, "workflow.nothing_chosen")
        for target in targets:
            check_collection(staff, target.collection)
        if action == "publish" and not staff.may(Right.PUBLISH_ENTRIES):
            raise Problem(403, "workflow.refused_not_allowed")
        reason = f"{find.strip()} → {instead.strip()}"
        results = await replacing.replace(database, Replacement(find, instead), targets, author=staff.id, reason=reason)
        saved = [one.target for one in results if one.code is None]
        refused = [one for one in results if one.code is not None]
        publication = ""
        if action == "submit":
            results = await steps.submit(database, saved, author=staff.id, reason=reason)
        elif saved:
            results, publication = await publish(database, saved, staff.id, reason, policy)
        return answered("/desk/work", [*refused, *(results if saved else ())], "did_replace", publication)

    return routes


def _fault(find: str, instead: str) -> str:
    """Returns the key of the text that says what to correct; empty if nothing."""
    if not _LEAST <= len(find.strip()) <= _MOST or not 1 <= len(instead.strip()) <= _MOST:
        return "replace_words"
    return "replace_same" if find.split() == instead.split() else ""
