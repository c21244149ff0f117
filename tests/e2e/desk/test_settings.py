"""The settings in Chromium: an administrator changes, mistypes, shortens, resets; the running gateway follows the record."""

from __future__ import annotations

import httpx
from playwright.sync_api import expect

from core import desk_settings
from core.database import Database
from core.identity import Role
from tests.e2e.browser import NewContext
from tests.e2e.desk.conftest import DeskService, page_of
from tests.e2e.web.widget import violations
from tests.waiting import wait_until


def test_administrator_changes_settings_of_the_running_service(desk: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(desk, new_context, Role.ADMINISTRATOR, viewport={"width": 390, "height": 800})
    page.goto(f"{desk.url}/desk/settings")
    save, days, source = (
        page.get_by_role("button", name="Enregistrer"),
        page.locator("#retention_days"),
        "#retention_days-source",
    )
    days.fill("4000")
    page.locator("#desk_hours").fill("lundi")
    save.click()
    wrong = page.get_by_role("alert").filter(has_text="Rien n’est enregistré")
    expect(wrong.get_by_role("link")).to_have_count(2)
    expect(page.locator("#retention_days-wrong")).to_have_text("Doit être au plus 365.")
    assert violations(page) == []
    page.locator("#desk_hours").fill("Mo-Fr 08:00-12:00")
    days.fill("60")
    save.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Effacer des messages pour de bon\u00a0?")
    assert violations(page) == []
    page.get_by_role("button", name="Garder les messages 60 jours").click()
    expect(page.get_by_role("status").filter(has_text="C’est enregistré et en service.")).to_be_visible()
    expect(page.locator(source)).to_have_text("Réglé ici")
    assert violations(page) == []
    assert httpx.get(f"{desk.url}/api/web/config").json()["retention_days"] == 60
    page.get_by_role("button", name="Revenir à la configuration du serveur – Jours de conservation").click()
    expect(page.locator(source)).to_have_text("Configuration du serveur")
    expect(page.locator("#desk_hours")).to_have_value("Mo-Fr 08:00-12:00")


def test_running_gateway_follows_what_another_node_has_changed(desk: DeskService) -> None:
    async def change(database: Database) -> None:
        async with database.write() as session:
            await desk_settings.change(session, desk.settings, {"organisation": "Mairie de Clairval"}, actor="other")
        await desk_settings.update_file(database, desk.settings.home)

    desk.work(change)
    wait_until(lambda: httpx.get(f"{desk.url}/api/web/config").json()["organisation"] == "Mairie de Clairval", pause=0.1)
