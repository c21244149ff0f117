"""The routes that the gateway serves. A channel's part provides ``router(deps: Deps) -> APIRouter`` and gets one line here;
other routes are passed in (``others``).

A route answers strangers with 401 or 403, or is listed in ``tests/public_routes.py`` with the reason: a test asks each of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI

from channels.gateway import internal
from channels.http.deps import Deps
from channels.sms import short_link_routes, webhooks
from channels.sms.composition import sms_channels
from channels.sms.simulator import routes as simulator
from channels.sms.simulator.account import is_offered
from channels.sms.simulator.opt_outs import SimulatedOptOuts
from channels.web import api
from channels.web.pages import router as pages
from core.web.routes import join_router


def mount(app: FastAPI, deps: Deps, others: Sequence[APIRouter] = ()) -> None:
    """Adds all routes except operations (health, metrics) and the desks, in the order in which they are tried."""
    for router in (
        api.router(deps),
        pages.router(deps),
        internal.router(deps),
        *others,
        short_link_routes.router(deps),
        webhooks.router(deps.inbound, sms_channels(deps.settings)),
    ):
        join_router(app.router, router)
    if is_offered(deps.settings):
        opt_outs = SimulatedOptOuts(deps.database, deps.addresses)
        app.include_router(simulator.router(deps.settings, opt_outs))  # it has a lifespan
