"""The widget and the plain page in Firefox: a question, its answer, by keyboard, and what axe finds.

Playwright drives Debian's ``firefox-esr`` by WebDriver BiDi through ``tests/e2e/firefox_relay.py``. Without this package these
tests are left out: ``./guichet test`` installs Chromium only.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.e2e.web.fake_gateway import SUGGESTED, FakeGateway
from tests.e2e.web.widget import Widget, violations

FIREFOX = shutil.which("firefox-esr")
pytestmark = pytest.mark.skipif(FIREFOX is None, reason="firefox-esr is not installed")
RELAY = Path(__file__).parents[1] / "firefox_relay.py"
SIZES = [(390, 844), (1280, 800)]


@pytest.fixture(scope="module")
def firefox(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    start = tmp_path_factory.mktemp("firefox") / "firefox"
    start.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{RELAY}" "$@"\n')
    start.chmod(0o700)
    launched = playwright.firefox.launch(
        channel="moz-firefox", executable_path=start, env={**os.environ, "FIREFOX": str(FIREFOX)}
    )
    yield launched
    launched.close()


def widget_in(firefox: Browser, fake: FakeGateway, size: tuple[int, int], language: str = "fr") -> Widget:
    context = firefox.new_context(locale="fr-FR", viewport={"width": size[0], "height": size[1]})
    context.set_default_timeout(15_000)
    return Widget(context.new_page(), fake.url).visit(language)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_firefox_shows_an_answer_and_axe_finds_nothing(
    firefox: Browser, fake: FakeGateway, size: tuple[int, int], language: str
) -> None:
    widget = widget_in(firefox, fake, size, language)
    found = {"closed": violations(widget.page)}
    widget.open()
    found["open"] = violations(widget.page)
    widget.ask("refuser une succession")
    widget.panel.locator(".page h3 button").first.click()
    expect(widget.panel.locator(".page .card")).to_be_visible()
    found["choices"] = violations(widget.page)
    widget.ask("une ancienne page")
    expect(widget.cards).to_have_count(2)
    widget.panel.locator(".source summary").last.click()
    found["answer"] = violations(widget.page)
    expect(widget.cards.last.locator(".body > p").first).to_be_in_viewport()
    assert found == {state: [] for state in found}
    widget.page.context.close()


def test_firefox_by_keyboard_alone(firefox: Browser, fake: FakeGateway) -> None:
    widget = widget_in(firefox, fake, SIZES[1])
    widget.launcher.focus()
    keyboard = widget.page.keyboard
    keyboard.press("Enter")
    expect(widget.question).to_be_focused()
    keyboard.type("carte")
    expect(widget.panel.get_by_role("option")).to_have_text(list(SUGGESTED))
    keyboard.press("ArrowDown")
    keyboard.press("Enter")
    expect(widget.cards).to_be_visible()
    expect(widget.replies.first).to_be_focused()
    assert fake.said == [SUGGESTED[0]]
    keyboard.press("Escape")
    expect(widget.panel).to_be_hidden()
    assert widget.focused() == "launcher"
    widget.page.context.close()


def test_firefox_shows_the_plain_page(firefox: Browser, fake: FakeGateway) -> None:
    page = firefox.new_context(locale="fr-FR", viewport={"width": 320, "height": 640}).new_page()
    page.goto(f"{fake.url}/assistant")
    page.locator("#text").fill("ma carte")
    page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.locator(".card")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    page.context.close()
