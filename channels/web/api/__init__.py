"""The web API, ``/api/web``, used by the widget and ``/assistant``. One file for each resource."""

from __future__ import annotations

from fastapi import APIRouter

from channels.http.deps import Deps
from channels.web.api import config, conversations, events, feedback, history, messages, notices, socket
from core.web.routes import join_router


def router(deps: Deps) -> APIRouter:
    """Returns all routes of ``/api/web``."""
    routes = APIRouter()
    for part in (conversations, messages, events, socket, history, feedback, config, notices):
        join_router(routes, part.router(deps))
    return routes
