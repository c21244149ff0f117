"""Templates, their language, and the security headers that every page carries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from channels.web.pages.deps import PageDeps
from channels.web.pages.markup import html
from channels.wording import LANGUAGES

_MONTHS = {
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Pages:
    """Renders the templates beside this file with the installation's settings and words."""

    def __init__(self, deps: PageDeps) -> None:
        self.settings = deps.settings
        self.wording = deps.wording
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(markdown=html, day=day, by_human=by_human)

    def language(self, request: Request) -> str:
        """``?lang=``, else the installation's language."""
        asked = request.query_params.get("lang", "")
        return asked if asked in LANGUAGES else self.settings.default_language

    def render(
        self,
        name: str,
        request: Request,
        values: Mapping[str, Any] | None = None,
        *,
        language: str | None = None,
        script: bool = False,
        status: int = 200,
    ) -> HTMLResponse:
        """The page ``name``; ``script`` lets it run the widget, which no other page does."""
        language = language or self.language(request)

        say = partial(self.wording.text, channel="web", language=language)

        text = self._templates.get_template(name).render(
            request=request,
            settings=self.settings,
            language=language,
            other="en" if language == "fr" else "fr",
            say=say,
            **(values or {}),
        )
        if language == "fr":
            text = _typeset(text)
        headers = _HEADERS | {"Content-Security-Policy": self._policy(script=script), "Cache-Control": "no-store"}
        return HTMLResponse(text, status, headers)

    def _policy(self, *, script: bool) -> str:
        logo = urlsplit(self.settings.widget_logo_url)
        rules = {
            "default-src": "'none'",
            "style-src": "'self'",
            "img-src": f"'self' {logo.scheme}://{logo.netloc}" if logo.netloc else "'self'",
            "form-action": "'self'",
            "base-uri": "'none'",
            "frame-ancestors": "'none'",
            "require-trusted-types-for": "'script'",
            "trusted-types": "'none'",
        }
        if script:
            rules |= {"script-src": "'self'", "connect-src": "'self'"}
        return "; ".join(f"{name} {value}" for name, value in rules.items())


def _typeset(text: str) -> str:
    """French sets off its double punctuation by a space at which no line may break."""
    return re.sub(r" ([:;?!»])", "\N{NO-BREAK SPACE}\\1", text).replace("« ", "«\N{NO-BREAK SPACE}")


def by_human(reply: Mapping[str, Any]) -> bool:
    """Whether a human wrote ``reply`` (a reply event); that one takes over or leaves is a notice of the service."""
    return reply["outcome"] == "human" and any(block["type"] != "notice" for block in reply["blocks"])


def day(value: date | datetime | str, language: str) -> str:
    """A calendar day in words: "1er mars 2026", "1 March 2026"."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    first = "1er" if language == "fr" and value.day == 1 else str(value.day)
    return f"{first} {_MONTHS[language][value.month - 1]} {value.year}"
