"""Templates, their language, and the security headers of every page."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from channels.web.contact import contact_lines, own_names
from channels.web.pages.anchors import place_of
from channels.web.pages.markup import html
from conversations.wording import Wording
from core.database import Database
from core.languages import LANGUAGES, PANEL_LANGUAGES
from core.settings import Settings
from core.web.headers import security_headers
from core.web.typesetting import age, day, language_name, short_day, typeset

_RIGHT_TO_LEFT = frozenset({"ar"})


class PageDeps(Protocol):
    """The services that the pages need."""

    @property
    def settings(self) -> Settings: ...
    @property
    def database(self) -> Database: ...
    @property
    def wording(self) -> Wording: ...


class Pages:
    """Renders the templates next to this file with the installation's settings and texts."""

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
        self._templates.filters.update(
            markdown=html,
            day=day,
            short_day=short_day,
            age=age,
            by_human=by_human,
            own_name=own_name,
            place_of=place_of,
            same_answer=same_answer,
        )

    def language(self, request: Request) -> str:
        """Returns ``?lang=``, else the installation's language."""
        requested = request.query_params.get("lang", "")
        return requested if requested in LANGUAGES else self.settings.default_language

    def panel_language(self, request: Request) -> str:
        """Returns the same, for pages in more languages than the notices."""
        requested = request.query_params.get("lang", "")
        return requested if requested in PANEL_LANGUAGES else self.settings.default_language

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
        """Returns the page ``name``; ``script`` lets it run the widget, which no other page does."""
        language = language or self.language(request)

        say = partial(self.wording.text, channel="web", language=language)

        text = self._templates.get_template(name).render(
            request=request,
            settings=self.settings,
            language=language,
            direction="rtl" if language in _RIGHT_TO_LEFT else "ltr",
            other="en" if language == "fr" else "fr",
            languages=self.settings.offered_languages,
            contact=contact_lines(self.settings, say),
            own_names=[name.lower() for name in own_names(self.settings)],
            say=say,
            **(values or {}),
        )
        if language == "fr":
            text = typeset(text)
        logo = urlsplit(self.settings.widget_logo_url)
        images = f"{logo.scheme}://{logo.netloc}" if logo.netloc else ""
        return HTMLResponse(text, status, security_headers(script=script, images=images))


def own_name(language: str) -> str:
    """Returns the name of ``language`` in itself, capitalised: "Français"."""
    name = language_name(language, language)
    return name[:1].upper() + name[1:]


def same_answer(card: Mapping[str, Any], before: Sequence[Mapping[str, Any]]) -> bool:
    """Decides whether the answer block ``card`` is word for word one of those ``before`` it."""
    return any((card["entry"], card["body"]) == (one["entry"], one["body"]) for one in before)


def by_human(reply: Mapping[str, Any]) -> bool:
    """Decides whether a human wrote ``reply`` (a reply event). Their arrival or departure is a notice of the service."""
    return reply["outcome"] == "human" and any(block["type"] != "notice" for block in reply["blocks"])
