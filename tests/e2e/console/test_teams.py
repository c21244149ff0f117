"""Two teams at their consoles: what is handed over leaves one screen and comes to the other."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from supervision.handoffs.teams import set_team
from tests.e2e.browser import NewContext
from tests.e2e.console.conftest import Service
from tests.e2e.web.widget import Widget


def test_what_is_handed_to_another_team_leaves_the_screen_with_a_word(running: Service, new_context: NewContext) -> None:
    running.run(_divide(running))
    anne, paul = (_console(running, new_context, name, team) for name, team in (("Anne", "social"), ("Paul", "urbanisme")))
    Widget(new_context().new_page(), running.url).visit().open().ask("passeport volé").ask("humain")
    expect(paul.locator(".row")).to_be_visible()  # no team's: everybody's
    anne.locator(".row").click()
    _hand_over(anne, "social")
    expect(paul.locator(".row")).to_have_count(0)
    _hand_over(anne, "urbanisme")
    expect(anne.locator("#choose")).to_have_text("C’est transmis à l’équipe urbanisme.")
    expect(anne.locator("#talk")).to_be_hidden()
    expect(anne.locator(".row")).to_have_count(0)
    paul.locator(".row").click()
    expect(paul.locator(".said.by-citizen").first).to_be_visible()


async def _divide(running: Service) -> None:
    for name in ("social", "urbanisme"):
        async with running.database.write() as session:
            await set_team(session, name, themes=["nulle part"], languages=[], actor="test")


def _console(running: Service, new_context: NewContext, name: str, team: str) -> Page:
    context = new_context()
    context.add_cookies([running.cookie(running.staff(name, teams=[team]))])  # type: ignore[list-item]
    page = context.new_page()
    page.goto(f"{running.url}/desk/conversations")
    return page


def _hand_over(console: Page, team: str) -> None:
    """Claim the open conversation and put it into the queue of ``team``."""
    console.locator("#claim").click()
    console.locator("#transfer").click()
    console.locator("#to").select_option(f"team:{team}")
    console.locator("#why").fill("Pour suite")
    console.locator("#transfer-do").click()
