"""Browser contexts for the end-to-end tests: a script error, or a breach of the content security policy, fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from playwright.sync_api import Browser, BrowserContext

NewContext = Callable[..., BrowserContext]


def contexts(browser: Browser, **usual: Any) -> Iterator[NewContext]:
    """Makes contexts, each a person of its own, with the ``usual`` options (Playwright's) unless others are given."""
    made: list[BrowserContext] = []
    errors: list[str] = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(**{"locale": "fr-FR", "reduced_motion": "reduce"} | usual | options)
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
