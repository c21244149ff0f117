"""The web API, ``/api/web``: what the widget and ``/assistant`` speak. One file a resource."""

from __future__ import annotations

from fastapi import APIRouter

from channels.gateway.deps import Deps
from channels.web.api import config, conversations, events, feedback, history, messages, notices, socket


def router(deps: Deps) -> APIRouter:
    """All of ``/api/web``."""
    routes = APIRouter(prefix="/api/web", tags=["web"])
    for part in (conversations, messages, events, socket, history, feedback, config, notices):
        routes.include_router(part.router(deps))
    return routes
