"""The list of synonyms, and the page of one group: edit, try, put in use, remove."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import ValidationError

from core.database import Database
from core.identity import Right, Staff
from core.problems import Problem
from core.settings import Settings
from desk import back, render
from knowledge_base.desk.access import Editor, Reader
from knowledge_base.desk.proposals import NEEDS_PUBLISHER, SAVING, carry_out, stored_item
from knowledge_base.desk.publishing.engine import EngineClient
from knowledge_base.desk.synonyms.form import KINDS, GroupForm, form_of
from knowledge_base.desk.synonyms.lists import OtherLists, mentions
from knowledge_base.editing import listing
from knowledge_base.publishing.synonym_trial import GroupTrialResult, try_group
from knowledge_base.synonyms import store
from knowledge_base.synonyms.checks import Fault, faults, remarks
from knowledge_base.synonyms.contracts import StoredGroup, SynonymRefused
from retrieval.query.synonyms import Group

_LIST = "/desk/synonyms"
_BUILT_IN_SHOWN = 30


def router(settings: Settings, database: Database, engine: EngineClient, lists: OtherLists) -> APIRouter:
    routes = APIRouter()
    page = _GroupPage(settings, database, engine, lists)

    @routes.get(_LIST)
    async def overview(request: Request, staff: Reader, q: Annotated[str, Query(max_length=200)] = "") -> Response:
        q = q.strip()
        everything, file = await store.stored_groups(database, gone=True), lists.file()
        found = [one for one in everything if one.shown and (not q or mentions(one.shown, q))]
        return render(
            request,
            staff,
            "synonyms/list.html",
            q=q,
            waiting=[one for one in found if one.waits],
            used=[one for one in found if one.state == "in_use"],
            gone=[one for one in everything if one.state == "gone"],
            built_in=[one for one in lists.built_in if q and mentions(one, q)][:_BUILT_IN_SHOWN],
            built_in_count=len(lists.built_in),
            file=file,
            in_file=[one for one in file.groups if not q or mentions(one, q)],
            names=await listing.names(database),
        )

    @routes.get(_LIST + "/{name}")
    async def one(
        request: Request, name: str, staff: Reader, question: Annotated[str, Query(max_length=2000)] = ""
    ) -> Response:
        """Shows the page of one group. ``question`` is one to try, if another page has sent it."""
        stored = await stored_item(store.proposals, database, name)
        form = GroupForm.of(stored.shown if stored else None, stored.version if stored else 0)
        return await page.show(request, staff, stored, form.model_copy(update={"questions": question}))

    @routes.post(_LIST + "/{name}")
    async def act(request: Request, name: str, staff: Editor) -> Response:
        """Carries out an ``action``: try, keep, use; try_removal, remove, propose_removal; accept or drop a proposal."""
        stored = await stored_item(store.proposals, database, name)
        given = await request.form()
        try:
            form = form_of(given)
        except ValidationError:
            raise Problem(422) from None
        action = str(given.get("action", ""))
        if action in NEEDS_PUBLISHER and not staff.may(Right.PUBLISH_ENTRIES):
            raise Problem(403, "desk.desk_no_right")
        group = None if action in ("remove", "propose_removal") else form.group()
        wrong = faults(group) if group and action in ("try", *SAVING) else []
        if wrong:
            return await page.show(request, staff, stored, form, wrong=wrong, status=422)
        try:
            if action == "try" and group:
                await store.check_free(database, group, name=stored.id if stored else "")
                return await page.tried(request, staff, stored, form, add=group)
            if action == "try_removal" and stored:
                return await page.tried(request, staff, stored, GroupForm.of(stored.shown, form.seen), add=None)
            await carry_out(store.proposals, database, settings, action, stored, group, seen=form.seen, author=staff.id)
        except SynonymRefused as refused:
            return await page.refused(request, staff, stored, form, refused)
        removal = action == "accept" and stored is not None and stored.content is None
        return back(_LIST, "did_remove" if removal else f"did_{action}")

    return routes


class _GroupPage:
    """The page of one group, in each of its states."""

    def __init__(self, settings: Settings, database: Database, engine: EngineClient, lists: OtherLists) -> None:
        self._settings, self._database, self._engine, self._lists = settings, database, engine, lists

    async def show(
        self,
        request: Request,
        staff: Staff,
        stored: StoredGroup | None,
        form: GroupForm,
        *,
        wrong: list[Fault] | None = None,
        refused: SynonymRefused | None = None,
        tried: GroupTrialResult | None = None,
        adding: bool = True,
        silent: bool = False,
        status: int = 200,
    ) -> Response:
        group = form.group()
        known = remarks(group, self._lists.built_in, self._lists.file().groups)
        return render(
            request,
            staff,
            "synonyms/one.html",
            status=status,
            kept=stored,
            form=form,
            group=group,
            wrong=wrong or [],
            refused=refused,
            tried=tried,
            adding=adding,
            silent=silent,
            remarks=list(known) if group.terms and not wrong else [],
            kinds=KINDS,
            two_persons=self._settings.desk_two_persons,
            history=await store.history(self._database, stored.id) if stored else [],
            names=await listing.names(self._database),
        )

    async def tried(
        self, request: Request, staff: Staff, stored: StoredGroup | None, form: GroupForm, *, add: Group | None
    ) -> Response:
        """Shows the form with the effect of the change (``add`` ``None``: removal), or that the server does not answer."""
        used = stored.used if stored else None
        try:
            found = await try_group(
                self._database,
                self._engine.try_group,
                add=add,
                drop=used,
                typed=form.typed_questions(),
                collection=self._settings.collection,
            )
        except Problem:
            return await self.show(request, staff, stored, form, silent=True)
        return await self.show(request, staff, stored, form, tried=found, adding=add is not None)

    async def refused(
        self, request: Request, staff: Staff, stored: StoredGroup | None, form: GroupForm, refused: SynonymRefused
    ) -> Response:
        """Shows the form again as typed. If another person was faster, it starts from their version, shown next to it."""
        if refused.code == "moved_on" and refused.other:
            form = form.model_copy(update={"seen": refused.other.version})
            stored = refused.other
        return await self.show(request, staff, stored, form, refused=refused, status=409)
