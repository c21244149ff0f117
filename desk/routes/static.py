"""``/desk/static/{part}/{name}``: modules, styles and icons of the shell and its parts. They contain no secrets."""

from collections.abc import Sequence

from fastapi import APIRouter, HTTPException, Request, Response

from core.web.assets import asset_or_404, load_assets
from desk.parts import Part
from desk.shell import HERE


def router(parts: Sequence[Part]) -> APIRouter:
    folders = {"desk": HERE} | {part.name: part.folder for part in parts}
    files = {name: load_assets(folder / "static") for name, folder in folders.items() if (folder / "static").is_dir()}
    routes = APIRouter()

    @routes.get("/desk/static/{part}/{name}")
    async def file(request: Request, part: str, name: str) -> Response:
        if part not in files:
            raise HTTPException(404)
        # "no-cache": checked each time, sent only when changed, so that no page runs an outdated module.
        return asset_or_404(files[part], name).response(request, "no-cache", shared=False)

    return routes
