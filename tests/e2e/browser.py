"""Browser contexts for the end-to-end tests: a script error, or a breach of the content security policy, fails the test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

from playwright.sync_api import Browser, BrowserContext

from tools import chromium

NewContext = Callable[..., BrowserContext]


def executable() -> str | None:
    """Returns Chromium without a window's trappings where Debian's package of it is installed: the same engine, of the same
    version, which Playwright's own Chromium for tests is, too. A page costs it a third: 0.6 instead of 1.8 s of processor
    time (2026-12-03)."""
    return shutil.which("chromium-headless-shell") or chromium.executable()


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
