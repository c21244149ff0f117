"""From the first administrator's link to a revoked session, as people do it; and every page of the shell under axe."""

from __future__ import annotations

import json
import re
import subprocess

import pyotp
from playwright.sync_api import Page, expect

from core.database import Database
from core.database.models import StaffRow
from core.identity import Role, accounts, links
from tests import commands
from tests.e2e.browser import NewContext
from tests.e2e.desk.conftest import DeskService, page_of
from tests.e2e.web.widget import violations

PASSWORD = "le chat dort sur le clavier"


def _choose_password(page: Page, name: str) -> None:
    page.get_by_label("Nom", exact=True).fill(name)
    page.get_by_label("Nouveau mot de passe").fill(PASSWORD)
    page.get_by_label("Le même").fill(PASSWORD)
    page.get_by_role("button", name="Continuer").click()


def _set_up(page: Page) -> str:
    """Set up the second factor; returns its secret."""
    expect(page.get_by_role("heading", name="Installer le second facteur")).to_be_visible()
    assert violations(page) == []
    expect(page.locator(".qr svg")).to_be_visible()
    secret = re.sub(r"\s", "", page.locator("#secret").inner_text())
    page.get_by_label("Code à six chiffres").fill(pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Vos codes de secours")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="Je les ai notés").click()
    return secret


def _forget_step(desk: DeskService, email: str) -> None:
    """As if the time step of the last code had passed."""

    async def act(database: Database) -> None:
        async with database.write() as session:
            row = await accounts.by_email(session, email)
            assert isinstance(row, StaffRow)
            row.totp_step = 0

    desk.work(act)


def test_from_the_first_link_to_a_revoked_session(desk: DeskService, new_context: NewContext) -> None:
    async def first(database: Database) -> str:
        async with database.write() as session:
            return await links.first_administrator(session, days=1) or ""

    admin = new_context().new_page()
    admin.goto(desk.url + links.path(desk.work(first)))
    assert violations(admin) == []
    admin.get_by_label("Adresse électronique").fill("cheffe@mairie.example")
    _choose_password(admin, "Nadia Benali")
    _set_up(admin)
    expect(admin.get_by_role("heading", name="Bonjour, Nadia Benali")).to_be_visible()

    admin.get_by_role("banner").get_by_role("link", name="Service", exact=True).click()
    admin.get_by_role("banner").get_by_role("link", name="Agents", exact=True).click()
    admin.get_by_label("Adresse électronique").fill("luc@mairie.example")
    admin.get_by_label("Rôle").select_option("editor")
    admin.get_by_role("button", name="Créer le lien").click()
    link = admin.locator("#link").inner_text()

    editor = new_context().new_page()
    editor.goto(link)
    _choose_password(editor, "Luc Petit")
    secret = _set_up(editor)
    expect(editor.get_by_role("heading", name="Bonjour, Luc Petit")).to_be_visible()
    expect(editor.get_by_role("link", name="Agents", exact=True)).to_have_count(0)
    editor.get_by_role("button", name="Se déconnecter").click()
    expect(editor.get_by_text("Vous êtes déconnecté")).to_be_visible()

    # By keyboard alone.
    editor.goto(f"{desk.url}/desk/account")
    editor.get_by_label("Adresse électronique").focus()
    editor.keyboard.type("luc@mairie.example")
    editor.keyboard.press("Tab")
    editor.keyboard.type(PASSWORD)
    editor.keyboard.press("Enter")
    expect(editor.get_by_role("heading", name="Second facteur")).to_be_visible()
    assert violations(editor) == []
    _forget_step(desk, "luc@mairie.example")
    editor.get_by_label("Code à six chiffres").focus()
    editor.keyboard.type(pyotp.TOTP(secret).now())
    editor.keyboard.press("Enter")
    expect(editor).to_have_url(f"{desk.url}/desk/account")

    admin.reload()
    admin.get_by_role("link", name="Luc Petit").click()
    assert violations(admin) == []
    admin.get_by_role("button", name="Désactiver ce compte").click()
    expect(admin.get_by_text("Le compte est désactivé.")).to_be_visible()
    editor.reload()
    expect(editor.get_by_role("heading", name="Se connecter")).to_be_visible()
    assert violations(editor) == []


def test_axe_finds_nothing_on_any_page_in_both_languages_at_320_px(desk: DeskService, new_context: NewContext) -> None:
    page, staff = page_of(desk, new_context, Role.ADMINISTRATOR, viewport={"width": 320, "height": 800})
    for path in ("/desk", "/desk/account", "/desk/staff", f"/desk/staff/{staff.id}", "/desk/second-factor", "/desk/staff/none"):
        for language in ("en", "fr"):
            page.goto(f"{desk.url}{path}?lang={language}")
            assert page.locator("html").get_attribute("lang") == language
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            assert violations(page) == [], path


def test_the_menu_opens_on_a_telephone_by_keyboard_and_no_word_of_a_table_is_cut(
    desk: DeskService, new_context: NewContext
) -> None:
    page, _ = page_of(desk, new_context, Role.ADMINISTRATOR, viewport={"width": 390, "height": 844})
    page.goto(f"{desk.url}/desk/staff")
    assert page.locator("header").evaluate("header => header.offsetHeight") < 140, "the page begins on the first screen"
    link = page.get_by_role("link", name="Essayer une question")
    expect(link).to_be_hidden()
    page.get_by_role("button", name="Menu").press("Enter")
    expect(link).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(page.get_by_role("button", name="Menu")).to_be_focused()
    heights = page.locator("tbody th a").evaluate_all("links => links.map((link) => link.getClientRects().length)")
    assert heights, "the table has links"
    assert all(lines <= 2 for lines in heights), "a name takes as many lines as it has words"
    page.set_viewport_size({"width": 1300, "height": 900})
    expect(page.get_by_role("link", name="Publication", exact=True)).to_be_visible()
    expect(link).to_be_hidden()  # of a group that this page is not of
    expect(page.get_by_role("button", name="Menu")).to_be_hidden()


def test_the_command_invites_and_lists(desk: DeskService) -> None:
    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": "/usr/bin:/bin", "GUICHET_LANG": "en", **desk.settings.as_environment()}
        return commands.run(["staff", *arguments], environment)

    invited = json.loads(
        command("invite", "Zoe@mairie.example", "--role", "supervisor", "--team", "état civil", "--json").stdout
    )
    assert (invited["email"], invited["role"], invited["teams"]) == ("zoe@mairie.example", "supervisor", ["état civil"])
    assert invited["link"].startswith(f"{desk.url}/desk/invitation/")
    assert command("disable", "zoe@mairie.example").returncode == 0
    states = {row["email"]: row["state"] for row in json.loads(command("list", "--json").stdout)}
    assert states["zoe@mairie.example"] == "disabled"
    refused = command("reset", "nobody@mairie.example")
    assert (refused.returncode, refused.stderr.strip()) == (1, "There is no such account.")
