"""The administration's colour and logo, on the widget and on the pages: what is written on them can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import NewContext
from tests.e2e.web.fake_gateway import FakeGateway
from tests.e2e.web.widget import Widget, violations

LOGO = "/static/pages/icon.svg"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Callable[[str], FakeGateway]]:
    """Starts a gateway of an administration with this colour."""
    running: list[FakeGateway] = []

    def start(colour: str) -> FakeGateway:
        running.append(
            FakeGateway(
                tmp_path, widget_colour=colour, widget_logo_url=LOGO, organisation="Ville de Valbourg (démonstration)"
            ).start()
        )
        return running[-1]

    yield start
    for one in running:
        one.stop()


def test_head_with_a_logo_is_one_row_on_a_telephone(town: Callable[[str], FakeGateway], new_context: NewContext) -> None:
    widget = Widget(new_context(viewport={"width": 390, "height": 844}).new_page(), town("#0b5c6b").url).visit().open()
    boxes = [widget.panel.locator(place).bounding_box() for place in (".bar .logo", ".bar .close")]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert abs(boxes[0]["y"] + boxes[0]["height"] / 2 - boxes[1]["y"] - boxes[1]["height"] / 2) < 4


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("colour", "text"), [("#ffe600", "rgb(0, 0, 0)"), ("#1a0033", "rgb(255, 255, 255)")])
def test_colour_of_the_administration_is_readable_everywhere(
    town: Callable[[str], FakeGateway], new_context: NewContext, colour: str, text: str, scheme: str
) -> None:
    url = town(colour).url
    page = new_context(color_scheme=scheme).new_page()
    widget = Widget(page, url).visit()
    assert violations(page) == []
    widget.open().ask("ma carte")
    expect(widget.cards).to_be_visible()
    expect(widget.panel.locator(".logo")).to_be_visible()
    assert violations(page) == []
    page.goto(f"{url}/assistant")
    page.locator("#text").fill("ma carte")
    with page.expect_navigation():
        page.get_by_role("button", name="Envoyer", exact=True).click()
    for place in ("button.main", ".said"):
        shown = page.locator(place).first
        expect(shown).to_have_css("color", text)
        expect(shown).to_have_css(
            "background-color", f"rgb({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))})"
        )
    expect(page.locator("header .logo")).to_be_visible()
    assert violations(page) == []
