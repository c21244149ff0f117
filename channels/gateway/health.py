"""Health checks: one that the gateway lives, and one for each part that a citizen's answer needs."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Literal

import httpx
import structlog
from fastapi import APIRouter, Depends, Response
from sqlalchemy import func, select

from channels.http.deps import Deps
from channels.http.security import operations_only
from conversations.signals.event_bus import ALIVE
from conversations.signals.redis_client import FAILURES
from core.action_server import action_server
from core.database.base import now
from core.database.migrate import code_revision, database_revision, works_with
from core.database.models import Message
from core.full_disk import has_room
from core.version import version

_LATE = timedelta(seconds=20)  # a message unanswered for so long shows that no worker works
_TIMEOUT_SECONDS = 2

State = Literal["ok", "degraded", "failed"]
log = structlog.get_logger(__name__)


class Health:
    """Checks, one for each part. ``degraded``: slower, or from older pages; ``failed``: no answer would come."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._actions = action_server(deps.settings, seconds=_TIMEOUT_SECONDS)
        self._head = code_revision()
        self.checks: dict[str, Callable[[], Awaitable[State]]] = {
            "sql": self._sql,
            "redis": self._redis,
            "rasa": self._rasa,
            "actions": self._action_server,
            "worker": self._worker,
        }

    async def report(self) -> dict[str, State]:
        """Returns the state of each part."""
        states = await asyncio.gather(*(self._run_check(name) for name in self.checks))
        return dict(zip(self.checks, states, strict=True))

    async def close(self) -> None:
        await self._actions.aclose()

    async def _run_check(self, name: str) -> State:
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                return await self.checks[name]()
        except Exception as error:
            log.warning("health_check_failed", part=name, error=type(error).__name__)
            return "failed"

    async def _sql(self) -> State:
        """Checks the record. It can be read with a full disk, but accepts no message then."""
        if self._deps.database.is_sqlite and not has_room(self._deps.settings.home):
            return "failed"
        async with self._deps.database.engine.connect() as connection:
            revision = await connection.run_sync(database_revision)
        if revision == self._head:
            return "ok"
        # During an update the tables are newer until this gateway is replaced. With ``failed``, a load balancer would remove it
        # before its successor has started.
        return "ok" if await asyncio.to_thread(works_with, revision) else "failed"

    async def _redis(self) -> State:
        return "ok" if await self._deps.event_bus.ping() else "degraded"  # replies are found in SQL meanwhile

    async def _rasa(self) -> State:
        return "ok" if await self._deps.engine.is_ready() else "failed"

    async def _action_server(self) -> State:
        answer = await self._actions.get("/health")
        if answer.status_code != httpx.codes.OK:
            return "failed"
        return "degraded" if answer.json().get("refused") else "ok"  # the active snapshot is damaged

    async def _worker(self) -> State:
        """Checks the workers by their sign of life in Redis; without Redis, by messages that wait too long."""
        try:
            return "ok" if await self._deps.event_bus.redis.exists(ALIVE) else "failed"
        except FAILURES:
            async with self._deps.database.read() as session:
                late = await session.execute(
                    select(func.count()).where(Message.outcome.is_(None), Message.received_at < now() - _LATE)
                )
                return "failed" if late.scalar_one() else "ok"


def router(deps: Deps, health: Health) -> APIRouter:
    routes = APIRouter(prefix="/health", tags=["operations"], dependencies=[Depends(operations_only(deps))])

    @routes.get("/live")
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @routes.get("/ready")
    async def ready(response: Response) -> dict[str, Any]:
        """Answers 200 if a citizen would get an answer, else 503; ``parts`` shows which part failed."""
        parts = await health.report()
        is_ready = "failed" not in parts.values()
        response.status_code = 200 if is_ready else 503
        return {"ready": is_ready, "version": version(), "parts": parts}

    return routes
