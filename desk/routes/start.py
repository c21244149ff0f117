"""``/desk``: the start page."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from core.identity import Staff
from desk.access import signed_in
from desk.alerts import alerts_for, figures_for
from desk.pages import back, render
from desk.shell import shell_of


def router() -> APIRouter:
    routes = APIRouter()

    @routes.get("/desk")
    async def start(request: Request, staff: Annotated[Staff, Depends(signed_in())]) -> Response:
        shell = shell_of(request)
        figures, calls = await figures_for(shell, staff), await alerts_for(shell, staff)
        return render(request, staff, "desk/start.html", calls=calls, figures=figures)

    @routes.get("/desk/")
    async def same(staff: Annotated[Staff, Depends(signed_in())]) -> Response:
        return back("/desk")

    return routes
