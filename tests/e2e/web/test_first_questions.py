"""The start: questions to press, links of the site that ask, who the administration is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import NewContext
from tests.e2e.web.fake_gateway import FakeGateway
from tests.e2e.web.widget import Widget, violations

PINNED = "Où peut-on se marier ?|en: Where can I marry?|J’ai perdu ma carte"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[FakeGateway]:
    """A gateway of an administration that says who it is."""
    running = FakeGateway(tmp_path)
    given = {
        "first_questions": PINNED,
        "contact_phone": "01 99 00 45 67",
        "contact_address": "1 place de la Halle",
        "opening_hours": "Du lundi au vendredi",
        "relay_url": "https://relais.example/",
        "relay_means": "Texte, LSF, LfPC",
    }
    for name, value in given.items():
        object.__setattr__(running.settings, name, value)
    running.start()
    yield running
    running.stop()


def test_question_that_is_offered_is_asked_by_one_press(town: FakeGateway, new_context: NewContext) -> None:
    widget = Widget(new_context().new_page(), town.url).visit().open()
    expect(widget.panel.locator(".questions button")).to_have_text(["Où peut-on se marier\xa0?", "J’ai perdu ma carte"])
    assert violations(widget.page) == []
    widget.button("J’ai perdu ma carte").click()
    expect(widget.cards).to_be_visible()
    assert town.said == ["J’ai perdu ma carte"]


def test_questions_that_are_offered_are_those_of_the_reader_s_language(town: FakeGateway, new_context: NewContext) -> None:
    widget = Widget(new_context().new_page(), town.url).visit("en").open()
    expect(widget.panel.locator(".questions button")).to_have_text(["Where can I marry?"])


def test_question_that_is_offered_is_asked_without_javascript(town: FakeGateway, new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{town.url}/assistant")
    with page.expect_navigation():
        page.get_by_role("button", name="J’ai perdu ma carte").click()
    expect(page.locator(".card")).to_be_visible()
    assert town.said == ["J’ai perdu ma carte"]


def test_link_of_the_site_opens_the_widget_with_its_question(widget: Widget, fake: FakeGateway) -> None:
    link = widget.page.get_by_role("link", name="Comment refaire ma carte d’identité perdue")
    link.focus()
    widget.page.keyboard.press("Enter")
    expect(widget.cards).to_be_visible()
    assert widget.page.url.endswith("/demo?lang=fr")
    assert [text.replace("\xa0", " ") for text in fake.said] == ["Comment refaire ma carte d’identité perdue ?"]


def test_link_of_the_site_without_javascript_opens_the_page_with_its_question(
    fake: FakeGateway, new_context: NewContext
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{fake.url}/demo")
    page.get_by_role("link", name="Comment refaire ma carte d’identité perdue").click()
    expect(page.locator("#text")).to_have_value(re.compile("Comment refaire ma carte d’identité perdue"))
    assert fake.said == []  # an address asks nothing


def test_answer_that_sends_to_the_town_hall_says_where_it_is(town: FakeGateway, new_context: NewContext) -> None:
    widget = Widget(new_context().new_page(), town.url).visit().open().ask("ma carte")  # "… au guichet de la mairie"
    place = widget.cards.locator(".contact")
    expect(place.locator("dl")).to_be_hidden()
    place.locator("summary").click()
    expect(place.locator("dt")).to_have_text(["Adresse", "Horaires", "Téléphone", "Sourds et malentendants"])
    expect(place.get_by_role("link", name=re.compile("Texte, LSF, LfPC"))).to_have_attribute("href", "https://relais.example/")
    assert violations(widget.page) == []
    widget.ask("un préavis")
    expect(widget.cards).to_have_count(2)
    expect(widget.cards.last.locator(".contact")).to_have_count(0)


@pytest.mark.parametrize("path", ["/about", "/legal", "/accessibility", "/assistant"])
def test_page_gives_the_relay_with_the_number(town: FakeGateway, new_context: NewContext, path: str) -> None:
    page = new_context().new_page()
    page.goto(f"{town.url}{path}")
    for words in ("01 99 00 45 67", "Texte, LSF, LfPC"):
        expect(page.locator("main").get_by_text(words)).to_have_count(1)


@pytest.mark.parametrize("path", ["/", "/about", "/privacy", "/legal", "/accessibility", "/assistant"])
@pytest.mark.parametrize("language", ["fr", "en", "es", "ar"])
def test_public_page_names_no_setting_and_no_path(fake: FakeGateway, new_context: NewContext, path: str, language: str) -> None:
    page = new_context().new_page()
    page.goto(f"{fake.url}{path}?lang={language}")
    text = page.locator("body").inner_text()
    assert not re.search(r"GUICHET_|\w+_\w+|/\w+/\w+|\b[0-9a-f]{8}-|\.py\b|\.yml\b|\bindex\b", text)


def test_panel_in_arabic_runs_from_the_right(fake: FakeGateway, new_context: NewContext) -> None:
    widget = Widget(new_context(viewport={"width": 390, "height": 844}).new_page(), fake.url).visit("ar").open().ask("ma carte")
    expect(widget.cards).to_be_visible()
    expect(widget.panel).to_have_attribute("dir", "rtl")
    boxes = [widget.panel.locator(place).bounding_box() for place in ("#question", ".send")]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["x"] > boxes[1]["x"]  # who reads from the right writes there
    assert widget.cards.locator(".body").evaluate("each => getComputedStyle(each).direction") == "ltr"  # the page is French
    wide = """() => [...document.querySelector('guichet-widget').shadowRoot.querySelectorAll('.panel, .panel *')]
      .filter(each => !each.closest('.table, .unseen')).map(each => [each.outerHTML, each.getBoundingClientRect()])
      .filter(([_, box]) => box.right > innerWidth + 1 || box.left < -1).map(([html]) => html)"""
    assert widget.page.evaluate(wide) == []


def test_date_of_an_answer_in_arabic_is_in_order(fake: FakeGateway, new_context: NewContext) -> None:
    widget = Widget(new_context().new_page(), fake.url).visit("ar").open().ask("une ancienne page")
    date = widget.cards.locator("time")
    expect(date).to_have_text("01/03/2020")  # no marks of direction, which would show it as 012020/03/
    expect(date).to_have_attribute("dir", "ltr")


def test_text_alone_at_200_percent_leaves_the_question_its_width(fake: FakeGateway, new_context: NewContext) -> None:
    """Telephones enlarge text without the sizes that are written in rem."""
    page = new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True).new_page()
    widget = Widget(page, fake.url).visit().open()
    page.evaluate(
        """() => { const sheet = new CSSStyleSheet(); sheet.replaceSync('.panel { text-size-adjust: 200%; }');
        const root = document.querySelector('guichet-widget').shadowRoot;
        root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]; }"""
    )
    widget.question.fill("comment refaire ma carte d’identité perdue")
    box = widget.question.bounding_box()
    assert box is not None
    assert box["width"] > 0.8 * 390
    assert widget.question.evaluate("each => each.scrollHeight <= each.clientHeight + 1")  # nothing of it is cut off


def test_opinion_leads_on_to_the_one_on_the_whole_service(fake: FakeGateway, new_context: NewContext) -> None:
    object.__setattr__(fake.settings, "opinion_url", "https://jedonnemonavis.example/")
    widget = Widget(new_context().new_page(), fake.url).visit().open().ask("ma carte")
    widget.button("Oui").click()
    link = widget.panel.locator(".feedback").get_by_role("link", name=re.compile("Donner votre avis"))
    expect(link).to_have_attribute("href", "https://jedonnemonavis.example/")
    assert violations(widget.page) == []
