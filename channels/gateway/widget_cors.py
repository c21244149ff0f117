"""Answers pages of other websites on the widget's routes only; elsewhere a browser lets them read nothing."""

from typing import Any

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from channels.http.origins import widget_origins
from core.settings import PerEdition, Settings

_WIDGET = "/api/web/"  # the widget's files say themselves that every page may load them


class WidgetCors:
    """Lets the websites of ``settings`` through, as they are at the moment. ``options``: those of ``CORSMiddleware``."""

    def __init__(self, app: ASGIApp, settings: Settings, **options: Any) -> None:
        self._app = app
        self._cors = PerEdition(settings, lambda: CORSMiddleware(app, allow_origins=widget_origins(settings), **options))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        inside = scope["type"] == "http" and scope["path"].startswith(_WIDGET)
        await (self._cors() if inside else self._app)(scope, receive, send)
