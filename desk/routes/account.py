"""``/desk/account``: a person's own settings."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request, Response

from core import audit
from core.identity import IdentityError, Staff, accounts, own_account, passwords, sessions
from desk.access import signed_in
from desk.pages import back, render
from desk.shell import shell_of

_PATH = "/desk/account"
Me = Annotated[Staff, Depends(signed_in())]
Text = Annotated[str, Form(max_length=1000)]


def router() -> APIRouter:
    routes = APIRouter()

    @routes.get(_PATH)
    async def account(request: Request, me: Me) -> Response:
        return await _page(request, me)

    @routes.post(f"{_PATH}/password")
    async def password(request: Request, me: Me, old: Text, new: Text, again: Text, present: Text = "") -> Response:
        try:
            if new != again:
                raise IdentityError("password_differs")
            shell = shell_of(request)
            passwords.check(new, email=me.email, name=me.name)  # first, so that an invalid password uses up no code
            await shell.sign_in.confirm(me, old, present)
            await own_account.change_password(shell.database, me, old=old, new=new)
            async with shell.database.write() as writing:
                shell.notify_owner(writing, "password", me.id, me.language)
        except IdentityError as error:
            if error.code == "confirm_ended":
                return back("/desk/sign-in", "desk_confirm_ended")
            return await _page(request, me, error)
        return back(_PATH, "desk_password_changed")

    @routes.post(f"{_PATH}/mail")
    async def mail(request: Request, me: Me, minutes: Annotated[Literal["", "0", "60", "1440"], Form()] = "") -> Response:
        """Sets how often alerts are sent by e-mail at most; empty: never."""
        async with shell_of(request).database.write() as writing:
            (await accounts.get(writing, me.id)).mail_minutes = int(minutes) if minutes else None
        return back(_PATH, "desk_saved")

    @routes.post(f"{_PATH}/sessions/end")
    async def end(request: Request, me: Me, session: Text = "") -> Response:
        async with shell_of(request).database.write() as writing:
            await sessions.end(writing, me.id, only=session, but="" if session else me.session)
            await audit.record(writing, actor=me.id, action="staff.sessions_ended", target=f"staff:{me.id}")
        return back(_PATH, "desk_sessions_ended")

    return routes


async def _page(request: Request, me: Staff, error: IdentityError | None = None) -> Response:
    shell = shell_of(request)
    async with shell.database.read() as session:
        mine = await sessions.of_staff(session, me.id)
        row = await accounts.get(session, me.id)
        changes = await own_account.recent_changes(session, me.id)
    return render(
        request,
        me,
        "desk/account.html",
        status=422 if error else 200,
        error=shell.error_text(error, me.language) if error else "",
        mine=mine,
        has_password=row.password is not None,
        codes_left=len(row.recovery),
        has_code=row.totp is not None,
        changes=changes,
        mail_minutes=row.mail_minutes,
        shortest=passwords.MIN_LENGTH,
    )
