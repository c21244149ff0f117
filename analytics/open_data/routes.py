"""``/open-data/…``: the public release, at permanent addresses."""

from fastapi import APIRouter, HTTPException, Response

from analytics.open_data.release import FILES, Releases


def router(releases: Releases) -> APIRouter:
    """Returns the routes of the release's files, by name."""
    routes = APIRouter(tags=["open data"])

    @routes.get("/open-data/{name}")
    async def file(name: str) -> Response:
        if name not in FILES:
            raise HTTPException(404)
        headers = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
        return Response((await releases.files())[name], media_type=FILES[name], headers=headers)

    return routes
