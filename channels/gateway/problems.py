"""Errors as ``application/problem+json`` (RFC 9457), in the caller's language, saying what to do."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from channels.contracts import InvalidSignature, MalformedRequest
from channels.inbound import UnknownConversation
from channels.wording import LANGUAGES, Wording

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
WORDS = frozenset({*_TEXTS.values(), "gateway_choice_expired"})


class Problem(Exception):
    """An answer that is an error. ``text`` names a response of ``domain.yml`` (default: by status)."""

    def __init__(self, status: int, text: str = "", *, language: str = "", **values: Any) -> None:
        super().__init__(status)
        self.status = status
        self.text = text or _TEXTS.get(status, "gateway_bad_request" if status < 500 else "gateway_error")
        self.language = language
        self.values = values

    def document(self, wording: Wording, language: str) -> dict[str, Any]:
        """The problem as JSON: ``code`` is for programs, ``title`` and ``detail`` for people."""
        detail = wording.text(self.text, language=self.language or language, **self.values)
        return {
            "type": "about:blank",
            "status": self.status,
            "code": self.text.removeprefix("gateway_"),
            "title": detail.split(". ")[0].rstrip("."),
            "detail": detail,
        }


def language_of(connection: HTTPConnection, default: str) -> str:
    """The first language of ``Accept-Language`` that we speak. (Preferences by ``q`` are in order in practice.)"""
    for wish in connection.headers.get("accept-language", "").split(","):
        language = wish.split(";")[0].strip().lower()[:2]
        if language in LANGUAGES:
            return language
    return default


def install(app: FastAPI, wording: Wording, default_language: str) -> None:
    """Answer every error of ``app`` with a problem document."""

    def answer(request: Request, problem: Problem, **more: object) -> JSONResponse:
        document = problem.document(wording, language_of(request, default_language)) | more
        headers = {"WWW-Authenticate": "Bearer"} if problem.status == HTTPStatus.UNAUTHORIZED else None
        return JSONResponse(document, problem.status, headers, media_type="application/problem+json")

    @app.exception_handler(Problem)
    async def _problem(request: Request, error: Problem) -> JSONResponse:
        return answer(request, error)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        return answer(request, Problem(error.status_code))

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        # Where and why, never what: the input may be personal.
        errors = [{"at": ".".join(map(str, item["loc"])), "why": item["type"]} for item in error.errors()]
        return answer(request, Problem(422), errors=errors)

    @app.exception_handler(InvalidSignature)
    async def _forged(request: Request, _error: InvalidSignature) -> JSONResponse:
        return answer(request, Problem(403, "gateway_bad_request"))

    @app.exception_handler(MalformedRequest)
    async def _malformed(request: Request, _error: MalformedRequest) -> JSONResponse:
        return answer(request, Problem(422))

    @app.exception_handler(UnknownConversation)
    async def _gone(request: Request, _error: UnknownConversation) -> JSONResponse:
        return answer(request, Problem(401))

    @app.exception_handler(Exception)
    async def _failed(request: Request, error: Exception) -> JSONResponse:
        log.error("request_failed", path=request.url.path, error=type(error).__name__)
        return answer(request, Problem(500))
