"""Pages of the desk: templates of all parts in one frame, with the same security headers as the public pages."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from core.identity import Staff
from core.problems import wants_page
from core.web.headers import security_headers
from desk.shell import shell_of


def render(request: Request, staff: Staff | None, name: str, /, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Returns the page ``name`` (``PART/x.html``) for ``staff``; ``None`` for pages before the sign-in."""
    shell = shell_of(request)
    part = name.partition("/")[0]
    language = shell.language(request, staff)
    token = shell.vault.form_token(staff.session) if staff and staff.session else values.pop("csrf", "")
    done, failed = request.query_params.get("done", ""), request.query_params.get("failed", "")
    text = shell.templates.get_template(name).render(
        request=request,
        settings=shell.settings,
        staff=staff,
        language=language,
        other="en" if language == "fr" else "fr",
        say=lambda key, /, **more: shell.words.text(part, key, language, more),
        say_of=lambda of_part, key, **more: shell.words.text(of_part, key, language, more),
        csrf=token,
        csrf_field=Markup('<input type="hidden" name="csrf" value="{}">').format(token),
        doors=shell.navigation(staff) if staff else [],
        here=request.url.path,
        done=done if done and shell.words.has(part, done) else "",
        failed=failed if failed and shell.words.has(part, failed) else "",
        switch=urlencode(
            [(k, v) for k, v in request.query_params.multi_items() if k not in ("lang", "done", "failed", "again")]
        ),
        **values,
    )
    return HTMLResponse(text, status, security_headers(script=True))


def back(path: str, done: str = "", *, failed: str = "", **query: str) -> RedirectResponse:
    """Redirects to the page at ``path`` after a change. The page shows the word ``done``, or ``failed`` if nothing was changed.

    ``path`` is one of ours, never user input.
    """
    parameters = ({"done": done} if done else {}) | ({"failed": failed} if failed else {}) | query
    return RedirectResponse(f"{path}?{urlencode(parameters)}" if parameters else path, 303)


def problem_page(request: Request, document: Mapping[str, Any]) -> Response | None:
    """Returns an error of the desk as a page, if a browser asked for one."""
    path = request.url.path
    if not (path == "/desk" or path.startswith("/desk/")) or not wants_page(request):
        return None
    staff: Staff | None = getattr(request.state, "staff", None)
    return render(request, staff, "desk/problem.html", status=document["status"], problem=document)


def sign_in_problem_page(request: Request, detail: str, *, status: int, other: bool = False) -> HTMLResponse:
    """Returns a page that says why the sign-in failed and leads back to it; with ``other``, also as another person."""
    language = shell_of(request).language(request)
    title = shell_of(request).words.text("desk", "desk_sign_in", language)
    problem = {"title": title, "detail": detail}
    return render(request, None, "desk/problem.html", status=status, problem=problem, other_account=other)
