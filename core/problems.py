"""Errors as ``application/problem+json`` (RFC 9457), in the caller's language, with advice.

A name with a dot (``editor.stale``) is a text of that part of the desk; without a dot, a text of ``domain.yml``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from core.languages import LANGUAGES

log = structlog.get_logger(__name__)

# status → the text of domain.yml that explains it
_TEXTS = {
    400: "gateway_bad_request",
    401: "gateway_not_signed_in",
    403: "gateway_not_signed_in",
    404: "gateway_not_found",
    413: "gateway_too_long",
    422: "gateway_bad_request",
    429: "gateway_too_many",
    500: "gateway_error",
}
UNAVAILABLE_SECONDS = 10  # what a 503 tells programs to wait
WORDS = frozenset({*_TEXTS.values(), "gateway_choice_expired"})


class TextSource(Protocol):
    """Returns a text in the caller's language, from (name, language, values)."""

    def __call__(self, name: str, language: str, values: Mapping[str, Any], /) -> str: ...


# Returns what a browser gets instead of a document; ``None``: the document.
Page = Callable[[Request, dict[str, Any]], Response | None]


class Problem(Exception):
    """An error response. ``text`` names the message (default: by status); ``values`` fill its placeholders. ``retry_seconds``
    tells programs how long to wait.
    """

    def __init__(self, status: int, text: str = "", *, language: str = "", retry_seconds: int = 0, **values: Any) -> None:
        super().__init__(status)
        self.status = status
        self.text = text or _TEXTS.get(status, "gateway_bad_request" if status < 500 else "gateway_error")
        self.language = language
        self.retry_seconds = retry_seconds or (UNAVAILABLE_SECONDS if status == HTTPStatus.SERVICE_UNAVAILABLE else 0)
        self.values = values

    def document(self, say: TextSource, language: str) -> dict[str, Any]:
        """Returns the problem as JSON: ``code`` is for programs, ``title`` and ``detail`` for people."""
        detail = say(self.text, self.language or language, self.values)
        return {
            "type": "about:blank",
            "status": self.status,
            "code": self.text.removeprefix("gateway_"),
            "title": detail.split(". ")[0].rstrip("."),
            "detail": detail,
        }


def language_of(connection: HTTPConnection, default: str) -> str:
    """Returns the first supported language of ``Accept-Language``. (In practice the header is in order of preference.)"""
    for wish in connection.headers.get("accept-language", "").split(","):
        language = wish.split(";")[0].strip().lower()[:2]
        if language in LANGUAGES:
            return language
    return default


def wants_page(request: Request) -> bool:
    """Decides whether a person's browser asks for a page, and not a program for data."""
    return "text/html" in request.headers.get("accept", "")


@dataclass(frozen=True, slots=True)
class ProblemResponder:
    """Responses for problems: a document, or the result of ``page``."""

    say: TextSource
    default_language: Callable[[], str]
    page: Page = lambda request, document: None

    def language(self, request: Request) -> str:
        """Returns the chosen language (of the signed-in person, or in the address), else one of the browser's."""
        chosen = getattr(request.state, "language", "") or request.query_params.get("lang", "")
        return chosen if chosen in LANGUAGES else language_of(request, self.default_language())

    def __call__(
        self, request: Request, problem: Problem, headers: Mapping[str, str] | None = None, **more: object
    ) -> Response:
        document = problem.document(self.say, self.language(request)) | more
        own = {"WWW-Authenticate": "Bearer"} if problem.status == HTTPStatus.UNAUTHORIZED else {}
        own |= {"Retry-After": str(problem.retry_seconds)} if problem.retry_seconds else {}
        page = self.page(request, document)
        if page is None:
            return JSONResponse(document, problem.status, {**own, **(headers or {})}, media_type="application/problem+json")
        page.headers.update({**own, **(headers or {})})
        return page


def install(
    app: FastAPI,
    answer: ProblemResponder,
    *,
    known: Mapping[type[Exception], Callable[[Exception], Problem]] | None = None,
) -> None:
    """Installs ``answer`` for every error of ``app``. ``known``: exceptions and their problems."""

    @app.exception_handler(Problem)
    async def _problem(request: Request, error: Problem) -> Response:
        return answer(request, error)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        return answer(request, Problem(error.status_code))

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        # The place and the reason, never the input: it may be personal.
        errors = [{"at": ".".join(map(str, item["loc"])), "why": item["type"]} for item in error.errors()]
        return answer(request, Problem(422), errors=errors)

    async def _known(request: Request, error: Exception) -> Response:
        of_kind = next(of for kind, of in (known or {}).items() if isinstance(error, kind))
        return answer(request, of_kind(error))

    for kind in known or {}:
        app.add_exception_handler(kind, _known)

    @app.exception_handler(Exception)
    async def _failed(request: Request, error: Exception) -> Response:
        log.error("request_failed", path=request.url.path, error=type(error).__name__)
        return answer(request, Problem(500))
