"""Signing in at the administration's identity provider and out again, in Chromium, which enforces cookies and policies."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from core.database import Database
from core.identity import Role
from tests.desk_support import make_staff
from tests.e2e.browser import NewContext
from tests.e2e.desk.conftest import DeskService, start_gateway
from tests.e2e.web.widget import violations
from tests.identity_provider import IdentityProvider

EMAIL = "camille@commune.example"
USERS = {"camille": {"email": EMAIL, "given_name": "Camille", "usual_name": "Dupont"}, "nobody": {"email": "p@commune.example"}}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskService]:
    provider = IdentityProvider(signed=True, alg="ES256", auth="client_secret_post")
    changes = provider.settings() | {"desk_passwords": False, "oidc_second_factor": False}
    running = start_gateway(tmp_path_factory.mktemp("provider"), **changes)
    provider.start(running.url, USERS)
    yield running
    running.process.terminate()
    running.process.wait(10)
    provider.stop()


def test_from_the_sign_in_page_to_the_desk_and_out_of_both(desk: DeskService, new_context: NewContext) -> None:
    async def invite(database: Database) -> None:
        await make_staff(database, Role.EDITOR, email=EMAIL, name="Camille Dupont")

    desk.work(invite)
    page = new_context().new_page()
    page.goto(f"{desk.url}/desk/account")  # asks for the sign-in, and comes back here
    expect(page.get_by_role("link", name="S’identifier avec ProConnect")).to_be_visible()
    expect(page.get_by_label("Mot de passe")).to_have_count(0)
    assert violations(page) == []
    page.get_by_role("link", name="S’identifier avec ProConnect").click()
    page.get_by_label("Identifiant").fill("camille")
    page.get_by_role("button", name="Se connecter").click()
    expect(page).to_have_url(re.compile(r"/desk/account"))
    expect(page.get_by_role("heading", name="Mon compte")).to_be_visible()
    page.get_by_role("button", name="Se déconnecter").click()
    page.get_by_role("button", name=re.compile("yes", re.IGNORECASE)).click()  # the provider's own page asks
    expect(page.get_by_text("Vous êtes déconnecté.")).to_be_visible()
    page.goto(f"{desk.url}/desk")
    page.get_by_role("link", name="S’identifier avec ProConnect").click()
    expect(page.get_by_label("Identifiant")).to_be_visible()  # its session is over, too


def test_a_refusal_is_said_in_both_languages(desk: DeskService, new_context: NewContext) -> None:
    page = new_context().new_page()
    page.goto(f"{desk.url}/desk/sign-in")
    page.get_by_role("link", name="S’identifier avec ProConnect").click()
    page.get_by_role("button", name="Annuler").click()
    expect(page.get_by_text("Vous avez interrompu la connexion avec ProConnect")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="Se connecter").click()
    page.get_by_role("link", name="S’identifier avec ProConnect").click()
    page.get_by_label("Identifiant").fill("nobody")
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_text("aucun accès n’est ouvert ici pour p@commune.example")).to_be_visible()
    english = new_context(locale="en-GB").new_page()
    english.goto(f"{desk.url}/desk/sign-in")
    english.get_by_role("link", name="Sign in with ProConnect").click()
    english.get_by_role("button", name="Annuler").click()
    expect(english.get_by_text("You broke off signing in with ProConnect")).to_be_visible()


def test_the_emergency_door_says_whom_it_is_for(desk: DeskService, new_context: NewContext) -> None:
    page = new_context().new_page()
    page.goto(f"{desk.url}/desk/sign-in")
    page.get_by_role("link", name="Accès de secours").click()
    expect(page.get_by_text("./guichet staff break-glass")).to_be_visible()
    expect(page.get_by_label("Mot de passe")).to_be_visible()
    assert violations(page) == []
