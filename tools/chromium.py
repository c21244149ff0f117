"""The browser of the end-to-end tests, of pictures and of `bench widget`: Debian's Chromium, or Playwright's own elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from cli.language import Refusal, say

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def executable() -> str | None:
    """Returns an installed Chromium or Chrome; ``None`` means Playwright's own."""
    return next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)


def ensure() -> None:
    """Installs a browser if there is none: with apt as root on Debian, else through Playwright."""
    if executable():
        return
    if sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installation de Chromium (Debian)…", "Installing Chromium (Debian)…")
        commands = [["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium", "fonts-dejavu-core"]]
    else:
        say("Installation de Chromium (Playwright)…", "Installing Chromium (Playwright)…")
        commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    optional = [["apt-get", "install", "-y", "-qq", "firefox-esr"]] if commands[0][0] == "apt-get" else []  # some tests use it
    for command in commands:
        if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:  # noqa: S603
            raise Refusal(
                "Chromium n'a pas pu être installé pour les tests : installez-le (paquet « chromium »), puis relancez.",
                "Chromium could not be installed for the tests: install it (package 'chromium'), then run this again.",
            )
    for command in optional:
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)  # noqa: S603


def library() -> Callable[[], AbstractContextManager[Playwright]]:
    """Returns the function that starts Playwright. Raises ``Refusal`` if it is missing."""
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - a tool of development: absent where only the service is
    except ImportError:
        raise Refusal("Il manque Playwright : uv sync --group dev.", "Playwright is missing: uv sync --group dev.") from None
    return sync_playwright


@contextmanager
def browsing() -> Iterator[Browser]:
    """Yields a new browser, installed first if there is none. Raises ``Refusal`` without Playwright."""
    begun = library()
    ensure()
    with begun() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))
        yield browser
        browser.close()
