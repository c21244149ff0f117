"""The order of the tests, and what may run side by side."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from core.garbage_collection import freeze_long_lived

_TESTS = Path(__file__).parent
_LAST = _TESTS / "e2e"

# How long an example takes says how busy the machine is, and nothing of the code.
settings.register_profile("guichet", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("guichet")


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist's own, which reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """End-to-end tests come last: they are the slowest, and while Playwright's synchronous browser is open, its event loop
    runs in this thread, so that no asynchronous test can start one.

    With several workers (`--dist loadgroup`) the tests of a file stay together, since they share what is costly to start, and
    so do the files of a folder that use one Rasa, whose start takes longer than their tests. All that use the service of the
    end-to-end tests stay on one worker, since it has one state folder. Theirs is the longest group: it comes first of the
    last.
    """
    items.sort(key=lambda item: (item.path.is_relative_to(_LAST), not _shares_the_service(item)))
    with_rasa = {item.path for item in items if _uses(item, "rasa_server")}
    for item in items:
        group = str((item.path.parent / "rasa" if item.path in with_rasa else item.path).relative_to(_TESTS))
        item.add_marker(pytest.mark.xdist_group("service" if _shares_the_service(item) else group))


def _shares_the_service(item: pytest.Item) -> bool:
    return item.path.is_relative_to(_LAST) and _uses(item, "service")


def _uses(item: pytest.Item, fixture: str) -> bool:
    return fixture in getattr(item, "fixturenames", ())


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep what was loaded and collected out of the garbage collector's way; see to it that groups are kept."""
    freeze_long_lived()  # 1,026 tests in one process: 23.6 → 20.5 s of processor time (2026-11-29)
    _require_groups(session)


def _require_groups(session: pytest.Session) -> None:
    """Stop when pytest-xdist ignored the groups: two workers would each start the service on the same state folder."""
    if getattr(session.config.option, "loadgroup", False):
        alone = [item.nodeid for item in session.items if _shares_the_service(item) and not item.nodeid.endswith("@service")]
        if alone:
            raise pytest.UsageError(f"pytest-xdist does not group the tests that share the service: {alone[0]}")
