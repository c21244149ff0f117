"""The API for programs, ``/api/v1``. One file for each resource; every route needs a token with its scope."""

from fastapi import APIRouter

from analytics.open_data.release import Releases
from channels.http.deps import Deps
from core.web.routes import join_router
from integrators.api import ask, entries, figures, handoffs


def router(deps: Deps, releases: Releases) -> APIRouter:
    """Returns all routes of ``/api/v1``."""
    routes = APIRouter()
    for part in (ask.router(deps), entries.router(deps), handoffs.router(deps), figures.router(deps, releases)):
        join_router(routes, part)
    return routes
