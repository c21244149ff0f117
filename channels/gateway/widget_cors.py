"""Answers pages of other websites on the widget's routes only; elsewhere a browser lets them read nothing."""

from starlette.middleware.cors import CORSMiddleware
from starlette.types import Receive, Scope, Send

_WIDGET = "/api/web/"  # the widget's files say themselves that every page may load them


class WidgetCors(CORSMiddleware):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        inside = scope["type"] == "http" and scope["path"].startswith(_WIDGET)
        await (super().__call__(scope, receive, send) if inside else self.app(scope, receive, send))
