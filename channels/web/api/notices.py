"""The present notices to every citizen: announcement, emergency, and that the website's assistant is switched off."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from channels.http.deps import Deps
from channels.web.api.resource import resource
from core.languages import PanelLanguage


class PublicNotice(BaseModel):
    """``kind``: ``emergency``, ``banner`` or ``off``; ``lang`` is the language of ``text``."""

    kind: Literal["emergency", "banner", "off"]
    id: str
    title: str
    text: str
    lang: str


def router(deps: Deps) -> APIRouter:
    routes = resource()
    deps.wording.require({"gateway_switched_off", "ui_notice_emergency", "ui_notice_banner", "ui_notice_off"})

    @routes.get("/notices")
    async def notices(response: Response, lang: Annotated[PanelLanguage | None, Query()] = None) -> list[PublicNotice]:
        """Returns the notices, the most urgent first; usually none."""
        response.headers["Cache-Control"] = "no-store"
        language = lang or deps.settings.default_language
        state = await deps.controls.state()
        notices_shown = []
        for control in state.announcements:
            text, text_language = control.text_in(language)
            kind: Literal["emergency", "banner"] = "emergency" if control.name == "emergency" else "banner"
            title = deps.wording.text(f"ui_notice_{kind}", language=language)
            notices_shown.append(PublicNotice(kind=kind, id=control.id, title=title, text=text, lang=text_language))
        off = state.off("web")
        if off is not None:
            text = deps.wording.text("gateway_switched_off", language=language, reason=off.text_in(language)[0])
            title = deps.wording.text("ui_notice_off", language=language)
            notices_shown.append(PublicNotice(kind="off", id=off.id, title=title, text=text, lang=language))
        return notices_shown

    return routes
