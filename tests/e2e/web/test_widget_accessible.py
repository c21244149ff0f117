"""By keyboard alone, at 320 px, in each state, in both languages: what a machine can see of WCAG 2.2 AA."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import NewContext
from tests.e2e.web.fake_gateway import FakeGateway
from tests.e2e.web.widget import Widget, violations


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_the_whole_by_keyboard(widget: Widget, fake: FakeGateway) -> None:
    page = widget.page
    for _ in range(30):
        press(page, "Tab")
        if widget.focused() == "launcher":
            break
    assert widget.focused() == "launcher"
    press(page, "Enter")
    expect(widget.question).to_be_focused()
    page.keyboard.type("perdu")
    press(page, "Enter")
    expect(widget.replies.first).to_be_focused()  # the focus goes to the answer
    press(page, "Tab", "Tab")
    expect(widget.button("Passeport perdu")).to_be_focused()
    press(page, "Enter")
    expect(widget.replies.nth(1)).to_be_focused()
    press(page, "Tab")
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.textContent").startswith("pièces demandées")
    for _ in range(10):
        press(page, "Tab")
        if page.evaluate("document.activeElement.shadowRoot.activeElement?.textContent") == "Oui":
            break
    press(page, "Space")
    expect(widget.panel.locator(".feedback")).to_contain_text("Merci")
    assert fake.opinions[0]["useful"] is True
    widget.replies.nth(1).focus()
    page.keyboard.type("encore")  # typing on an answer goes to the question
    expect(widget.question).to_have_value("encore")
    press(page, "Escape")
    expect(widget.panel).to_be_hidden()
    assert widget.focused() == "launcher"  # and comes back on close
    press(page, "Enter")
    expect(widget.question).to_have_value("encore")


def test_an_answer_does_not_take_the_focus_from_who_is_writing(widget: Widget, fake: FakeGateway) -> None:
    fake.hold()
    widget.open().ask("bonjour")
    widget.question.fill("et aussi")
    fake.release()
    expect(widget.replies).to_have_count(1)
    expect(widget.question).to_be_focused()


def test_the_log_is_announced_once(widget: Widget) -> None:
    widget.open().ask("carte")
    expect(widget.cards).to_be_visible()
    log = widget.panel.get_by_role("log")
    expect(log).to_have_count(1)
    expect(log).to_have_attribute("aria-live", "polite")
    assert log.locator("[aria-live], [role=status], [role=alert]:visible").count() == 0  # no region announces it a second time
    expect(widget.replies).to_have_accessible_name(re.compile(r"^Assistant\s: Perte ou vol de la carte"))
    widget.page.reload()
    expect(log).to_have_attribute("aria-live", "off")  # what was said before is not read out again
    expect(widget.cards).to_be_visible()
    expect(log).to_have_attribute("aria-live", "polite")


@pytest.mark.parametrize(("language", "scheme"), [("fr", "light"), ("en", "dark"), ("ar", "light")])
def test_axe_finds_nothing_in_any_state(fake: FakeGateway, new_context: NewContext, language: str, scheme: str) -> None:
    context = new_context(color_scheme=scheme)
    widget = Widget(context.new_page(), fake.url).visit(language)
    page, found = widget.page, {}

    def check(state: str) -> None:
        found[state] = violations(page)

    check("closed")
    widget.open()
    check("open")
    fake.hold()
    widget.ask("perdu")
    expect(widget.panel.locator(".typing")).to_be_visible()
    check("waiting")
    fake.release()
    expect(widget.panel.locator(".choices")).to_be_visible()
    check("choices")
    widget.ask("carte")
    expect(widget.cards).to_be_visible()
    check("card")
    widget.panel.locator(".language").click()
    check("languages")
    widget.panel.locator(".language").click()
    widget.panel.locator(".feedback button").nth(1).click()
    expect(widget.panel.get_by_role("radio").first).to_be_focused()
    check("why not")
    widget.panel.locator(".feedback form button").click()
    expect(widget.panel.locator(".feedback p")).to_be_visible()
    check("thanks")
    widget.ask("mon nom")
    expect(widget.panel.locator(".reply > .notice")).to_be_visible()
    check("notice")
    widget.panel.locator(".more").click()
    check("options")
    widget.panel.locator("#options > button").nth(2).click()
    expect(widget.panel.locator(".confirm")).to_be_visible()
    check("start again?")
    context.set_offline(True)
    expect(widget.status).not_to_be_empty()
    widget.ask("encore")
    check("offline")
    context.set_offline(False)
    page.set_viewport_size({"width": 320, "height": 640})
    check("full screen")
    assert found == {state: [] for state in found}


@pytest.mark.parametrize("size", [{"width": 320, "height": 640}, {"width": 320, "height": 256}])
def test_nothing_is_cut_off_at_320_px_and_400_percent(fake: FakeGateway, new_context: NewContext, size: dict[str, int]) -> None:
    widget = Widget(new_context(viewport=size).new_page(), fake.url).visit().open().ask("carte")
    expect(widget.cards).to_be_visible()
    widget.ask("perdu")
    expect(widget.panel.locator(".choices")).to_be_visible()
    page = widget.page
    wide = """() => { const root = document.querySelector('guichet-widget').shadowRoot;
      return [...root.querySelectorAll('.panel, .panel *')].filter(each => !each.closest('.table, .unseen'))
        .map(each => [each.outerHTML, each.getBoundingClientRect()])
        .filter(([_, box]) => box.right > innerWidth + 1 || box.left < -1).map(([html]) => html) }"""
    assert page.evaluate(wide) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    widget.button("Passeport perdu").click()
    expect(widget.cards).to_have_count(2)
    widget.question.scroll_into_view_if_needed()
    expect(widget.question).to_be_in_viewport()
    widget.button("Fermer l’assistant").click()
    expect(widget.panel).to_be_hidden()


def test_targets_are_at_least_24_px(widget: Widget) -> None:
    widget.open().ask("carte")
    expect(widget.cards).to_be_visible()
    widget.button("Options").click()
    small = """() => [...document.querySelector('guichet-widget').shadowRoot
      .querySelectorAll('button, textarea, input, .options a')]
      .filter(each => each.checkVisibility()).map(each => [each.outerHTML, each.getBoundingClientRect()])
      .filter(([_, box]) => box.width < 24 || box.height < 24).map(([html]) => html)"""
    assert widget.page.evaluate(small) == []


def test_forced_colours_keep_edges_and_focus(fake: FakeGateway, new_context: NewContext) -> None:
    widget = Widget(new_context(forced_colors="active").new_page(), fake.url).visit().open().ask("bonjour")
    expect(widget.replies).to_have_count(1)
    edge = widget.panel.locator(".bubble").evaluate("each => getComputedStyle(each).borderTopStyle")
    assert edge == "solid"
    widget.question.focus()
    assert widget.question.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"


def test_without_wish_for_motion_nothing_moves(widget: Widget, fake: FakeGateway) -> None:
    fake.hold()
    widget.open().ask("bonjour")
    expect(widget.panel.locator(".typing")).to_be_visible()
    assert widget.panel.locator(".dots").evaluate("each => getComputedStyle(each).animationName") == "none"
    assert widget.panel.locator(".log").evaluate("each => getComputedStyle(each).scrollBehavior") == "auto"


def test_a_full_screen_widget_keeps_the_focus_inside(fake: FakeGateway, new_context: NewContext) -> None:
    widget = Widget(new_context(viewport={"width": 375, "height": 700}, has_touch=True).new_page(), fake.url).visit().open()
    seen = set()
    for _ in range(12):
        press(widget.page, "Tab")
        seen.add(widget.focused())
    assert "A" not in seen  # a link of the page behind
    assert "send" in seen
    press(widget.page, "Escape")
    expect(widget.panel).to_be_hidden()
    assert widget.focused() == "launcher"
