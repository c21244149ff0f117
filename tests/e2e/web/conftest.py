"""The widget in a browser: against the fake gateway for every state, against the whole service (``service``) for the path."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.browser import NewContext
from tests.e2e.web.fake_gateway import FakeGateway
from tests.e2e.web.widget import Widget


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeGateway]:
    running = FakeGateway(tmp_path).start()
    yield running
    running.stop()


@pytest.fixture
def widget(fake: FakeGateway, new_context: NewContext) -> Widget:
    """A page of the demonstration site, the widget not yet opened."""
    return Widget(new_context().new_page(), fake.url).visit()
