"""Which routers the gateway serves. A part of its own exposes ``router(deps: Deps) -> APIRouter`` and gets one line here.

Its routes answer strangers with 401 or 403, or stand in ``channels.gateway.public`` with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter

from channels.gateway import internal
from channels.gateway.deps import Deps
from channels.web import api


def routers(deps: Deps) -> Iterator[APIRouter]:
    """All routers but those of operations (health, metrics)."""
    yield api.router(deps)
    yield internal.router(deps)
