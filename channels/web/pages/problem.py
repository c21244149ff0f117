"""Problems as pages: an old link, or too many requests, get an explanation in a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response

from channels.web.pages.templating import Pages
from core.problems import wants_page

_PROGRAMS = ("/api/", "/webhooks/", "/internal/", "/health/", "/metrics")


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """Shows problem documents to browsers; returns ``None`` for programs."""

    pages: Pages

    def __call__(self, request: Request, document: Mapping[str, Any], language: str) -> Response | None:
        if not wants_page(request) or request.url.path.startswith(_PROGRAMS):
            return None
        values = {"problem": document, "typed": request.method == "POST"}
        return self.pages.render("problem.html", request, values, language=language, status=document["status"])
