"""The gateway on an empty record of its own, without Redis."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from cli.gateway import create
from core.settings import Settings
from tests.integration.channels_support import settings_for


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, "redis://127.0.0.1:1/0", tmp_path)


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    app = create(settings)
    yield app
    await app.state.deps.close()
