"""One part of the desk over a record of three entries, with the action server's application behind it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from actions.server.app import create_app as action_server
from channels.gateway.app import create_app
from channels.gateway.composition import build
from core.database import Database
from core.identity import Role
from core.settings import Settings
from knowledge_base.desk.publishing.engine import EngineClient
from retrieval.service import SearchService
from retrieval.snapshots.update import snapshots_folder
from retrieval.turn_scoped_retriever import TurnScopedRetriever
from tests.desk_support import make_staff, sign_in
from tests.integration.migrated import migrated
from tests.integration.publishing_support import knowledge, settings_for
from tests.unit.retrieval.samples import WordEmbedder


@dataclass
class Desk:
    settings: Settings
    database: Database
    app: FastAPI

    async def browser(self, role: Role, **more: Any) -> httpx.AsyncClient:
        """Somebody of that role, signed in; ``more`` as ``make_staff`` has it."""
        headers = await sign_in(self.database, self.settings, await make_staff(self.database, role, **more))
        transport = httpx.ASGITransport(self.app)
        base = self.settings.base_url
        return httpx.AsyncClient(base_url=base, transport=transport, headers=headers | {"Accept": "text/html"})


async def desk_of(module: ModuleType, home: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch, **changes: object) -> Desk:
    """The desk with the part of ``module``, which asks the action server; ``changes`` of its settings. Close its database."""
    url = f"sqlite+aiosqlite:///{home / 'guichet.db'}"
    await migrated(url)
    settings = settings_for(home, url).model_copy(update={"redis_url": redis_url, **changes})
    deps = build(settings)
    await knowledge(deps.database, home)
    engine = SearchService(snapshots_folder(home), WordEmbedder(), check_seconds=0)
    behind = httpx.ASGITransport(action_server(settings, TurnScopedRetriever(engine)))
    monkeypatch.setattr(module, "EngineClient", lambda given: EngineClient(given, behind))
    return Desk(settings, deps.database, create_app(settings, deps, [module.part(settings, deps.database)]))
