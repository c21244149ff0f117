"""The pages on integrators' access: a token and a webhook are made by hand; each page is accessible and fits a telephone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from core.identity import Role
from tests.e2e.browser import NewContext
from tests.e2e.desk.conftest import DeskService, page_of
from tests.e2e.web.widget import violations


def _fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.parametrize("width", [1280, 390])
def test_token_and_webhook_are_made_by_hand(desk: DeskService, new_context: NewContext, width: int) -> None:
    page, _ = page_of(desk, new_context, Role.ADMINISTRATOR, viewport={"width": width, "height": 900})
    page.goto(f"{desk.url}/desk/integrators")
    page.get_by_label("Nom").fill(f"Borne d’accueil {width}")
    page.get_by_label(re.compile("Poser des questions")).check()
    page.get_by_label(re.compile("Lire les fiches")).check()
    page.get_by_role("button", name="Créer le jeton").click()
    expect(page.locator("#token")).to_have_text(re.compile(r"guichet_[\w-]{40,}"))
    assert violations(page) == []
    assert _fits(page)
    page.get_by_role("button", name=f"Révoquer – Borne d’accueil {width}").click()
    expect(page.get_by_text("Le jeton est révoqué.")).to_be_visible()
    page.get_by_role("link", name="Webhooks").click()
    page.get_by_label("Adresse").fill("http://10.0.0.1/events")
    page.get_by_label(re.compile("Un citoyen attend")).check()
    page.get_by_role("button", name="Enregistrer l’adresse").click()
    expect(page.get_by_role("alert")).to_contain_text("GUICHET_WEBHOOK_NETWORKS")
    page.get_by_label("Adresse").fill("https://93.184.216.34/events")
    page.get_by_role("button", name="Enregistrer l’adresse").click()
    expect(page.locator("#secret")).to_have_text(re.compile(r"whsec_\S{40,}"))
    page.get_by_role("button", name=re.compile("Envoyer un essai")).first.click()
    expect(page.get_by_role("region", name=re.compile("Journal des envois"))).to_contain_text("attend, prochain essai")
    assert violations(page) == []
    assert _fits(page)
    page.get_by_role("link", name="Description de l’API").click()
    expect(page.get_by_role("heading", name="POST /api/v1/ask")).to_be_visible()
    assert violations(page) == []
    assert _fits(page)
