"""The card of an office: in the widget, and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.browser import NewContext
from tests.e2e.web.fake_gateway import FakeGateway
from tests.e2e.web.fake_replies import PLACE
from tests.e2e.web.widget import Widget, violations

QUESTION = "horaires de la mairie de Clairval"
MAP = "https://www.openstreetmap.org/search?query=1%20place%20du%20Tilleul"


def _says_where_and_when(card: Locator, level: int) -> None:
    expect(card.get_by_role("heading", level=level)).to_have_text(PLACE["name"])
    expect(card.locator("strong")).to_have_text(PLACE["text"])
    expect(card.get_by_role("listitem")).to_have_text(["lundi – vendredi : 8:30–12:00, 13:30–17:00", "samedi : 9:00–12:00"])
    expect(card.get_by_role("link", name=PLACE["phone"])).to_have_attribute("href", "tel:0000000100")
    assert (card.get_by_role("link", name="Voir sur une carte").get_attribute("href") or "").startswith(MAP)
    expect(card).to_contain_text("Vérifié le 12 octobre 2026")
    expect(card.get_by_role("link")).to_have_count(2)  # the source has no address


def test_place_card_says_where_and_when(widget: Widget) -> None:
    widget.open().ask(QUESTION)
    expect(widget.cards).to_be_visible()
    _says_where_and_when(widget.cards, 3)


def test_place_card_without_javascript(fake: FakeGateway, new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
    page.goto(f"{fake.url}/assistant")
    page.locator("#text").fill(QUESTION)
    with page.expect_navigation():
        page.get_by_role("button", name="Envoyer", exact=True).click()
    _says_where_and_when(page.locator(".card"), 2)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_axe_finds_nothing_on_a_place_card(fake: FakeGateway, new_context: NewContext, language: str) -> None:
    widget = Widget(new_context().new_page(), fake.url).visit(language).open().ask(QUESTION)
    expect(widget.cards).to_be_visible()
    assert violations(widget.page) == []
    page = new_context(viewport={"width": 320, "height": 844}).new_page()
    page.goto(f"{fake.url}/assistant?lang={language}")
    page.locator("#text").fill(QUESTION)
    with page.expect_navigation():
        page.locator(".ask button").click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
