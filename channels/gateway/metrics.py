"""Figures for Prometheus: requests by route, and what the record says of messages. No text, no id, no address."""

from __future__ import annotations

import time
from datetime import timedelta

from fastapi import APIRouter, Depends, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from sqlalchemy import func, select
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from channels.gateway.deps import Deps
from channels.gateway.security import operations_only
from core.database.base import now
from core.database.models import Conversation, Reply
from core.database.models import Message as Asked
from core.turns import Origin, Outcome

_WINDOW = timedelta(minutes=5)


class Metrics:
    """The gateway's figures, in a registry of their own."""

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
        self.waiting = Gauge("guichet_waiting_messages", "Messages without an outcome.", registry=self.registry)
        self.oldest = Gauge("guichet_oldest_waiting_seconds", "Age of the oldest of them.", registry=self.registry)
        self.turns = Gauge(
            "guichet_turns_recent",
            "Turns of citizens in the last five minutes.",
            ("channel", "outcome"),
            registry=self.registry,
        )
        self.turn_ms = Gauge(
            "guichet_turn_recent_mean_milliseconds", "Mean time of those turns.", ("channel",), registry=self.registry
        )

    async def read_record(self, deps: Deps) -> None:
        """Set the gauges from SQL."""
        async with deps.database.read() as session:
            waiting = await session.execute(select(func.count(), func.min(Asked.received_at)).where(Asked.outcome.is_(None)))
            count, oldest = waiting.one()
            recent = await session.execute(
                select(Conversation.channel, Reply.outcome, func.count(), func.sum(Reply.milliseconds))
                .join(Conversation, Conversation.id == Reply.conversation_id)
                .where(Reply.created_at > now() - _WINDOW, Conversation.origin == Origin.CITIZEN)
                .group_by(Conversation.channel, Reply.outcome)
            )
            rows = recent.all()
        self.waiting.set(count)
        self.oldest.set((now() - oldest).total_seconds() if oldest else 0)
        for channel in ("web", "sms"):
            of_channel = [(outcome, number, total) for name, outcome, number, total in rows if name == channel]
            by_outcome = {outcome: number for outcome, number, _ in of_channel}
            for outcome in Outcome:
                self.turns.labels(channel, outcome.value).set(by_outcome.get(outcome.value, 0))
            number = sum(by_outcome.values())
            self.turn_ms.labels(channel).set(sum(int(total) for *_, total in of_channel) / number if number else 0)


class CountRequests:
    """ASGI middleware: counts by the route's template, so that ids in paths make no series of their own."""

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
    """The path with names in the place of its parameters; ``none`` where no route was found."""
    if "endpoint" not in scope:
        return "none"
    names = {str(value): f"{{{name}}}" for name, value in scope.get("path_params", {}).items()}
    return "/".join(names.get(part, part) for part in scope["path"].split("/"))


def router(deps: Deps, metrics: Metrics) -> APIRouter:
    routes = APIRouter(tags=["operations"], dependencies=[Depends(operations_only(deps))])

    @routes.get("/metrics")
    async def exposition() -> Response:
        await metrics.read_record(deps)
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return routes
