"""The list of offices, and the page of one: edit, propose, put in use, take out."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import ValidationError

from core.database import Database
from core.database.base import now
from core.dates import local_day
from core.identity import Right, Staff
from core.problems import Problem
from core.settings import Settings
from desk import back, render
from knowledge_base.desk.access import Editor, Reader
from knowledge_base.desk.offices.form import FIELDS, OfficeForm, form_of
from knowledge_base.editing import listing
from places.communes.lookup import communes_named
from places.hours.schedule import HoursUnreadable, week_in_words
from places.hours.written import written_hours
from places.offices import edits
from places.offices.checks import faults, reason_sentence, reasons
from places.offices.edits import OfficeRefused, StoredOffice
from places.offices.kinds import kinds
from places.offices.office import LONGEST_LINE, MOST_ADDRESSES, Office
from places.words import key_of

LIST = "/desk/offices"
_NEW = "new"
_USING = ("use", "remove")
_NOWHERE = ("00000", "?")
_KINDS = sorted(kinds(), key=lambda kind: kind != "mairie")  # the most common one first


def router(settings: Settings, database: Database) -> APIRouter:
    """Returns the routes of ``/desk/offices``."""
    routes = APIRouter(include_in_schema=False)
    page = _OfficePage(settings, database)

    @routes.get(LIST)
    async def overview(request: Request, staff: Reader, q: Annotated[str, Query(max_length=200)] = "") -> Response:
        rows = await edits.stored_offices_of(database, words=q.strip(), commune=settings.office_commune)
        why = {one.id: reasons(one, now(), settings.verified_months) for one in rows}
        return render(
            request,
            staff,
            "offices/list.html",
            q=q.strip(),
            waiting=[one for one in rows if one.waits],
            used=[one for one in rows if one.used and not one.waits],
            gone=[one for one in rows if one.state == "gone"],
            why=why,
            reason=reason_sentence,
            why_ids=[name for name, codes in why.items() if codes],
            kinds=_KINDS,
            limit=edits.LISTED,
        )

    @routes.get(LIST + "/{name:path}")
    async def one(request: Request, name: str, staff: Reader) -> Response:
        stored = await page.found(name)
        form = OfficeForm.of(stored.shown if stored else None, stored.version if stored else 0, staff.language)
        return await page.show(request, staff, stored, form)

    @routes.post(LIST + "/{name:path}")
    async def act(request: Request, name: str, staff: Editor) -> Response:
        """Carries out an ``action``: keep, use; remove, propose_removal; accept or drop a proposal."""
        stored = await page.found(name)
        given = await request.form()
        try:
            form = form_of(given)
        except ValidationError:
            raise Problem(422) from None
        action = str(given.get("action", ""))
        if action in (*_USING, "accept") and not staff.may(Right.PUBLISH_ENTRIES):
            raise Problem(403, "desk.desk_no_right")
        office = None
        if action in ("keep", "use"):
            office, wrong = await page.office(stored, form)
            if wrong:
                return await page.show(request, staff, stored, form, wrong=wrong, status=422)
        elif stored is None:
            raise Problem(422)
        two = settings.desk_two_persons
        try:
            if action in _USING and two:
                raise OfficeRefused("own_version")
            if action in ("keep", "use", "remove", "propose_removal"):
                known = stored.id if stored else ""
                await edits.propose(database, office, author=staff.id, name=known, seen=form.seen, use=action in _USING)
            elif action == "accept" and stored:
                await edits.put_in_use(database, stored.id, seen=form.seen, author=staff.id, two_persons=two)
            elif action == "drop" and stored:
                await edits.drop_proposal(database, stored.id, seen=form.seen, author=staff.id)
            else:
                raise Problem(422)
        except OfficeRefused as refused:
            return await page.show(request, staff, await page.found(name), form, refused=refused.code, status=409)
        return back(LIST, f"did_{action}")

    return routes


class _OfficePage:
    """The page of one office, in each of its states."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings, self._database = settings, database

    async def found(self, name: str) -> StoredOffice | None:
        """Returns the office with this id; ``None`` for a new one. Raises ``Problem`` (404)."""
        if name == _NEW:
            return None
        try:
            return await edits.stored_office(self._database, name)
        except OfficeRefused as error:
            raise Problem(404) from error

    async def office(self, stored: StoredOffice | None, form: OfficeForm) -> tuple[Office, list[tuple[str, str]]]:
        """Returns the office of ``form``, and its faults (field, code)."""
        settings = self._settings
        communes = await self._communes(form.commune_sought)
        wrong = [] if len(communes) == 1 else [("commune", "several" if communes else "commune")]
        source = (settings.organisation, settings.contact_url)
        today = local_day(now(), settings.opening.zone)
        office = form.office(stored.shown if stored else None, communes[0] if communes else _NOWHERE, source, today)
        wrong += [] if form.name.strip() else [("name", "missing")]
        if len(form.addresses) > MOST_ADDRESSES or any(len(one) > LONGEST_LINE for one in form.addresses):
            wrong.append(("other_addresses", "addresses"))
        return office, sorted([*wrong, *faults(office, now())], key=lambda one: FIELDS.index(one[0]))

    async def _communes(self, text: str) -> Sequence[tuple[str, str]]:
        """Returns code and name of the communes that ``text`` names: those of the directory, which may be imaginary, first."""
        if not text:
            return ()
        rows = await edits.stored_offices_of(self._database, words=text)
        known = {(one.shown.commune, one.shown.commune_name) for one in rows}
        known = {one for one in known if text == one[0] or key_of(text) == key_of(one[1])}
        return sorted(known)[:2] or await asyncio.to_thread(communes_named, self._settings.communes_file, text)

    async def show(
        self,
        request: Request,
        staff: Staff,
        stored: StoredOffice | None,
        form: OfficeForm,
        *,
        wrong: Sequence[tuple[str, str]] = (),
        refused: str = "",
        status: int = 200,
    ) -> Response:
        if refused == "moved_on" and stored:
            form = form.model_copy(update={"seen": stored.version})
        return render(
            request,
            staff,
            "offices/one.html",
            status=status,
            kept=stored,
            form=form,
            wrong=wrong,
            refused=refused,
            why=reasons(stored, now(), self._settings.verified_months) if stored else [],
            reason=reason_sentence,
            week=_week,
            written=written_hours,
            kinds=_KINDS,
            two_persons=self._settings.desk_two_persons,
            history=await edits.history(self._database, stored.id) if stored else [],
            names=await listing.names(self._database),
        )


def _week(office: Office, language: str) -> list[tuple[str, str]]:
    """Returns days and hours of the usual week; nothing where they cannot be read."""
    try:
        return week_in_words(office.hours, office.departement, language) if office.hours else []
    except HoursUnreadable:
        return []
