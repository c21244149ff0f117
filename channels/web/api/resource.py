"""The router of one resource of the web API."""

from __future__ import annotations

from fastapi import APIRouter


def resource() -> APIRouter:
    """Returns a router below ``/api/web``, to be joined (``core.web.routes``) as it is."""
    return APIRouter(prefix="/api/web", tags=["web"])
