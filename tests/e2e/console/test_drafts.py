"""What a supervisor has begun to write is neither lost, nor sent twice, nor shown to another citizen; alerts are heard."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route, expect

from tests.e2e.browser import NewContext
from tests.e2e.console.conftest import Service
from tests.e2e.web.widget import Widget

SUBJECTS = ("carte perdue", "passeport")
REPLIES = re.compile("/reply$")


def _two_of_mine(running: Service, console: Page, new_context: NewContext) -> dict[str, Widget]:
    """Two citizens, both answered by the console's supervisor; the second one is open."""
    citizens = {}
    for subject in SUBJECTS:
        citizens[subject] = Widget(new_context().new_page(), running.url).visit().open()
        citizens[subject].ask(subject).ask("humain")
        expect(citizens[subject].replies).to_have_count(2)
    for subject in SUBJECTS:
        _open(console, subject)
        console.get_by_role("button", name="Prendre la conversation").click()
        expect(console.get_by_label("Votre réponse")).to_be_focused()
    return citizens


def _open(console: Page, subject: str) -> None:
    console.locator(".row", has_text=subject).click()
    expect(console.locator("#talk-title")).to_have_text(subject)


def _held(console: Page, address: re.Pattern[str]) -> list[Route]:
    """The next request to ``address``, once it has left, on its way until it is told to go on."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    console.route(address, hold, times=1)
    return waiting


def test_each_conversation_has_its_own_note_and_summary(running: Service, console: Page, new_context: NewContext) -> None:
    _two_of_mine(running, console, new_context)
    console.get_by_label("Nouvelle note").fill("Sa fille est malade")
    console.locator("#close").click()
    console.locator("#summary").fill("Votre dossier est complet.")
    console.locator("#ending").get_by_role("button", name="Annuler").click()
    console.locator("#transfer").click()
    console.locator("#transferring").get_by_role("button", name="Annuler").click()

    _open(console, "carte perdue")
    expect(console.get_by_label("Nouvelle note")).to_have_value("")
    console.locator("#close").click()
    expect(console.locator("#summary")).to_have_value("")
    console.locator("#ending").get_by_role("button", name="Annuler").click()

    console.reload()  # a session that ended does so too
    _open(console, "passeport")
    expect(console.get_by_label("Nouvelle note")).to_have_value("Sa fille est malade")
    console.locator("#noting button").click()
    expect(console.locator("#notes")).to_contain_text("Sa fille est malade")
    expect(console.get_by_label("Nouvelle note")).to_have_value("")
    console.locator("#close").click()
    expect(console.locator("#summary")).to_have_value("Votre dossier est complet.")


def test_a_reply_goes_out_once_and_what_is_written_meanwhile_stays(
    running: Service, console: Page, new_context: NewContext
) -> None:
    citizen = _two_of_mine(running, console, new_context)["passeport"]
    waiting = _held(console, REPLIES)
    box = console.get_by_label("Votre réponse")
    box.fill("Venez lundi.")
    box.press("Enter")
    box.press("Enter")
    box.type("Et prenez")
    expect(box).to_have_value("Et prenez")
    assert len(waiting) == 1
    waiting[0].continue_()
    expect(citizen.panel).to_contain_text("Venez lundi.")
    expect(console.locator(".said.by-human")).to_have_count(1)
    expect(box).to_have_value("Et prenez")


def test_a_reply_whose_answer_was_lost_is_not_said_twice(running: Service, console: Page, new_context: NewContext) -> None:
    citizen = _two_of_mine(running, console, new_context)["passeport"]

    def out_and_lost(route: Route) -> None:
        route.fetch()
        route.abort()

    console.route(REPLIES, out_and_lost)
    box = console.get_by_label("Votre réponse")
    box.fill("Venez lundi.")
    box.press("Enter")
    expect(box).to_have_value("Venez lundi.")  # nobody knows: it is there to be sent again
    console.unroute(REPLIES)
    box.press("Enter")
    expect(box).to_have_value("")
    box.fill("À lundi !")
    box.press("Enter")
    expect(citizen.panel).to_contain_text("À lundi !")
    expect(citizen.replies.filter(has_text="Venez lundi.")).to_have_count(1)


def test_who_was_chosen_comes_although_something_is_new_where_one_was(
    running: Service, console: Page, new_context: NewContext
) -> None:
    """The list would show one citizen as chosen, and the reply go to the other."""
    citizen = _two_of_mine(running, console, new_context)["passeport"]
    waiting = _held(console, re.compile("/handoffs/[0-9a-f]+$"))
    console.locator(".row", has_text="carte perdue").click()
    citizen.ask("Vous êtes là ?")
    expect(console.locator(".row", has_text="passeport").locator(".badge.new")).to_be_visible()
    waiting[0].continue_()
    expect(console.locator("#talk-title")).to_have_text("carte perdue")


def test_a_danger_that_asks_for_nobody_is_announced(running: Service, console: Page, new_context: NewContext) -> None:
    expect(console.locator("#nobody")).to_be_visible()
    citizen = Widget(new_context().new_page(), running.url).visit().open()
    citizen.ask("danger")
    expect(console.locator(".row.alert")).to_contain_text("signalé")
    expect(console).to_have_title(re.compile(r"^\(1\) "))
    expect(console.locator("#told")).to_contain_text("Alerte")
