"""The web API, ``/api/web``: what the widget and ``/assistant`` speak. One file a resource."""

from __future__ import annotations

from fastapi import APIRouter

from channels.http.deps import Deps
from channels.web.api import config, conversations, events, feedback, history, messages, notices, socket
from core.web.routes import join


def router(deps: Deps) -> APIRouter:
    """Returns all of ``/api/web``."""
    routes = APIRouter()
    for part in (conversations, messages, events, socket, history, feedback, config, notices):
        join(routes, part.router(deps))
    return routes
