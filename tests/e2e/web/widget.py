"""The widget as a citizen uses it."""

from __future__ import annotations

import json
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Locator, Page, expect

_RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
_BREACHES = """async rules => (await axe.run(document, rules)).violations.map(
  ({id, nodes}) => [id, nodes.map(({target}) => target)])"""


class Widget:
    """The widget on a page of the site at ``url``. Locators pierce its shadow root."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.launcher = page.locator("guichet-widget .launcher")
        self.panel = page.locator("guichet-widget dialog")
        self.question = self.panel.locator("#question")
        self.said = self.panel.locator(".said")
        self.replies = self.panel.locator("article.reply")
        self.cards = self.panel.locator(".card")
        self.status = self.panel.locator(".status:not(.queue)")

    def visit(self, language: str = "fr") -> Widget:
        self.page.goto(f"{self.url}/demo?lang={language}")
        expect(self.page.locator("guichet-widget")).to_be_attached()
        return self

    def open(self) -> Widget:
        self.launcher.click()
        expect(self.question).to_be_visible()
        return self

    def ask(self, text: str) -> Widget:
        self.question.fill(text)
        self.question.press("Enter")
        return self

    def button(self, name: str) -> Locator:
        return self.panel.get_by_role("button", name=name, exact=True)

    def speak(self, name: str) -> Widget:
        """Chooses a language of the panel by its own name."""
        self.panel.locator(".language").click()
        self.button(name).click()
        return self

    def texts(self) -> list[str]:
        """What the log shows, in order: "said …" and "reply …" with the first words of each."""
        told = "each.querySelector('h3, p:not(.who)').innerText.replace(/^Vous\\s*:\\s*/, '')"
        found: list[str] = self.panel.locator(".log > :is(.said, article)").evaluate_all(
            f"all => all.map(each => each.className + ' ' + {told})"
        )
        return [text.replace("\xa0", " ") for text in found]

    def focused(self) -> str:
        """The class of the element that has the focus inside the widget, or its tag on the page around it."""
        return str(
            self.page.evaluate(
                "() => { const inner = document.activeElement?.shadowRoot?.activeElement;"
                " return inner ? inner.className || inner.id : document.activeElement?.tagName }"
            )
        )


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with the page as it is now, shadow roots included: rule and place.

    Only that is brought out of the browser: all that axe also finds right is a quarter of a megabyte, and takes longer to
    bring than the rules take to run.
    """
    page.wait_for_load_state()  # after a click on a link the next page may be there without its style sheet
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[tuple[str, list[Any]]] = page.evaluate(_BREACHES, _RULES)
    return [f"{rule}: {json.dumps(targets)}" for rule, targets in found]
