"""The order of the tests."""

from __future__ import annotations

from pathlib import Path

import pytest

_LAST = Path(__file__).parent / "e2e"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """End-to-end tests come last: they are the slowest, and while Playwright's synchronous browser is open, its event loop
    runs in this thread, so that no asynchronous test can start one."""
    items.sort(key=lambda item: item.path.is_relative_to(_LAST))
