"""What the evaluations share: one engine on the full index of the real pages."""

from __future__ import annotations

import pytest

from cli.engine import open_engine
from cli.install import for_tests
from core.settings import Settings
from retrieval.service import SearchService


@pytest.fixture(scope="package")
def engine() -> SearchService:
    return open_engine(for_tests(Settings()))
