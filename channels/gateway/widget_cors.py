"""Answers pages of other websites on the widget's routes only; elsewhere a browser lets them read nothing."""

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from channels.http.origins import widget_origins
from channels.web.api.conversations import RECEIPT
from core.settings import PerEdition, Settings

_WIDGET = "/api/web/"  # the widget's files say themselves that every page may load them


class WidgetCors:
    """Lets the websites of ``settings`` through: those that count at the moment."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        def cors() -> CORSMiddleware:
            return CORSMiddleware(
                app,
                allow_origins=widget_origins(settings),
                allow_credentials=False,
                allow_methods=["GET", "POST", "DELETE"],
                allow_headers=["Authorization", "Content-Type", "Accept-Language", "Last-Event-ID"],
                expose_headers=[RECEIPT],
                max_age=3600,
            )

        self._app, self._cors = app, PerEdition(settings, cors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        inside = scope["type"] == "http" and scope["path"].startswith(_WIDGET)
        await (self._cors() if inside else self._app)(scope, receive, send)
