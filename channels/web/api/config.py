"""What the widget shows before a conversation begins: names, colours, words. Public, and cached for a while."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from channels.http.deps import Deps
from channels.web.api.resource import resource
from core.languages import LANGUAGES


class WidgetConfig(BaseModel):
    """``wording``: the texts of ``domain.yml`` that begin with ``ui_``, with placeholders left where the widget fills them."""

    service_name: str
    organisation: str
    colour: str
    logo_url: str
    languages: list[str]
    retention_days: int
    wording: dict[str, str]


def router(deps: Deps) -> APIRouter:
    routes = resource()

    @routes.get("/config")
    async def config(response: Response, lang: Literal["fr", "en"] | None = Query(None)) -> WidgetConfig:
        settings = deps.settings
        response.headers["Cache-Control"] = "public, max-age=300"
        return WidgetConfig(
            service_name=settings.service_name,
            organisation=settings.organisation,
            colour=settings.widget_colour,
            logo_url=settings.widget_logo_url,
            languages=list(LANGUAGES),
            retention_days=settings.retention_days,
            wording=deps.wording.group("ui_", language=lang or settings.default_language),
        )

    return routes
