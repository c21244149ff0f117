"""``/desk/invitation/{token}``: the invited person chooses a password, and continues to the second factor."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from core.identity import IdentityError, accounts, links, own_account, passwords
from desk.access import check_origin
from desk.cookies import set_session_cookie
from desk.pages import back, render
from desk.shell import shell_of

Text = Annotated[str, Form(max_length=1000)]


def router() -> APIRouter:
    routes = APIRouter()

    @routes.get("/desk/invitation/{token}")
    async def ask(request: Request, token: str) -> Response:
        return await _page(request, token)

    @routes.post("/desk/invitation/{token}")
    async def accept(
        request: Request, token: str, name: Text = "", email: Text = "", password: Text = "", again: Text = ""
    ) -> Response:
        check_origin(request)
        shell = shell_of(request)
        try:
            if password != again:
                raise IdentityError("password_differs")
            if not name.strip():
                raise IdentityError("name_missing")
            session_token = await own_account.accept_link(
                shell.database,
                token,
                password=password,
                name=name,
                email=email,
                language=shell.language(request),
                browser=shell.caller(request).browser,
                passwords_on=shell.settings.desk_passwords,
            )
        except IdentityError as error:
            return await _page(request, token, error, name=name[:120], email=email[:254])
        answer = back("/desk/sign-in")
        set_session_cookie(answer, shell, session_token)
        return answer

    return routes


async def _page(request: Request, token: str, error: IdentityError | None = None, name: str = "", email: str = "") -> Response:
    shell = shell_of(request)
    language = shell.language(request)
    try:
        async with shell.database.read() as session:
            link = await links.read(session, token)
            known = await accounts.get(session, link.staff_id) if link.staff_id else None
    except IdentityError as dead:
        return render(request, None, "desk/link_dead.html", status=404, error=shell.error_text(dead, language))
    return render(
        request,
        None,
        "desk/invitation.html",
        status=422 if error else 200,
        error=shell.error_text(error, language) if error else "",
        kind=link.kind,
        role=known.role if known else "administrator",
        email=known.email if known else email,
        fixed=known is not None,
        name=name or (known.name if known else ""),
        shortest=passwords.MIN_LENGTH,
    )
