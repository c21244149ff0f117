"""From a draft to its publication, a conflict and an import, as editors do it; every page under axe, in both languages."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from core.identity import Role
from tests.e2e.browser import NewContext
from tests.e2e.desk.conftest import DeskService, page_of
from tests.e2e.desk.content import lived_in


def check(page: Page) -> None:
    """No violation, in either language."""
    address = page.url
    for language in ("en", "fr"):
        page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
        found: Any = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_a_draft_is_compared_submitted_and_its_publication_asked_for(desk: DeskService, new_context: NewContext) -> None:
    desk.work(lived_in)
    page, _ = page_of(desk, new_context, Role.PUBLISHER)
    page.goto(f"{desk.url}/desk/work")
    check(page)
    page.get_by_role("link", name="Carte a").click()
    check(page)
    page.get_by_role("link", name="Historique").click()
    expect(page.locator("del").first).to_have_text("25")
    expect(page.locator("ins").first).to_have_text("30")
    check(page)
    page.goto(f"{desk.url}/desk/work")
    page.get_by_label("Choisir « Carte a »").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Demander une relecture").press("Enter")
    expect(page.get_by_role("status")).to_have_text("La relecture est demandée.")
    page.get_by_role("link", name="Carte a").click()
    page.get_by_role("button", name="Approuver").click()
    expect(page.get_by_role("status")).to_have_text("C’est approuvé.")
    page.get_by_role("button", name="Publier").click()
    expect(page).to_have_url(re.compile("/desk/publications/.+"))
    page.goto(f"{desk.url}/desk/entries/essai/a/workflow")
    page.get_by_label("À relire avant le").fill("2020-01-01")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("C’est enregistré.")
    page.goto(f"{desk.url}/desk/work")
    expect(page.get_by_text("à relire depuis le")).to_contain_text("janvier 2020")


def test_a_conflict_is_shown_with_both_texts_and_settled(desk: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(desk, new_context, Role.EDITOR)
    page.goto(f"{desk.url}/desk/conflicts")
    check(page)
    page.get_by_role("link", name="Carte b").click()
    check(page)
    expect(page.get_by_text("Gratuit chez nous.")).to_be_visible()
    page.get_by_label("Prendre le texte de la source").check()
    page.get_by_role("button", name="Enregistrer ces choix").click()
    expect(page.get_by_role("status")).to_contain_text("Le désaccord est réglé")
    page.goto(f"{desk.url}/desk/conflicts")
    expect(page.get_by_text("Aucun désaccord.")).to_be_visible()
    page.goto(f"{desk.url}/desk/entries/essai/b/history")
    page.get_by_role("button", name="Rétablir la révision 2").click()
    expect(page.get_by_role("status")).to_contain_text("L’ancienne révision est de nouveau un brouillon.")


def test_a_sheet_is_mapped_previewed_and_imported_and_everything_exported(
    desk: DeskService, new_context: NewContext, tmp_path: Path
) -> None:
    (tmp_path / "faq.csv").write_text("Code;Libellé;Réponse\n1;Où jeter l'huile ?;À la déchetterie.\n2;;Rien.\n3;Q ?;R.\n")
    page, _ = page_of(desk, new_context, Role.PUBLISHER)
    page.goto(f"{desk.url}/desk/exchange")
    check(page)
    page.get_by_label("Fichier").set_input_files(tmp_path / "faq.csv")
    page.locator("#collection").fill("ville")  # each way in has a field of that name
    page.get_by_role("button", name="Voir ce qui changerait").click()
    expect(page.get_by_role("alert")).to_contain_text("title", timeout=60_000)
    page.get_by_label("Titre ou question").select_option("Libellé")
    page.get_by_role("button", name="Voir ce qui changerait").click()
    expect(page.get_by_text("Créées : 2")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("ligne 3 : il manque le titre (title)")).to_be_visible()
    check(page)
    page.get_by_label("Identifiant").select_option("")
    page.get_by_role("button", name="Importer pour de bon").click()
    expect(page.get_by_text("voici d’abord ce qui changerait")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Créées : 2")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Où jeter l'huile ? (1)")).to_have_count(0)  # its id is no longer that of the column
    page.get_by_role("button", name="Importer pour de bon").click()
    expect(page.get_by_text("Ce qui a changé")).to_be_visible(timeout=60_000)
    check(page)
    page.get_by_role("button", name="Voir ce que recevraient les citoyens").click()
    expect(page.get_by_role("heading", level=1, name="Publication")).to_be_visible()
    page.goto(f"{desk.url}/desk/exchange")
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger l’export").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert "Où jeter l'huile ?" in archive.read("revisions.jsonl").decode()


def test_who_may_not_gets_no_buttons(desk: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(desk, new_context, Role.READER)
    page.goto(f"{desk.url}/desk/entries/essai/a/workflow")
    expect(page.get_by_role("heading", name="Carte a", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="Publier")).to_have_count(0)
    answer = page.goto(f"{desk.url}/desk/exchange")
    assert answer is not None
    assert answer.status == 403
