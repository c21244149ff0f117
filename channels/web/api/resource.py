"""Where the routes of one resource of the web API go."""

from __future__ import annotations

from fastapi import APIRouter


def resource() -> APIRouter:
    """Routes below ``/api/web``, to be joined (``core.web.routes``) as they are."""
    return APIRouter(prefix="/api/web", tags=["web"])
