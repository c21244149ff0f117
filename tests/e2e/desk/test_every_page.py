"""Every page of the editor's desk: axe in both languages, no sideways scrolling down to 320 px, all of it by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from core.identity import Role
from tests.e2e.browser import NewContext
from tests.e2e.desk.conftest import DeskService, page_of
from tests.e2e.desk.content import fill, lived_in
from tests.e2e.web.widget import violations

NARROW, TABLET, WIDE = ({"width": width, "height": 800} for width in (320, 768, 1280))
ENTRY = ("", "/workflow", "/history")
PAGES = (
    *(
        "",
        "account",
        "entries",
        "entries?q=carte",
        "entries?links=broken",
        "entries?order=asked",
        "work",
        "conflicts",
        "collections",
        "collections/essai",
        "exchange",
        "tasks",
    ),
    *(
        "publications",
        "publications/waiting",
        "publications/active",
        "try",
        "demand",
        "demand/1",
        "golden",
        "start-questions",
        "look",
        "settings",
        "nowhere",
    ),
    *("synonyms", "synonyms?q=carte", "synonyms/new", "synonyms/used", "synonyms/changing", "synonyms/gone"),
    *("integrators", "integrators/webhooks", "integrators/api"),
    *("offices", "offices?q=mairie", "offices/new", "offices/mairie-clairval", "offices/mairie-valdore"),
    *(f"entries/essai/a{part}" for part in ENTRY),
    "entries/essai/b/conflict",
    *("replace", "replace?find=carte&instead=titre", "replace?find=x&instead="),
)

# The elements that Tab stops at, in order, until it leaves the page; and those it should have stopped at.
FOCUSABLE = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.type !== "hidden"
    && one.tabIndex >= 0 && !(one.type === "radio" && !one.checked)).length"""
STOPPED = """() => {
  let one = document.activeElement;
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  if (!one || one === document.body) return "left";
  if (one === window.lastWalked) return "same";  // a date has a stop for day, month and year
  window.lastWalked = one;
  const seen = one.dataset.walked === "yes";
  one.dataset.walked = "yes";
  const style = getComputedStyle(one);
  const shown = style.outlineStyle !== "none" || style.boxShadow !== "none";
  return seen ? "again" : shown ? "new" : `unseen: ${one.outerHTML.slice(0, 120)}`;
}"""


@pytest.fixture(scope="module")
def filled(desk: DeskService) -> DeskService:
    desk.work(fill)
    desk.work(lived_in)
    return desk


def walked(page: Page) -> int:
    """How many elements the Tab key stops at; each must show that it has the focus, and none may hold it."""
    stops: list[str] = []
    while len(stops) < 400:
        page.keyboard.press("Tab")
        stop = page.evaluate(STOPPED)
        if stop in ("left", "again"):
            return stops.count("new")
        assert stop in ("new", "same"), f"{page.url}: {stop}"
        stops.append(stop)
    raise AssertionError(f"{page.url}: Tab never leaves the page")


def test_every_page_for_everyone(filled: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(filled, new_context, Role.ADMINISTRATOR, viewport=WIDE)
    for path in PAGES:
        for language, size in (("fr", WIDE), ("en", NARROW)):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.goto(f"{filled.url}/desk/{path}{'&' if '?' in path else '?'}lang={language}")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            if path.endswith("essai/a"):
                expect(page.locator("#web .card")).to_be_visible()
            assert violations(page) == [], (path, language)
            if size is WIDE:
                assert walked(page) >= page.evaluate(FOCUSABLE), path
                page.set_viewport_size(TABLET)  # type: ignore[arg-type]
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), (path, size)
