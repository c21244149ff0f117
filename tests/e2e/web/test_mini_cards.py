"""Pages that may answer, as choices with an extract: in the widget, and without JavaScript."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser import NewContext
from tests.e2e.web.fake_gateway import FakeGateway
from tests.e2e.web.fake_replies import EXTRACT, RENOUNCING
from tests.e2e.web.widget import Widget, violations

QUESTION = "refuser une succession"


def press_within(page: Page, place: Locator) -> None:
    """Presses the mouse in the middle of ``place``, whatever element takes it."""
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


@pytest.fixture
def offered(widget: Widget) -> Widget:
    """The widget with three mini cards and two plain options."""
    widget.open().ask(QUESTION)
    expect(widget.panel.locator(".page")).to_have_count(3)
    return widget


def test_mini_card_says_title_extract_source_and_date(offered: Widget) -> None:
    first, second = offered.panel.locator(".page").nth(0), offered.panel.locator(".page").nth(1)
    expect(first.get_by_role("heading", level=3)).to_have_text(RENOUNCING)
    expect(first.locator(".extract span")).to_have_text(EXTRACT.split("\n"))
    expect(first.locator(".from")).to_have_text("service-public.fr · vérifié le 26/08/2020")
    expect(second.locator(".item")).to_have_count(2)
    expect(second.locator(".from")).to_have_text("service-public.fr · date de vérification inconnue")


def test_mini_card_by_keyboard_is_one_stop_and_opens_the_page(offered: Widget, fake: FakeGateway) -> None:
    page = offered.page
    expect(offered.replies).to_be_focused()
    page.keyboard.press("Tab")
    button = offered.panel.locator(".page").first.get_by_role("button")
    expect(button).to_be_focused()
    expect(button).to_have_accessible_name(RENOUNCING)
    expect(button).to_have_accessible_description(
        re.compile(r"jamais été héritier.*service-public\.fr · vérifié le 26/08/2020", re.DOTALL)
    )
    assert button.evaluate("each => getComputedStyle(each, '::after').outlineStyle") == "solid"  # around the whole card
    page.keyboard.press("Tab")
    expect(offered.panel.locator(".page").nth(1).get_by_role("button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(offered.cards).to_be_visible()
    assert fake.said == [QUESTION, "Accepter ou renoncer à la succession (option successorale)"]


def test_mini_card_pressed_on_its_extract_opens_the_page(offered: Widget, fake: FakeGateway) -> None:
    press_within(offered.page, offered.panel.locator(".extract").first)
    expect(offered.cards).to_be_visible()
    assert fake.said == [QUESTION, RENOUNCING]


def test_mini_card_opens_in_place_and_closes_again(offered: Widget) -> None:
    place = offered.panel.locator(".page").nth(1)
    title = place.locator("h3 button").first
    title.click()
    expect(place.locator(".card")).to_be_visible()
    expect(place.locator(".extract")).to_be_hidden()
    expect(title).to_have_attribute("aria-expanded", "true")
    expect(place.locator("article")).to_be_focused()
    expect(offered.said).to_have_count(1)  # the title stands above it already
    expect(offered.panel.locator(".log > article")).to_have_count(1)
    tools = place.locator(".actions .tool")
    expect(tools.first).to_be_visible()
    widths = tools.evaluate_all("all => all.map((each) => each.getBoundingClientRect().width)")
    assert max(widths) < 120, widths  # side by side, none as wide as the card
    title.click()
    expect(place.locator(".card")).to_be_hidden()
    expect(place.locator(".extract")).to_be_visible()
    expect(title).to_have_attribute("aria-expanded", "false")
    assert violations(offered.page) == []


def test_plain_option_below_mini_cards_is_a_button(offered: Widget, fake: FakeGateway) -> None:
    offered.button("Aucune de ces réponses").click()
    expect(offered.replies).to_have_count(2)
    assert fake.said[1] == "Aucune de ces réponses"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_axe_finds_nothing_on_mini_cards(fake: FakeGateway, new_context: NewContext, language: str) -> None:
    widget = Widget(new_context().new_page(), fake.url).visit(language).open().ask(QUESTION)
    expect(widget.panel.locator(".page")).to_have_count(3)
    assert violations(widget.page) == []
    widget.ask("un préavis")
    expect(widget.cards).to_be_visible()
    assert violations(widget.page) == []


@pytest.mark.parametrize("text", [16, 32])  # px: as the browser's own setting has it
@pytest.mark.parametrize("width", [320, 390])
def test_mini_cards_long_extract_does_not_overflow(fake: FakeGateway, new_context: NewContext, width: int, text: int) -> None:
    context = new_context(viewport={"width": width, "height": 844})
    page = context.new_page()
    context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": text}})
    widget = Widget(page, fake.url).visit().open().ask(QUESTION)
    expect(widget.panel.locator(".page")).to_have_count(3)
    assert widget.question.evaluate("each => getComputedStyle(each).fontSize") == f"{text}px"
    wide = """within => [...document.querySelector('guichet-widget').shadowRoot.querySelectorAll('.panel, .panel *')]
      .filter(each => !each.closest('.unseen')).map(each => [each.outerHTML, each.getBoundingClientRect()])
      .filter(([_, box]) => box.right > innerWidth + 1 || box.left < -1).map(([html]) => html)"""
    assert page.evaluate(wide) == []
    assert widget.panel.locator(".log").evaluate("each => each.scrollWidth <= each.clientWidth")


@pytest.mark.parametrize("options", [{"forced_colors": "active"}, {"contrast": "more"}])
def test_mini_cards_keep_their_edges(fake: FakeGateway, new_context: NewContext, options: dict[str, Any]) -> None:
    widget = Widget(new_context(**options).new_page(), fake.url).visit().open().ask(QUESTION)
    card = widget.panel.locator(".page").first
    expect(card).to_be_visible()
    assert card.evaluate("each => getComputedStyle(each).borderTopStyle") == "solid"


def test_mini_cards_run_from_the_right_in_arabic(widget: Widget) -> None:
    widget.open().ask("بالعربية من فضلكم")
    expect(widget.replies).to_have_count(1)
    widget.ask(QUESTION)
    expect(widget.panel.locator(".page")).to_have_count(3)
    reply, extract = widget.replies.last, widget.panel.locator(".extract").first
    expect(reply).to_have_attribute("dir", "rtl")
    assert extract.evaluate("each => getComputedStyle(each).direction") == "ltr"  # the page itself is in French
    edges = (
        "each => { const { borderLeftWidth: left, borderRightWidth: right } = getComputedStyle(each); return [left, right] }"
    )
    assert widget.panel.locator(".page").first.evaluate(edges) == ["1px", "4px"]


def test_mini_cards_without_javascript(fake: FakeGateway, new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
    page.goto(f"{fake.url}/assistant")
    page.locator("#text").fill(QUESTION)
    with page.expect_navigation():
        page.get_by_role("button", name="Envoyer", exact=True).click()
    first = page.locator(".page").first
    expect(first.get_by_role("button")).to_have_accessible_name(RENOUNCING)
    expect(first.get_by_role("button")).to_have_accessible_description(
        re.compile("jamais été héritier.*vérifié le 26/08/2020", re.DOTALL)
    )
    expect(first.locator(".extract span")).to_have_text(EXTRACT.split("\n"))
    expect(page.locator(".from").nth(1)).to_have_text("service-public.fr · date de vérification inconnue")
    with page.expect_navigation():
        press_within(page, first.locator(".extract"))
    expect(page.locator(".card")).to_be_visible()
    assert [said.replace("\xa0", " ") for said in fake.said] == [QUESTION, RENOUNCING]  # the fake's payload is typeset


@pytest.mark.parametrize("language", ["fr", "en"])
def test_axe_finds_nothing_on_mini_cards_of_the_plain_page(fake: FakeGateway, new_context: NewContext, language: str) -> None:
    page = new_context(viewport={"width": 390, "height": 844}).new_page()  # scripts on: axe is one
    page.goto(f"{fake.url}/assistant?lang={language}")
    for text in (QUESTION, "un préavis"):
        page.locator("#text").fill(text)
        with page.expect_navigation():
            page.locator(".ask button").click()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
