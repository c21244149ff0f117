"""Suggestions while a citizen types, and the question at the end of a contact."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import NewContext
from tests.e2e.web.fake_gateway import SUGGESTED, FakeGateway
from tests.e2e.web.widget import Widget, violations
from tests.waiting import wait_until


def test_suggestions_by_keyboard(widget: Widget, fake: FakeGateway) -> None:
    widget.open().question.press_sequentially("carte")
    options = widget.panel.get_by_role("option")
    expect(options).to_have_text(list(SUGGESTED))
    expect(widget.panel.get_by_text("Questions proposées : 2.")).to_be_attached()
    assert violations(widget.page) == []
    for key, marked in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0)):
        widget.question.press(key)
        expect(options.nth(marked)).to_have_attribute("aria-selected", "true")
        expect(widget.question).to_have_attribute("aria-activedescendant", f"suggestion-{marked}")
    widget.question.press("Enter")
    expect(widget.cards).to_be_visible()
    expect(options).to_have_count(0)
    assert fake.said == [SUGGESTED[0]]


def test_escape_closes_the_suggestions_and_then_the_panel(widget: Widget) -> None:
    widget.open().question.press_sequentially("carte")
    expect(widget.panel.get_by_role("option")).to_have_count(2)
    widget.question.press("Escape")
    expect(widget.panel.get_by_role("option")).to_have_count(0)
    expect(widget.question).to_have_value("carte")
    widget.question.press("Escape")
    expect(widget.panel).to_be_hidden()


def test_enter_without_a_choice_asks_what_was_typed(widget: Widget, fake: FakeGateway) -> None:
    widget.open().question.press_sequentially("carte")
    expect(widget.panel.get_by_role("option")).to_have_count(2)
    widget.question.press("Enter")
    expect(widget.cards).to_be_visible()
    assert fake.said == ["carte"]


@pytest.mark.parametrize("size", [(390, 844), (320, 256)])
def test_suggestion_is_pressed(fake: FakeGateway, new_context: NewContext, size: tuple[int, int]) -> None:
    page = new_context(viewport={"width": size[0], "height": size[1]}, color_scheme="dark").new_page()
    widget = Widget(page, fake.url).visit().open()
    widget.question.press_sequentially("carte g")
    option = widget.panel.get_by_role("option")
    expect(option).to_have_text(SUGGESTED[1])
    assert violations(page) == []
    option.click()
    expect(widget.cards).to_be_visible()
    assert fake.said == [SUGGESTED[1]]


def test_suggestions_switched_off_ask_nothing(fake: FakeGateway, new_context: NewContext) -> None:
    object.__setattr__(fake.settings, "suggestions", False)
    widget = Widget(new_context().new_page(), fake.url).visit().open()
    widget.question.press_sequentially("carte")
    widget.question.press("Enter")
    expect(widget.cards).to_be_visible()
    assert fake.typed == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_end_of_a_contact_is_asked_once_and_answered_by_one_press(
    fake: FakeGateway, new_context: NewContext, scheme: str
) -> None:
    page = new_context(color_scheme=scheme, viewport={"width": 390, "height": 844}).new_page()
    widget = Widget(page, fake.url).visit().open().ask("ma carte")
    expect(widget.cards).to_be_visible()
    widget.panel.locator(".close").click()
    farewell = page.locator("guichet-widget .farewell")
    expect(farewell).to_contain_text("Avez-vous trouvé ce que vous cherchiez")
    assert widget.focused() == "launcher"
    assert violations(page) == []
    farewell.get_by_role("button", name="Non").click()
    expect(farewell).to_contain_text("Qu’est-ce qui a manqué")
    assert violations(page) == []
    farewell.get_by_role("button", name="Une personne à qui parler").click()
    expect(farewell).to_contain_text("Merci")
    wait_until(lambda: len(fake.verdicts) == 2)  # thanks are said while the verdict is under way
    assert fake.verdicts == [{"satisfied": False}, {"satisfied": False, "missing": "person"}]
    widget.launcher.click()
    expect(farewell).to_have_count(0)
    widget.panel.locator(".close").click()
    expect(widget.launcher).to_be_visible()
    expect(farewell).to_have_count(0)


def test_end_of_a_contact_is_not_asked_about_without_an_answer(widget: Widget) -> None:
    widget.open().ask("bonjour")
    expect(widget.replies).to_have_count(1)
    widget.panel.locator(".close").click()
    expect(widget.launcher).to_be_visible()
    expect(widget.page.locator("guichet-widget .farewell")).to_have_count(0)
