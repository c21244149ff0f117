"""Which routers the gateway serves. A part of its own exposes ``router(deps: Deps) -> APIRouter`` and gets one line here.

Its routes answer strangers with 401 or 403, or stand in ``channels.gateway.public`` with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter

from channels.gateway import internal
from channels.gateway.deps import Deps
from channels.insights.open_data import routes as open_data
from channels.sms import links, webhooks
from channels.sms.composition import sms_channels
from channels.sms.simulator import routes as simulator
from channels.sms.simulator.account import is_offered
from channels.sms.simulator.silence import Silence
from channels.web import api
from channels.web.pages import router as pages


def routers(deps: Deps) -> Iterator[APIRouter]:
    """All routers but those of operations (health, metrics)."""
    yield api.router(deps)
    yield pages.router(deps)
    yield internal.router(deps)
    yield open_data.router(deps)
    yield links.router(deps)
    yield webhooks.router(deps, sms_channels(deps.settings))
    if is_offered(deps.settings):
        yield simulator.router(deps.settings, Silence(deps.database, deps.addresses))
