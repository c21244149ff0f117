"""``/open-data/…``: the release for everybody, at addresses that do not change."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Response

from analytics.open_data.release import FILES, Releases
from channels.http.deps import Deps


def router(deps: Deps) -> APIRouter:
    """The files of the release, by name."""
    routes, releases = APIRouter(tags=["open data"]), Releases(deps.database, deps.settings)

    @routes.get("/open-data/{name}")
    async def file(name: str) -> Response:
        if name not in FILES:
            raise HTTPException(404)
        headers = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
        return Response((await releases.files())[name], media_type=FILES[name], headers=headers)

    return routes
