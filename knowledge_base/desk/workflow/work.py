"""Work in progress: drafts by stage, with steps for many at once; and the entries to be reviewed."""

from datetime import timedelta

from fastapi import APIRouter, Request, Response

from core.database import Database
from core.database.base import now
from core.dates import local_day
from core.identity import Right
from core.problems import Problem
from core.settings import Settings
from desk import back, render
from desk.shell import shell_of
from knowledge_base.desk.access import Editor, Reader
from knowledge_base.desk.editor.views import LIST, Filters
from knowledge_base.desk.workflow.actions import ON_MANY
from knowledge_base.desk.workflow.shared import answered, check_collection, counts, day_of, target_of
from knowledge_base.editing import listing, metadata
from knowledge_base.editing.steps import STAGES, Policy
from knowledge_base.editing.verifying import verify

_AHEAD = timedelta(days=30)
_MANY = 500


def router(database: Database, settings: Settings) -> APIRouter:
    """Returns the routes of ``/desk/work``."""
    routes = APIRouter()
    policy = Policy(two_persons=settings.desk_two_persons)

    @routes.get("/desk/work")
    async def work(request: Request, staff: Reader) -> Response:
        stage = request.query_params.get("stage", "")
        stage = stage if stage in STAGES else ""
        mine = request.query_params.get("mine") == "1"
        today = local_day(now(), settings.opening.zone)
        return render(
            request,
            staff,
            "workflow/work.html",
            stage=stage,
            stages=STAGES,
            mine=mine,
            rows=await listing.in_progress(database, stage, staff.collections, person=staff.id if mine else ""),
            returned={(row.collection, row.id) for row in await listing.returned(database)},
            reminders=await listing.to_review(database, today + _AHEAD, collections=staff.collections),
            limit=listing.LIMIT,
            today=today,
            names=await listing.names(database),
            **counts(request),
        )

    @routes.post("/desk/work")
    async def many(request: Request, staff: Editor) -> Response:
        form = await request.form(max_fields=_MANY + 10)
        targets = [target for one in form.getlist("entry") if (target := target_of(str(one))) is not None]
        for target in targets:
            check_collection(staff, target.collection)
        action, reason = str(form.get("action", "")), str(form.get("reason", ""))[:500]
        if action == "keep" and targets:
            owner, review_by = str(form.get("owner", ""))[:128], day_of(str(form.get("review_by", "")))
            results = await metadata.assign_all(database, targets, owner=owner, review_by=review_by, author=staff.id)
            # From a list of entries, with its filters: the same list again.
            asked = {name: one for name, one in request.query_params.items() if one and name in (*Filters.model_fields, "page")}
            if not asked:
                return answered("/desk/work", results, "did_keep")
            failed = "not_all_kept" if any(one.code for one in results) else ""
            return back(LIST, "" if failed else "did_keep", failed=failed, **asked)
        if action == "verify" and targets:
            today = local_day(now(), settings.opening.zone)
            reason = shell_of(request).words.text("workflow", "verify_reason", settings.default_language)
            results = await verify(database, targets, today, author=staff.id, reason=reason)
            refused = [one for one in results if one.code is not None]
            # An entry that has this day already keeps its head.
            saved = [one.target for one in results if one.code is None and one.target not in targets]
            action = "publish" if staff.may(Right.PUBLISH_ENTRIES) and not policy.two_persons else "submit"
            decided, publication = await ON_MANY[action](database, saved, staff.id, reason, policy)
            return answered("/desk/work", [*refused, *decided], "did_submit" if saved else "did_keep", publication)
        if action not in ON_MANY or not targets:
            raise Problem(422, "workflow.nothing_chosen")
        if action != "submit" and not staff.may(Right.PUBLISH_ENTRIES):
            raise Problem(403, "workflow.refused_not_allowed")
        results, publication = await ON_MANY[action](database, targets, staff.id, reason, policy)
        return answered("/desk/work", results, f"did_{action}", publication)

    return routes
