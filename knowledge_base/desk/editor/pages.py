"""The list of entries, the edit page, and the page after a save that came second."""

from dataclasses import replace
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Query, Request, Response
from pydantic import ValidationError

from core.database import Database
from core.database.base import now
from core.dates import local_day, old_before
from core.entry import Entry
from core.identity import Staff
from core.problems import Problem
from desk import back, render
from desk.shell import shell_of
from knowledge_base.desk.access import Editor, Reader
from knowledge_base.desk.editor import form as forms
from knowledge_base.desk.editor import views
from knowledge_base.desk.editor.catalogue import Catalogue, Order
from knowledge_base.desk.editor.contracts import Near, Uses
from knowledge_base.desk.editor.edited_entry import EditedEntry, base_of, edited_entry, form_error_json, must_edit, name_of
from knowledge_base.desk.editor.views import LIST, Filters
from knowledge_base.editing import listing, saving
from knowledge_base.editing.diff import differences
from knowledge_base.editing.errors import EditRefused, StaleSave
from knowledge_base.entries.safety import COLLECTION_NAME
from knowledge_base.quality.links.job import broken_by_entry

_ONE = "/desk/entries/{collection}/{identifier}"
_STATUSES = (
    "published",
    "arriving",
    "changing",
    "leaving",
    "draft",
    "in_review",
    "approved",
    "scheduled",
    "withdrawn",
    "archived",
)


def router(database: Database, catalogue: Catalogue, near: Near, used: Uses) -> APIRouter:
    routes = APIRouter()

    @routes.get(LIST)
    async def entries(
        request: Request,
        staff: Reader,
        filters: Annotated[Filters, Query()],
        page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    ) -> Response:
        by_use = filters.order in ("asked", "disliked")
        broken = await broken_by_entry(database) if filters.links else {}
        uses = await used() if by_use else {}
        found = await catalogue.find(
            filters.q,
            theme=filters.theme,
            status=filters.status,
            collection=filters.collection,
            owner=filters.owner,
            before=str(filters.before),
            order=filters.order or None,
            only=broken if filters.links else None,
            uses=uses,
            page=page,
        )
        collections, themes = await catalogue.facets()
        settings = shell_of(request).settings
        old = old_before(settings.verified_months, local_day(now(), settings.opening.zone))
        kept = await views.saved(database, staff)
        return render(
            request,
            staff,
            "editor/entries.html",
            found=found,
            asked=filters.model_dump(mode="json"),
            query=filters.query,
            views=[*views.offered(staff, old), *kept],
            broken=broken,
            uses=uses,
            by_use=by_use,
            meant=await near(filters.q) if filters.q and page == 1 else [],
            collections=collections,
            themes=themes,
            statuses=_STATUSES,
            orders=get_args(Order.__value__),
            names=await listing.names(database),
            unsaved=await saving.all_unsaved_texts(database, staff.id),
        )

    @routes.post(f"{LIST}/new")
    async def create(request: Request, staff: Editor) -> Response:
        typed = forms.without_unknown(await request.form())
        title, collection = typed.get("title", "").strip()[:300], typed.get("collection", "").strip()
        if not title or not collection:
            raise Problem(422, "editor.title_missing")
        if not COLLECTION_NAME.fullmatch(collection):
            raise Problem(422, "editor.collection_wrong")
        must_edit(staff, collection)
        settings = shell_of(request).settings
        entry = Entry(
            id=forms.new_id(title),
            collection=collection,
            locale=staff.language,
            title=title,
            source=settings.organisation,  # citizens read the source and the date of the text
            verified_on=now().astimezone(settings.opening.zone).date(),
        )
        await saving.save(database, entry, started_from=0, author=staff.id, reason="")
        return back(_ONE.format(collection=collection, identifier=entry.id), "created")

    @routes.get(_ONE)
    async def one(request: Request, collection: str, identifier: str, staff: Reader) -> Response:
        return await _page(request, database, catalogue, staff, await edited_entry(database, collection, identifier, staff))

    @routes.post(_ONE)
    async def save(request: Request, collection: str, identifier: str, staff: Editor) -> Response:
        must_edit(staff, collection)
        typed = forms.without_unknown(await request.form())
        try:
            form = forms.EntryForm.model_validate(typed)
        except ValidationError:
            raise Problem(422, "editor.form_wrong") from None
        base = await base_of(database, collection, identifier, form.started_from)
        try:
            entry = form.entry(base)
            forms.refuse_unsafe(entry)
            added = [name for name in entry.national_pages if name not in base.national_pages]
            if unknown := set(added) - set(await catalogue.titles(added)):
                raise forms.FormError("national_pages", "page_unknown", excerpt=min(unknown))
            await saving.save(database, entry, started_from=form.started_from, author=staff.id, reason=form.reason)
        except forms.FormError as error:
            message = shell_of(request).words.text("editor", error.code, staff.language, form_error_json(request, staff, error))
            now = _as_typed(await edited_entry(database, collection, identifier, staff), form)
            return await _page(
                request, database, catalogue, staff, now, status=422, error=message, wrong=error.field, typed=typed
            )
        except StaleSave as stale:
            return await _stale(request, database, catalogue, staff, stale, form.reason)
        except EditRefused as refused:
            raise Problem(409, f"editor.refused_{refused.code}") from None
        return back(_ONE.format(collection=collection, identifier=identifier), "saved")

    @routes.post(f"{_ONE}/forget")
    async def forget(collection: str, identifier: str, staff: Editor) -> Response:
        await saving.delete_unsaved_text(database, collection, identifier, staff.id)
        return back(_ONE.format(collection=collection, identifier=identifier), "forgotten")

    return routes


def _as_typed(shown: EditedEntry, form: forms.EntryForm) -> EditedEntry:
    """Returns ``shown`` with the tree of the form and the revision that the form started from. A refused form is sent again: it
    must keep its sections, and must not count as based on later saves of others.
    """
    body = forms.body_of(form.body)
    entry = shown.entry if body is None else shown.entry.model_copy(update={"body": body})
    return replace(shown, entry=entry, head=form.started_from, kept_at=None)


async def _page(
    request: Request,
    database: Database,
    catalogue: Catalogue,
    staff: Staff,
    shown: EditedEntry,
    *,
    status: int = 200,
    error: str = "",
    wrong: str = "",
    typed: dict[str, Any] | None = None,
    stale: dict[str, Any] | None = None,
) -> Response:
    titles = await catalogue.titles(shown.entry.national_pages)
    linked = "\n".join(f"{name} {titles.get(name, '')}".strip() for name in shown.entry.national_pages)
    posted = {key: value for key, value in (typed or {}).items() if key != "csrf"}
    values = forms.values_of(shown.entry) | {"reason": "", "national_pages": linked} | posted
    return render(
        request,
        staff,
        "editor/entry.html",
        status=status,
        entry=shown.entry,
        shown=shown,
        values=values,
        may=staff.may_edit(shown.entry.collection),
        author=await name_of(database, shown.author),
        error=error,
        wrong=wrong,
        stale=stale,
    )


async def _stale(
    request: Request, database: Database, catalogue: Catalogue, staff: Staff, stale: StaleSave, reason: str
) -> Response:
    """Shows both persons' changes. The form has both merged, and starts from the other person's revision."""
    now = await edited_entry(database, stale.mine.collection, stale.mine.id, staff)
    merged = EditedEntry(
        stale.merged.entry, stale.theirs.version, now.status, now.stage, now.published, stale.author, now.saved_at
    )
    sides = {
        "author": await name_of(database, stale.author),
        "theirs": differences(stale.started_from, stale.theirs),
        "mine": differences(stale.started_from, stale.mine),
        "clashes": stale.merged.clashes,
    }
    return await _page(request, database, catalogue, staff, merged, status=409, stale=sides, typed={"reason": reason})
