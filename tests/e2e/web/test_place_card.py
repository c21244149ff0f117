"""The card of an office: in the widget, and without JavaScript."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.browser import NewContext
from tests.e2e.web.fake_gateway import FakeGateway
from tests.e2e.web.fake_replies import PLACE
from tests.e2e.web.widget import Widget, violations

QUESTION = "horaires de la mairie de Clairval"
MAP = "https://www.openstreetmap.org/search?query=1%20place%20du%20Tilleul"
MAP_OF_ANNEXE = "https://www.openstreetmap.org/search?query=4%20rue%20du%20Moulin"
WHERE, NEAREST = "où est la CAF ?", "Le plus près de moi"


def _says_where_and_when(card: Locator, level: int) -> None:
    expect(card.get_by_role("heading", level=level)).to_have_text(PLACE["name"])
    expect(card.locator("strong")).to_have_text(PLACE["text"])
    expect(card.get_by_role("listitem")).to_have_text(["lundi – vendredi : 8:30–12:00, 13:30–17:00", "samedi : 9:00–12:00"])
    expect(card.get_by_role("link", name=PLACE["phone"])).to_have_attribute("href", "tel:0000000100")
    maps = card.get_by_role("link", name="Voir sur une carte")
    assert (maps.first.get_attribute("href") or "").startswith(MAP)
    assert (maps.last.get_attribute("href") or "").startswith(MAP_OF_ANNEXE)  # without the name of the annexe
    expect(card).to_contain_text("Annexe des Prés : 4 rue du Moulin, 00100 Clairval-sur-Orbe")
    expect(card).to_contain_text(re.compile(r"Adresse postale\s:\sBP 12, 00101"))
    expect(card).to_contain_text("Vérifié le 12 octobre 2026")
    expect(card.get_by_role("link")).to_have_count(3)  # the source has no address


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


def test_nearest_office_is_found_by_the_position_which_no_message_has(fake: FakeGateway, new_context: NewContext) -> None:
    here = {"latitude": 46.53127, "longitude": 2.44235}
    context = new_context(geolocation=here, permissions=["geolocation"])
    widget = Widget(context.new_page(), fake.url).visit().open().ask(WHERE)
    expect(widget.button(NEAREST)).to_be_visible()
    expect(widget.replies.last).to_contain_text("n’est pas conservée")
    assert violations(widget.page) == []
    assert fake.positions == []  # nothing before the press
    widget.button(NEAREST).click()
    expect(widget.cards.get_by_role("heading")).to_have_text(PLACE["name"])
    assert fake.positions == [{"payload": "signed:nearest", "latitude": 46.531, "longitude": 2.442}]
    assert fake.said == [WHERE, "office"]  # the choice, not the position
    expect(widget.said.last).to_contain_text(NEAREST)


@pytest.mark.parametrize(
    ("context", "told"),
    [
        ({}, "Écrivez votre commune ou votre code postal"),  # refused: nobody grants it here
        ({"geolocation": {"latitude": -46, "longitude": 2}, "permissions": ["geolocation"]}, "à moins de 50 km"),
    ],
)
def test_without_a_position_or_an_office_there_the_citizen_reads_what_to_do(
    fake: FakeGateway, new_context: NewContext, context: dict[str, Any], told: str
) -> None:
    widget = Widget(new_context(**context).new_page(), fake.url).visit().open().ask(WHERE)
    widget.button(NEAREST).press("Enter")
    expect(widget.replies.last.get_by_role("status")).to_contain_text(told)
    assert fake.said == [WHERE]
    widget.ask("horaires")
    expect(widget.cards).to_be_visible()


def test_question_for_the_commune_has_no_button_without_javascript(fake: FakeGateway, new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{fake.url}/assistant")
    page.locator("#text").fill(WHERE)
    with page.expect_navigation():
        page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.get_by_text("Dans quelle commune")).to_be_visible()
    expect(page.get_by_role("button", name=NEAREST)).to_have_count(0)
