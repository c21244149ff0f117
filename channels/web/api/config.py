"""The widget before a conversation begins: names, colours, texts. Public, and cached for a while."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from channels.http.deps import Deps
from channels.web.api.resource import resource
from channels.web.contact import ContactLine, contact_lines, own_names, unavailable
from channels.web.questions import FirstQuestions, Question
from channels.web.suggestions import Suggestions
from conversations.wording import Wording
from core.languages import PanelLanguage
from core.settings import Settings


class WidgetConfig(BaseModel):
    """``wording``: the texts of ``domain.yml`` that begin with ``ui_``, with placeholders left where the widget fills them.

    ``questions`` are offered at the start, ``suggestions`` while the citizen types. ``contact``: the administration's contact
    details; answers that name it by one of ``own_names`` show them, too. ``phone_copy``: an answer can be sent to a telephone.
    """

    service_name: str
    organisation: str
    colour: str
    logo_url: str
    languages: list[str]
    retention_days: int
    phone_copy: bool
    opinion_url: str
    questions: list[Question]
    suggestions: bool
    contact: list[ContactLine]
    own_names: list[str]
    wording: dict[str, str]


def widget_config(settings: Settings, wording: Wording, language: str, questions: list[Question]) -> WidgetConfig:
    """Returns the widget's configuration in ``language``."""
    say = partial(wording.text, language=language)
    # Two texts of replies that the widget must recognise: the one above every answer, and the button that reads on.
    filled = {
        "ui_answer": say("utter_answer", title=""),
        "ui_read_on": say("utter_option_read_on"),
        "ui_unavailable": unavailable(settings, wording, language, settings.contact),
    }
    return WidgetConfig(
        service_name=settings.service_name,
        organisation=settings.organisation,
        colour=settings.widget_colour,
        logo_url=settings.widget_logo_url,
        languages=settings.offered_languages,
        retention_days=settings.retention_days,
        phone_copy=bool(settings.sms_provider) and settings.sms_copies_per_day > 0,
        opinion_url=settings.opinion_url,
        questions=questions,
        suggestions=settings.suggestions,
        contact=contact_lines(settings, say),
        own_names=own_names(settings),
        wording=wording.group("ui_", language=language) | filled,
    )


def router(deps: Deps, suggestions: Suggestions) -> APIRouter:
    routes = resource()
    questions = FirstQuestions(deps.database, deps.settings)

    @routes.get("/config")
    async def config(response: Response, lang: Annotated[PanelLanguage | None, Query()] = None) -> WidgetConfig:
        suggestions.prepare()  # who has opened the panel will type soon
        response.headers["Cache-Control"] = "public, max-age=300"
        language = lang or deps.settings.default_language
        return widget_config(deps.settings, deps.wording, language, await questions(language))

    return routes
