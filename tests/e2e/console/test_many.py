"""The console with many requests, and on a telephone, where the list and a conversation do not fit beside each other."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, Route, expect

from core.database.base import now
from core.database.models import Conversation, Handoff
from core.handoff import Kind, Reason, State
from tests.e2e.browser import NewContext
from tests.e2e.console.conftest import Service, open_console
from tests.e2e.web.widget import Widget


async def _requests(
    running: Service, count: int, origin: str, subject: str, *, ended: bool = False, alert: bool = False
) -> None:
    """Writes ``count`` requests for a human, each in a conversation of its own."""
    async with running.database.write() as session:
        for number in range(count):
            conversation = Conversation(id=f"{origin}-{number}", channel="web", origin=origin, language="fr")
            session.add(conversation)
            await session.flush()
            session.add(
                Handoff(
                    id=f"{origin}-{number}",
                    conversation_id=conversation.id,
                    kind=Kind.CHAT,
                    state=State.CLOSED if ended else State.WAITING,
                    reason=Reason.CRISIS if alert else Reason.ASKED,
                    alert=alert,
                    subject=f"{subject} {number}",
                    closed_at=now() - timedelta(minutes=number) if ended else None,
                )
            )


def test_trials_stand_below_the_citizens_and_lengthen_no_page(running: Service, new_context: NewContext) -> None:
    running.run(_requests(running, 60, "ask", "Essai", alert=True))
    Widget(new_context().new_page(), running.url).visit().open().ask("passeport volé").ask("humain")
    console = open_console(running, new_context, "Anne")
    expect(console.locator("#group-trials")).to_have_text("Essais (60)")
    expect(console.locator("#group-waiting")).to_have_text("En attente (1)")
    expect(console.locator(".row").first).to_contain_text("passeport volé")
    heights = console.evaluate("[document.documentElement.scrollHeight, window.innerHeight]")
    assert heights[0] < 2 * heights[1]


def test_on_a_telephone_the_browser_s_back_leads_to_the_list(running: Service, new_context: NewContext) -> None:
    """Before, the conversation stood under the whole list, and "back" left the desk."""
    Widget(new_context().new_page(), running.url).visit().open().ask("passeport volé").ask("humain")
    console = open_console(running, new_context, "Anne", viewport={"width": 390, "height": 844})
    row = console.locator(".row")
    row.click()
    expect(console.locator("#talk-title")).to_be_in_viewport()
    expect(console.locator("#list")).to_be_hidden()
    console.get_by_role("button", name="← La liste (1 en attente)").click()
    expect(console.locator("#talk")).to_be_hidden()
    expect(row).to_be_focused()
    row.click()
    console.go_back()
    expect(row).to_be_visible()
    expect(console.locator("#talk")).to_be_hidden()
    console.set_viewport_size({"width": 1300, "height": 900})
    row.click()
    expect(row).to_be_visible()
    expect(console.locator("#to-list")).to_be_hidden()


def test_a_conversation_that_was_left_before_it_came_stays_away(running: Service, new_context: NewContext) -> None:
    Widget(new_context().new_page(), running.url).visit().open().ask("passeport volé").ask("humain")
    console = open_console(running, new_context, "Anne", viewport={"width": 390, "height": 844})
    on_its_way: list[Route] = []

    def hold(route: Route) -> None:
        on_its_way.append(route)

    console.route("**/api/desk/console/handoffs/*", hold)
    with console.expect_request("**/api/desk/console/handoffs/*"):
        console.locator(".row").click()
    console.go_back()
    expect(console.locator(".row")).to_be_visible()
    with console.expect_response("**/api/desk/console/handoffs/*") as came:
        for route in on_its_way:
            route.continue_()
    came.value.finished()
    console.evaluate("() => new Promise(requestAnimationFrame)")
    expect(console.locator("#talk")).to_be_hidden()
    expect(console.locator(".row")).to_be_visible()


def test_of_many_ended_requests_the_older_ones_are_shown_when_asked_for(
    running: Service, console: Page, new_context: NewContext
) -> None:
    running.run(_requests(running, 60, "citizen", "Sujet", ended=True))
    console.get_by_label("Afficher").select_option("ended")
    expect(console.locator(".row")).to_have_count(50)
    expect(console.locator("#ended-told")).to_contain_text("Voici les 50 dernières")
    console.get_by_role("button", name="Afficher de plus anciennes").click()
    expect(console.locator(".row")).to_have_count(60)
    expect(console.get_by_role("button", name="Afficher de plus anciennes")).to_be_hidden()
    expect(console.locator("#ended-told")).to_be_empty()


def test_of_just_as_many_as_are_shown_no_older_ones_are_promised(
    running: Service, console: Page, new_context: NewContext
) -> None:
    running.run(_requests(running, 50, "citizen", "Sujet", ended=True))
    console.get_by_label("Afficher").select_option("ended")
    expect(console.locator(".row")).to_have_count(50)
    expect(console.locator("#ended-told")).to_be_empty()
    expect(console.get_by_role("button", name="Afficher de plus anciennes")).to_be_hidden()
