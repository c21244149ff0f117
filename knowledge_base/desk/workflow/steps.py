"""The steps of one entry, and its metadata."""

from datetime import datetime
from zoneinfo import ZoneInfo

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
from knowledge_base.desk.editor.contracts import Preview
from knowledge_base.desk.workflow.actions import ON_ONE
from knowledge_base.desk.workflow.review import review_of
from knowledge_base.desk.workflow.shared import address, answered, check_collection, day_of, refusals
from knowledge_base.editing import listing, metadata, steps
from knowledge_base.editing.steps import Policy, Target

_OF_PUBLISHERS = ("approve", "send_back", "check", "schedule", "publish", "archive")


def router(database: Database, settings: Settings, preview: Preview | None) -> APIRouter:
    """Returns the routes of ``/desk/entries/{collection}/{page}/workflow``."""
    routes = APIRouter()
    policy = Policy(two_persons=settings.desk_two_persons)
    zone = ZoneInfo(settings.desk_timezone)

    @routes.get("/desk/entries/{collection}/{page}/workflow")
    async def workflow(request: Request, collection: str, page: str, staff: Reader) -> Response:
        words = shell_of(request).words
        with refusals():
            entry = await listing.workflow_state(database, collection, page)
            translations = await listing.translations(database, collection, page)
            review = entry.stage and await review_of(
                database,
                entry,
                preview,
                months=settings.verified_months,
                today=local_day(now(), zone),
                label=lambda field: words.text("editor", field, staff.language),
            )
        return render(
            request,
            staff,
            "workflow/workflow.html",
            entry=entry,
            translations=translations,
            review=review or None,
            disputed=bool(await listing.with_open_conflicts(database, [collection], page=page)),
            names=await listing.names(database),
            may_edit=staff.may_edit(collection),
            may_publish=staff.may_edit(collection) and staff.may(Right.PUBLISH_ENTRIES),
            two_persons=settings.desk_two_persons,
            zone=settings.desk_timezone,
        )

    @routes.post("/desk/entries/{collection}/{page}/workflow")
    async def act(request: Request, collection: str, page: str, staff: Editor) -> Response:
        check_collection(staff, collection)
        form = await request.form()
        action, reason, head = (str(form.get(name, "")) for name in ("action", "reason", "head"))
        if not head.isdecimal():
            raise Problem(422, "workflow.nothing_chosen")
        if action in _OF_PUBLISHERS and not staff.may(Right.PUBLISH_ENTRIES):
            raise Problem(403, "workflow.refused_not_allowed")
        target, reason = Target(collection, page, int(head)), reason[:500]
        publication = ""
        if action == "schedule":
            at = _moment(str(form.get("at", "")), zone)
            results = await steps.schedule(database, [target], at=at, author=staff.id, reason=reason, policy=policy)
        elif action in ON_ONE:
            results, publication = await ON_ONE[action](database, [target], staff.id, reason, policy)
        else:
            raise Problem(422, "workflow.nothing_chosen")
        return answered(address(collection, page, "/workflow"), results, f"did_{action}", publication)

    @routes.post("/desk/entries/{collection}/{page}/keeping")
    async def keep(request: Request, collection: str, page: str, staff: Editor) -> Response:
        check_collection(staff, collection)
        form = await request.form()
        owner, day, original = (str(form.get(name, "")).strip() for name in ("owner", "review_by", "translation_of"))
        with refusals():
            await metadata.assign(
                database,
                collection,
                page,
                owner=owner[:128],
                review_by=day_of(day),
                translation_of=original[:129],
                author=staff.id,
            )
        return back(address(collection, page, "/workflow"), "did_keep")

    return routes


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError as error:
        raise Problem(422, "workflow.no_date") from error
