"""Prometheus metrics: requests by route, and the record's figures on messages. No text, no id, no address."""

import time

import structlog
from fastapi import APIRouter, Depends, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from channels.gateway.health import Health, State
from channels.gateway.record_metrics import RecordMetrics
from channels.http.deps import Deps
from channels.http.security import operations_only

_UP: dict[State, float] = {"ok": 1, "degraded": 0.5, "failed": 0}

log = structlog.get_logger(__name__)


class Metrics:
    """The gateway's metrics, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.requests = Counter(
            "guichet_http_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "guichet_http_seconds", "Time until the answer began.", ("method", "route"), registry=self.registry
        )
        self.parts = Gauge(
            "guichet_part_up",
            "Whether each part answers: 1 yes, 0.5 slower than it should or from older pages, 0 no.",
            ("part",),
            registry=self.registry,
        )
        self.record = RecordMetrics(self.registry)

    async def read(self, deps: Deps, health: Health) -> None:
        """Sets the gauges. If the record fails, those of the parts are still set."""
        for part, state in (await health.report()).items():
            self.parts.labels(part).set(_UP[state])
        try:
            await self.record.read(deps)
        except SQLAlchemyError as error:
            log.warning("record_not_read", error=type(error).__name__)


class CountRequests:
    """ASGI middleware: counts by the route's template, so that ids in paths create no series of their own."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = _template(scope)
                self._metrics.requests.labels(scope["method"], route, str(message["status"])).inc()
                self._metrics.seconds.labels(scope["method"], route).observe(time.perf_counter() - started)
            await send(message)

        await self._app(scope, receive, watched)


def _template(scope: Scope) -> str:
    """Returns the path with names in place of its parameters; ``none`` if no route was found."""
    if "endpoint" not in scope:
        return "none"
    names = {str(value): f"{{{name}}}" for name, value in scope.get("path_params", {}).items()}
    return "/".join(names.get(part, part) for part in scope["path"].split("/"))


def router(deps: Deps, metrics: Metrics, health: Health) -> APIRouter:
    routes = APIRouter(tags=["operations"], dependencies=[Depends(operations_only(deps))])

    @routes.get("/metrics")
    async def exposition() -> Response:
        await metrics.read(deps, health)
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return routes
