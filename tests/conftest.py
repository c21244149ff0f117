"""The order of the tests, and what may run side by side."""

from __future__ import annotations

from pathlib import Path

import pytest

_TESTS = Path(__file__).parent
_LAST = _TESTS / "e2e"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """End-to-end tests come last: they are the slowest, and while Playwright's synchronous browser is open, its event loop
    runs in this thread, so that no asynchronous test can start one.

    With several workers (`--dist loadgroup`) the tests of a file stay together, since they share what is costly to start;
    all that use the service of the end-to-end tests stay on one worker, since it has one state folder.
    """
    items.sort(key=lambda item: item.path.is_relative_to(_LAST))
    for item in items:
        shared = "service" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.xdist_group("service" if shared else str(item.path.relative_to(_TESTS))))
