"""Reading: what an answer asks, what stands above already, one row of actions, and where the eye is after a press."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import NewContext
from tests.e2e.web.fake_gateway import FakeGateway
from tests.e2e.web.widget import Widget, violations

SIZES = [(390, 844), (1280, 800)]


def widget_at(fake: FakeGateway, new_context: NewContext, size: tuple[int, int]) -> Widget:
    width, height = size
    return Widget(new_context(viewport={"width": width, "height": height}).new_page(), fake.url).visit().open()


@pytest.mark.parametrize("size", SIZES)
def test_question_about_the_case_is_in_view_with_the_answer(
    fake: FakeGateway, new_context: NewContext, size: tuple[int, int]
) -> None:
    widget = widget_at(fake, new_context, size).ask("le RSA")
    for part in (widget.cards.locator(".body > p").first, widget.button("Cas général")):
        expect(part).to_be_in_viewport(ratio=1)
    order = "each => [...each.children].map(child => child.className.split(' ')[0])"
    shown = widget.cards.evaluate(order)
    assert shown.index("body") + 1 == shown.index("choices") < shown.index("source") < shown.index("actions")
    assert violations(widget.page) == []


@pytest.mark.parametrize("size", SIZES)
def test_answer_that_stands_above_is_not_printed_again_for_its_next_question(
    fake: FakeGateway, new_context: NewContext, size: tuple[int, int]
) -> None:
    widget = widget_at(fake, new_context, size).ask("le RSA")
    widget.button("Cas général").click()
    expect(widget.button("En ligne")).to_be_in_viewport(ratio=1)
    expect(widget.cards).to_have_count(2)
    expect(widget.panel.locator(".body")).to_have_count(1)
    assert widget.cards.last.evaluate("card => [...card.childNodes].map(child => child.nodeName)") == ["H3", "DIV"]
    widget.ask("le RSA")
    expect(widget.cards).to_have_count(3)


def test_answer_is_in_view_after_a_button_is_pressed(fake: FakeGateway, new_context: NewContext) -> None:
    widget = widget_at(fake, new_context, SIZES[0])
    for turn in range(1, 4):
        widget.ask("perdu")
        expect(widget.replies).to_have_count(2 * turn - 1)
        widget.button("Passeport perdu").last.click()
        expect(widget.replies).to_have_count(2 * turn)
        expect(widget.cards.last.locator(".body > p").first).to_be_in_viewport(ratio=1)


def test_actions_of_older_answers_are_folded(widget: Widget) -> None:
    widget.open().ask("ma carte")
    expect(widget.button("Imprimer")).to_be_visible()
    widget.ask("un préavis")
    expect(widget.cards).to_have_count(2)
    expect(widget.panel.locator(".tool:visible", has_text="Imprimer")).to_have_count(1)
    older = widget.cards.first.locator(".past summary")
    expect(older).to_have_text("Avis, impression, copie")
    older.click()
    expect(widget.cards.first.get_by_role("button", name="Imprimer")).to_be_visible()
    assert violations(widget.page) == []


def test_places_stand_in_bold_once(widget: Widget) -> None:
    widget.open().ask("le RSA")
    expect(widget.cards.locator(".body strong")).to_have_text(["mairie", "Caf"])


def test_plain_page_asks_above_the_source_and_takes_a_number(fake: FakeGateway, new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
    page.goto(f"{fake.url}/assistant")
    for text in ("le RSA", "1"):
        page.locator("#text").fill(text)
        with page.expect_navigation():
            page.get_by_role("button", name="Envoyer", exact=True).click()
    assert fake.said == ["le RSA", "Cas général"]
    expect(page.get_by_role("button", name="Sur place")).to_be_visible()
    expect(page.locator(".card .body")).to_have_count(1)  # it stands above already
    assert page.locator(".card").first.evaluate("card => [...card.children].at(-1).className") == "source"


@pytest.mark.parametrize("typed", ["3", "2 enfants"])
def test_plain_page_sends_a_number_that_is_no_choice_as_text(fake: FakeGateway, new_context: NewContext, typed: str) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{fake.url}/assistant")
    for text in ("le RSA", typed):
        page.locator("#text").fill(text)
        with page.expect_navigation():
            page.get_by_role("button", name="Envoyer", exact=True).click()
    assert fake.said == ["le RSA", typed]


def test_plain_page_asks_at_the_end_what_was_missing(fake: FakeGateway, new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{fake.url}/assistant")
    page.locator("#text").fill("ma carte")
    with page.expect_navigation():
        page.get_by_role("button", name="Envoyer", exact=True).click()
    end = page.locator("#end")
    end.locator("summary").click()
    for pressed in ("Non", "Des mots plus simples"):
        with page.expect_navigation():
            end.get_by_role("button", name=pressed).click()
    expect(end).to_contain_text("Merci")
    assert fake.verdicts == [{"satisfied": False, "missing": ""}, {"satisfied": False, "missing": "clarity"}]
