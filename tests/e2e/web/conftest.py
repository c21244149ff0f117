"""The widget in a browser: against the fake gateway for every state, against the whole service (``service``) for the path."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.e2e.web.fake_gateway import FakeGateway
from tests.e2e.web.widget import Widget

NewContext = Callable[..., BrowserContext]


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeGateway]:
    running = FakeGateway(tmp_path).start()
    yield running
    running.stop()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[NewContext]:
    """Makes browser contexts (each a citizen of its own); any script error fails the test."""
    made: list[BrowserContext] = []
    errors: list[str] = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(**{"locale": "fr-FR", "reduced_motion": "reduce"} | options)
        context.set_default_timeout(15_000)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.on(
            "console", lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None
        )
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()
    assert errors == []


@pytest.fixture
def widget(fake: FakeGateway, new_context: NewContext) -> Widget:
    """A page of the demonstration site, the widget not yet opened."""
    return Widget(new_context().new_page(), fake.url).visit()
