"""The router of one resource of the web API, and the form of its requests."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict


class RequestBody(BaseModel):
    """The body of a request. Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


def resource() -> APIRouter:
    """Returns a router below ``/api/web``, to be joined (``core.web.routes``) as it is."""
    return APIRouter(prefix="/api/web", tags=["web"])
