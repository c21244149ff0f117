"""The gateway's composition: middleware outside, routers inside, one set of parts for all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from channels.gateway import health, metrics, problems
from channels.gateway.body_limit import BodyLimit
from channels.gateway.deps import Deps, build
from channels.gateway.mounts import routers
from channels.gateway.origins import widget_origins
from core.settings import Settings


def create_app(settings: Settings, deps: Deps | None = None) -> FastAPI:
    """The gateway for ``settings``. Raises ``WordingError`` if ``domain.yml`` lacks what an error would have to say."""
    deps = deps or build(settings)
    deps.wording.require(problems.WORDS)
    checks, figures = health.Health(deps), metrics.Metrics()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        deps.hub.start()
        yield
        await checks.close()
        await deps.close()

    app = FastAPI(
        title=settings.service_name,
        openapi_url="/api/openapi.json",
        docs_url=None,  # the usual page loads its script from a third party
        redoc_url=None,
        # Its records quote what was sent in; our own figures are in ``metrics``.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
        lifespan=lifespan,
        middleware=[
            Middleware(metrics.CountRequests, metrics=figures),
            Middleware(
                CORSMiddleware,
                allow_origins=widget_origins(settings),
                allow_credentials=False,
                allow_methods=["GET", "POST", "DELETE"],
                allow_headers=["Authorization", "Content-Type", "Accept-Language", "Last-Event-ID"],
                max_age=3600,
            ),
            Middleware(BodyLimit, wording=deps.wording, default_language=settings.default_language),
        ],
    )
    app.state.deps = deps
    problems.install(app, deps.wording, settings.default_language)
    app.include_router(health.router(deps, checks))
    app.include_router(metrics.router(deps, figures))
    for router in routers(deps):
        app.include_router(router)
    return app
