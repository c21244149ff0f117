"""The widget's colour and logo, tried on the panel itself. They are settings: the page says how to set what was chosen."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from core.identity import Right, Staff
from core.settings import Settings
from core.web.headers import security_headers
from desk import render, signed_in

PAGE = "/desk/look"


def router(settings: Settings) -> APIRouter:
    """Returns the page ``/desk/look``."""
    routes = APIRouter()

    @routes.get(PAGE, include_in_schema=False)
    async def page(http: Request, staff: Annotated[Staff, Depends(signed_in(Right.MANAGE_SERVICE))]) -> Response:
        response = render(http, staff, "website/look.html", colour=settings.widget_colour, logo=settings.widget_logo_url)
        response.headers.update(security_headers(script=True, images="https:"))  # a logo that is only tried, too
        return response

    return routes
