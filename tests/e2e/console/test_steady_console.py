"""What is under the pointer stays what it was, and what is said of a conversation is said as long as it is true."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from playwright.sync_api import Page, Route, expect

from core.identity import Role
from tests.e2e.browser import NewContext
from tests.e2e.console.conftest import Service, open_console
from tests.e2e.console.test_console import _take
from tests.e2e.web.widget import Widget


def _waits(running: Service, new_context: NewContext, subject: str) -> Widget:
    citizen = Widget(new_context().new_page(), running.url).visit().open()
    citizen.ask(subject).ask("humain")
    expect(citizen.replies).to_have_count(2)
    return citizen


def test_a_second_slow_click_on_take_meets_no_other_button(running: Service, console: Page, new_context: NewContext) -> None:
    _waits(running, new_context, "carte perdue")
    console.locator(".row", has_text="carte perdue").click()
    take = console.get_by_role("button", name="Prendre la conversation")
    box = take.bounding_box()
    assert box
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    console.mouse.click(*middle)
    expect(console.get_by_role("button", name="Transmettre")).to_be_visible()
    console.mouse.click(*middle)
    under = console.evaluate("([x, y]) => document.elementFromPoint(x, y).id", middle)
    assert under == "claim"
    expect(console.locator("dialog[open]")).to_have_count(0)
    expect(console.get_by_label("Votre réponse")).to_be_visible()


def test_writes_is_no_longer_said_once_the_words_are_there(running: Service, console: Page, new_context: NewContext) -> None:
    citizen = _waits(running, new_context, "carte perdue")
    _take(console, "carte perdue")
    citizen.question.press_sequentially("Vous êtes là ?")
    typing = console.locator("#typing")
    expect(typing).not_to_be_empty()
    console.evaluate(
        """() => {
          const log = document.getElementById("log"), typing = document.getElementById("typing");
          new MutationObserver(() => (window.beside = typing.textContent)).observe(log, { childList: true });
        }"""
    )
    citizen.question.press("Enter")
    expect(console.locator(".said.by-citizen", has_text="Vous êtes là ?")).to_be_visible()
    assert console.evaluate("window.beside") == "", "at the very moment at which the words appear"


def test_a_reply_that_a_colleague_saved_is_there_without_loading_the_page_again(
    running: Service, console: Page, new_context: NewContext
) -> None:
    for subject in ("carte perdue", "passeport"):
        _waits(running, new_context, subject)
    _take(console, "carte perdue")
    paul = open_console(running, new_context, "Paul")
    _take(paul, "passeport")
    paul.get_by_label("Votre réponse").fill("La mairie ouvre à 9 h.")
    paul.get_by_text("Enregistrer la réponse en cours").click()
    paul.locator("#shortcut").fill("horaires")
    paul.locator("#saving").get_by_role("button").click()
    expect(paul.locator("#saved")).to_contain_text("/horaires")
    console.locator(".row", has_text="passeport").click()
    console.locator(".row", has_text="carte perdue").click()  # as a rule before the other one is drawn
    expect(console.locator("#saved")).to_contain_text("/horaires")
    expect(console.locator("#talk-title")).to_have_text("carte perdue")
    console.get_by_label("Votre réponse").press_sequentially("/horaires ")
    expect(console.get_by_label("Votre réponse")).to_have_value("La mairie ouvre à 9 h.")


def test_what_is_typed_while_a_conversation_is_read_again_goes_into_the_reply(
    running: Service, console: Page, new_context: NewContext
) -> None:
    _waits(running, new_context, "carte perdue")
    _take(console, "carte perdue")
    view = re.compile(r"/handoffs/[0-9a-f]+$")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    console.route(view, hold)
    with console.expect_request(view):
        console.locator(".row", has_text="carte perdue").click()
    reply = console.get_by_label("Votre réponse")
    reply.press_sequentially("La mairie ")
    with console.expect_response(view):
        held[0].continue_()
    console.unroute(view)
    console.keyboard.type("ouvre à 9 h.", delay=20)
    expect(reply).to_have_value("La mairie ouvre à 9 h.")


def test_the_words_have_most_of_the_window_and_the_reply_stays_at_its_foot(running: Service, new_context: NewContext) -> None:
    long = "Comment renouveler ma carte d’identité perdue alors que j’habite à l’étranger depuis des années"
    for subject in (long, "carte perdue"):
        _waits(running, new_context, subject)
    for width, height, share in ((1280, 800, 0.55), (390, 800, 0.3)):
        page = open_console(running, new_context, f"Anne{width}", viewport={"width": width, "height": height})
        rows = page.locator(".row")
        expect(rows).to_have_count(2)
        heights = rows.evaluate_all("all => all.map((one) => one.getBoundingClientRect().height)")
        assert heights[0] == heights[1], "two lines, however long the subject"
        rows.first.click()
        claim = page.locator("#claim")
        expect(claim).to_be_visible()
        if claim.is_enabled():
            claim.click()
        expect(page.get_by_label("Votre réponse")).to_be_visible()
        log, send = page.locator("#log-box").bounding_box(), page.get_by_role("button", name="Envoyer").bounding_box()
        assert log
        assert send
        assert log["height"] >= share * height
        assert send["y"] + send["height"] <= height, "without scrolling"
        page.get_by_role("button", name="Remettre dans la file").click()
        page.context.close()


def test_the_menu_has_seven_items_at_most(running: Service, new_context: NewContext) -> None:
    context = new_context()
    context.add_cookies([running.cookie(running.staff("Chef", Role.ADMINISTRATOR))])  # type: ignore[list-item]
    page = context.new_page()
    for path in ("/desk", "/desk/conversations", "/desk/entries", "/desk/staff"):
        page.goto(running.url + path)
        shown = (
            page.get_by_role("navigation")
            .locator("ul")
            .evaluate_all(
                """all => all.map((list) =>
                  [...list.querySelectorAll(':scope > li > a')].filter((one) => one.checkVisibility()).length)"""
            )
        )
        assert max(shown) <= 7, (path, shown)
        assert shown[0] >= 4


def test_times_are_those_of_the_administration_wherever_the_screen_is(running: Service, new_context: NewContext) -> None:
    page = open_console(running, new_context, "Anne", timezone_id="Asia/Tokyo", locale="en-US")
    shown = """async (at) => {
      const { clock } = await import("/desk/static/console/dom.js");
      return ["fr", "en"].map((language) => clock(at, language));
    }"""
    at = datetime(2025, 12, 31, 23, 5, tzinfo=UTC).isoformat()
    fixed = "\N{NO-BREAK SPACE}"
    assert page.evaluate(shown, at) == [f"1er janvier 2026 à 00{fixed}h{fixed}05", "1 January 2026, 00:05"]
