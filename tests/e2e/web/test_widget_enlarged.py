"""Text at 200 % on a telephone, and 400 % zoom, in each state: nothing is cut off, nothing covers what is
to be read, and axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import NewContext
from tests.e2e.web.fake_gateway import FakeGateway
from tests.e2e.web.widget import Widget, violations

_WIDE = """() => [...document.querySelector('guichet-widget').shadowRoot.querySelectorAll('.panel, .panel *')]
  .filter(each => !each.closest('.table, .unseen, svg')).map(each => [each.outerHTML, each.getBoundingClientRect()])
  .filter(([_, box]) => box.width && (box.right > innerWidth + 1 || box.left < -1)).map(([html]) => html)"""
# The share of the screen that what stays in its place takes: all of it scrolls where the panel is no flex box.
_PINNED = """() => { const root = document.querySelector('guichet-widget').shadowRoot;
  const flex = getComputedStyle(root.querySelector('.panel')).display === 'flex';
  const pinned = flex ? [...root.querySelectorAll('.bar, .ask')] : [];
  return pinned.reduce((sum, each) => sum + each.getBoundingClientRect().height, 0) / innerHeight }"""


def _menus(widget: Widget, _town: FakeGateway) -> None:
    widget.panel.locator(".language").click()
    expect(widget.panel.locator("#languages")).to_be_visible()


def _options(widget: Widget, _town: FakeGateway) -> None:
    widget.panel.locator(".more").click()
    widget.panel.locator("#options > button").nth(2).click()
    expect(widget.panel.locator(".confirm")).to_be_visible()


def _card(widget: Widget, _town: FakeGateway) -> None:
    widget.ask("une ancienne page")
    widget.panel.locator(".source summary").click()
    widget.panel.locator(".card .contact summary").click()
    expect(widget.cards.locator(".contact dl")).to_be_visible()


def _why_not(widget: Widget, _town: FakeGateway) -> None:
    widget.ask("carte")
    widget.panel.locator(".feedback button").nth(1).click()
    expect(widget.panel.get_by_role("radio").first).to_be_focused()


def _folds(widget: Widget, _town: FakeGateway) -> None:
    widget.ask("la suite")
    widget.panel.locator("details.choices summary").click()


def _in_place(widget: Widget, _town: FakeGateway) -> None:
    widget.ask("refuser une succession")
    widget.panel.locator(".page h3 button").first.click()
    expect(widget.panel.locator(".page .card")).to_be_visible()


def _start(widget: Widget, _town: FakeGateway) -> None:
    widget.panel.locator(".intro .contact summary").click()


def _choices(widget: Widget, _town: FakeGateway) -> None:
    widget.ask("refuser une succession")
    expect(widget.panel.locator(".page")).to_have_count(3)


def _asking(widget: Widget, _town: FakeGateway) -> None:
    widget.ask("le RSA")
    expect(widget.panel.locator(".card .choices")).to_be_visible()


def _office(widget: Widget, _town: FakeGateway) -> None:
    widget.ask("horaires")
    expect(widget.cards).to_be_visible()


def _notice(widget: Widget, _town: FakeGateway) -> None:
    widget.ask("mon nom")
    expect(widget.panel.locator(".reply > .notice")).to_be_visible()


def _waiting(widget: Widget, town: FakeGateway) -> None:
    town.hold()
    widget.ask("carte")
    expect(widget.panel.locator(".typing")).to_be_visible()


def _suggested(widget: Widget, _town: FakeGateway) -> None:
    widget.question.press_sequentially("carte")
    expect(widget.panel.get_by_role("option")).to_have_count(2)


def _thanks(widget: Widget, _town: FakeGateway) -> None:
    widget.ask("carte")
    widget.panel.locator(".feedback button").first.click()
    expect(widget.panel.locator(".feedback p")).to_be_focused()


def _offline(widget: Widget, _town: FakeGateway) -> None:
    widget.ask("carte")
    expect(widget.cards).to_be_visible()
    widget.page.context.set_offline(True)
    widget.ask("encore")
    expect(widget.panel.locator(".state:visible")).to_have_count(1)


STATES: list[Callable[[Widget, FakeGateway], None]] = [
    *(_start, _menus, _options, _card, _why_not, _folds, _in_place, _choices),
    *(_asking, _office, _notice, _waiting, _suggested, _thanks, _offline),
]  # fmt: skip


@pytest.fixture
def town(fake: FakeGateway) -> FakeGateway:
    given = {
        "organisation": "Communauté d’agglomération de Valbourg-sur-Exemple et environs",
        "contact_phone": "01 99 00 45 67",
        "contact_address": "Hôtel de ville, 1 place de la Halle, 99999 Valbourg",
        "contact_email": "accueil.des.usagers@communaute-valbourg-sur-exemple.example",
        "first_questions": "Comment s’inscrire sur les listes électorales ?",
    }
    for name, value in given.items():
        object.__setattr__(fake.settings, name, value)
    return fake


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__.strip("_"))
@pytest.mark.parametrize(
    ("width", "height", "text", "language"),
    [(390, 844, 32, "fr"), (320, 256, 16, "fr"), (320, 640, 16, "ar")],
    ids=["text-200", "zoom-400", "arabic"],
)
def test_enlarged_state_is_whole(
    town: FakeGateway,
    new_context: NewContext,
    state: Callable[[Widget, FakeGateway], None],
    width: int,
    height: int,
    text: int,
    language: str,
) -> None:
    context = new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": text}})
    widget = Widget(page, town.url).visit(language).open()
    state(widget, town)
    assert violations(page) == []
    assert page.evaluate(_WIDE) == []
    assert page.evaluate(_PINNED) < 0.5
    widget.question.scroll_into_view_if_needed()
    expect(widget.question).to_be_in_viewport()
