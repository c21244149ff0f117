"""``/desk/staff``: the members of staff, for administrators: invite, roles, collections, disable, reset."""

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from pydantic import BaseModel, StringConstraints
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.database.models import EntryRow, StaffRow, Team
from core.identity import IdentityError, Right, Role, Staff, accounts, links
from desk.access import confirmed, signed_in
from desk.mail_queue import queue_mail
from desk.pages import back, render
from desk.shell import Shell, shell_of

_PATH = "/desk/staff"
_LANGUAGE = re.compile(r"[a-z]{2,3}")
Admin = Annotated[Staff, Depends(signed_in(Right.MANAGE_STAFF))]
Confirmed = Annotated[Staff, Depends(confirmed(Right.MANAGE_STAFF))]
Text = Annotated[str, Form(max_length=1000)]
Line = Annotated[str, StringConstraints(max_length=1000)]


class Person(BaseModel):
    """An administrator's form about a person. Lists are separated by commas."""

    role: Role
    name: Line = ""
    collections: Line = ""
    teams: list[Line] = []
    languages: Line = ""
    capacity: int = 3

    def fields(self, teams: Sequence[str]) -> dict[str, Any]:
        """Returns the fields for ``core.identity.accounts``; a capacity is 1 to 50 conversations. ``teams``: existing ones.

        Raises ``IdentityError`` ``languages_wrong``: "français" instead of "fr" would match no conversation.
        """
        languages = [name.lower() for name in _names(self.languages)]
        if wrong := [name for name in languages if not _LANGUAGE.fullmatch(name)]:
            raise IdentityError("languages_wrong", wrong=", ".join(wrong)[:80])
        return {
            "role": self.role,
            "name": self.name.strip()[:120],
            "collections": _names(self.collections),
            "teams": [team for team in teams if team in self.teams],
            "languages": languages,
            "capacity": min(max(self.capacity, 1), 50),
        }


class Change(Person):
    """``seen``: the values with which the form was filled, so that an old page does not undo later changes."""

    seen: Line = ""


class Invitation(Person):
    email: Line


def _names(text: str) -> list[str]:
    return accounts.clean_list(text.replace("\n", ",").split(","))


def router() -> APIRouter:
    routes = APIRouter()

    @routes.get(_PATH)
    async def staff(request: Request, me: Admin) -> Response:
        return await _page(request, me)

    @routes.post(f"{_PATH}/invite")
    async def invite(request: Request, me: Confirmed, person: Annotated[Invitation, Form()]) -> Response:
        shell = shell_of(request)
        try:
            async with shell.database.write() as session:
                days = shell.settings.desk_invitation_days
                fields = person.fields(await _teams(session))
                row, token = await accounts.invite(session, email=person.email, actor=me.id, days=days, **fields)
                _mail_link(session, shell, row, token)
        except IdentityError as error:
            return await _page(request, me, error, email=person.email[:254])
        link = shell.settings.base_url + links.path(token) if shell.settings.desk_passwords else ""
        return await _page(request, me, link=link, link_for=row.email)

    @routes.get(f"{_PATH}/{{identifier}}")
    async def person_page(request: Request, me: Admin, identifier: str) -> Response:
        return await _person_page(request, me, identifier)

    @routes.post(f"{_PATH}/{{identifier}}")
    async def change(request: Request, me: Confirmed, identifier: str, person: Annotated[Change, Form()]) -> Response:
        try:
            shell = shell_of(request)
            async with shell.database.write() as session:
                before = _fingerprint(await accounts.get(session, identifier))
                if person.seen and person.seen != before:
                    raise IdentityError("changed_meanwhile")
                row = await accounts.change(session, identifier, actor=me.id, **person.fields(await _teams(session)))
                if _fingerprint(row) != before:
                    shell.notify_owner(session, "change", row.id, row.language)
        except IdentityError as error:
            return await _person_page(request, me, identifier, error)
        return back(_PATH, "desk_saved")

    @routes.post(f"{_PATH}/{{identifier}}/disable")
    async def disable(request: Request, me: Confirmed, identifier: str) -> Response:
        try:
            async with shell_of(request).database.write() as session:
                await accounts.disable(session, identifier, actor=me.id)
        except IdentityError as error:
            return await _person_page(request, me, identifier, error)
        return back(_PATH, "desk_disabled")

    @routes.post(f"{_PATH}/{{identifier}}/enable")
    async def enable(request: Request, me: Confirmed, identifier: str) -> Response:
        async with shell_of(request).database.write() as session:
            await accounts.enable(session, identifier, actor=me.id)
        return back(_PATH, "desk_saved")

    @routes.post(f"{_PATH}/{{identifier}}/reset")
    async def reset(request: Request, me: Confirmed, identifier: str, second_factor: Text = "") -> Response:
        shell = shell_of(request)
        try:
            async with shell.database.write() as session:
                row = await accounts.get(session, identifier)
                days = shell.settings.desk_invitation_days
                token = await accounts.reset(session, identifier, actor=me.id, days=days, second_factor=bool(second_factor))
                _mail_link(session, shell, row, token)
        except IdentityError as error:
            return await _person_page(request, me, identifier, error)
        link = shell.settings.base_url + links.path(token) if shell.settings.desk_passwords else ""
        return await _page(request, me, link=link, link_for=row.email)

    return routes


def _mail_link(session: AsyncSession, shell: Shell, row: StaffRow, token: str) -> None:
    """Sends the link to the invited person, if a mail server is set; the administrator sees it in any case."""
    settings = shell.settings
    if settings.desk_passwords:
        link = settings.base_url + links.path(token)
        words = {"service": settings.service_name, "link": link, "days": f"{settings.desk_invitation_days:g}"}
        queue_mail(session, settings, row.id, "link", *shell.mail_text("link", row.language, words))


def _error_message(request: Request, me: Staff, error: IdentityError | None) -> str:
    return shell_of(request).error_text(error, me.language) if error else ""


async def _page(
    request: Request, me: Staff, error: IdentityError | None = None, *, link: str = "", link_for: str = "", email: str = ""
) -> Response:
    async with shell_of(request).database.read() as session:
        people, choices = await accounts.listed(session), await _choices(session)
    values = {"people": people, "link": link, "link_for": link_for, "email": email, "error": _error_message(request, me, error)}
    return render(request, me, "desk/staff.html", status=422 if error else 200, **values, **choices)


async def _person_page(request: Request, me: Staff, identifier: str, error: IdentityError | None = None) -> Response:
    async with shell_of(request).database.read() as session:
        person, choices = await accounts.get(session, identifier), await _choices(session)
    values = {"person": person, "seen": _fingerprint(person), "error": _error_message(request, me, error)}
    return render(request, me, "desk/person.html", status=422 if error else 200, **values, **choices)


async def _choices(session: AsyncSession) -> dict[str, Any]:
    """Returns the values that both pages offer: roles, collections and teams, and the words for states of accounts."""
    collections = await session.scalars(select(EntryRow.collection).distinct().order_by(EntryRow.collection))
    return {"roles": list(Role), "known": collections.all(), "teams": await _teams(session), "state": _state}


async def _teams(session: AsyncSession) -> Sequence[str]:
    return (await session.scalars(select(Team.name).order_by(Team.name))).all()


def _fingerprint(row: StaffRow) -> str:
    fields = (row.role, row.name, row.collections, row.teams, row.languages, row.capacity)
    return sha256(repr(fields).encode()).hexdigest()[:16]


def _state(person: StaffRow) -> str:
    """Returns the word for the state of an account."""
    if person.disabled_at:
        return "desk_state_disabled"
    return "desk_state_active" if accounts.is_active(person) else "desk_state_invited"
