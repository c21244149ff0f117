"""An editor's work on a real entry in Chromium: find, change by keyboard, preview, keep, save, race; axe on every page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Dialog, expect

from core.database import Database
from core.database.models import EntryRow, Revision
from core.entry import Case, Cases, Chapter, Entry, TextBlock
from core.identity import Role
from knowledge_base.entries import store
from tests.desk_support import cookie_for_playwright, sign_in
from tests.e2e.browser import NewContext
from tests.e2e.desk.conftest import DeskService, page_of
from tests.e2e.desk.editing import COLLECTION, ENTRY, PATH, opened, part_of, start_with_pages
from tests.e2e.web.widget import violations


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskService]:
    running = start_with_pages(tmp_path_factory.mktemp("editor"))
    yield running
    running.process.terminate()
    running.process.wait(10)


def _head(desk: DeskService) -> Entry:
    async def read(database: Database) -> Entry:
        async with database.read() as session:
            row = await session.get_one(EntryRow, (COLLECTION, ENTRY))
            return Entry.model_validate((await session.get_one(Revision, (COLLECTION, ENTRY, row.head))).content)

    return desk.work(read)


def test_a_national_page_is_searched_and_linked_by_a_press(desk: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(desk, new_context, Role.EDITOR)
    page.goto(f"{desk.url}/desk/entries/ville/guichet")
    expect(page.locator("#web .card")).to_be_visible()
    part_of(page, "Trouver et classer")
    page.get_by_text("Chercher une fiche nationale").click()
    proposed = page.locator("#national li button").filter(has_text="(demonstration/demo-mariage)")
    proposed.click()
    proposed.click()  # a second press adds nothing
    field = page.get_by_label("Fiches nationales sur le même sujet")
    expect(field).to_have_value("demonstration/demo-mariage Se marier à la mairie : conditions et dossier")
    expect(page.locator("#state")).to_contain_text("Gardé pour vous")
    assert violations(page) == []
    page.locator("#national-search").fill("aucunmot")
    expect(page.get_by_text("Aucune fiche trouvée")).to_be_visible()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("C’est enregistré comme brouillon")).to_be_visible()
    expect(field).to_have_value("demonstration/demo-mariage Se marier à la mairie : conditions et dossier")


def test_an_entry_is_found_changed_previewed_and_saved(desk: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(desk, new_context, Role.EDITOR)
    page.goto(f"{desk.url}/desk")
    page.get_by_role("navigation").get_by_role("link", name="Fiches").first.click()
    page.get_by_label("Chercher une fiche").fill("carte identite vol")
    page.keyboard.press("Enter")
    page.locator(f'a[href="{PATH}"]').click()
    expect(page.locator("#web .card")).to_be_visible()
    page.get_by_label("Réponse courte").fill("Le duplicata coûte **31 €**.")
    expect(page.locator("#web .card strong")).to_have_text("31 €")
    expect(page.locator("#sms li").first).to_contain_text("31")
    expect(page.locator("#cost")).to_contain_text("segment")
    expect(page.locator("#state")).to_contain_text("Gardé pour vous")
    page.reload()
    expect(page.get_by_label("Réponse courte")).to_have_value("Le duplicata coûte **31 €**.")
    expect(page.get_by_text("Voici ce que vous aviez écrit sans l’enregistrer")).to_be_visible()
    page.get_by_label("Motif").fill("tarif 2027")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("C’est enregistré comme brouillon")).to_be_visible()
    assert _head(desk).short_answer == "Le duplicata coûte **31 €**."


def test_the_tree_is_built_and_reordered_by_keyboard(desk: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(desk, new_context, Role.EDITOR)
    opened(page, desk)
    before = len(_head(desk).body)
    part_of(page, "Parties et situations")
    adding = page.locator(".tree > .adding")
    adding.get_by_role("button", name="+ partie").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Combien ça coûte ?")
    chapter = page.locator('.tree > .body > [data-kind="chapter"]').last
    chapter.get_by_text("Ce que demandent les gens").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("c'est payant\n\nça coûte combien")
    chapter.get_by_role("button", name="+ texte").last.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("25 euros.")
    page.get_by_role("list", name="Parties qui contiennent").get_by_role("button").press("Enter")
    adding.get_by_role("button", name="+ situations").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Quel âge ?")
    fork = page.locator('.tree > .body > [data-kind="cases"]').last
    fork.get_by_role("button", name="+ situation", exact=True).focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Mineur")
    page.keyboard.press("Alt+ArrowUp")  # alone in its fork: stays
    fork.locator('[data-field="question"]').focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(fork.locator('[data-field="question"]')).to_be_focused()
    expect(page.locator("#state")).to_contain_text("Déplacé")
    page.get_by_role("button", name="Enregistrer").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("C’est enregistré comme brouillon")).to_be_visible()
    body = _head(desk).body
    assert len(body) == before + 2
    moved, last = body[-2], body[-1]
    assert isinstance(moved, Cases)
    assert (moved.question, moved.cases[0].label) == ("Quel âge ?", "Mineur")
    wordings = ("c'est payant", "ça coûte combien")
    assert last == Chapter(heading="Combien ça coûte ?", wordings=wordings, body=(TextBlock(markdown="25 euros."),))
    page.get_by_role("navigation", name="Plan de la fiche").get_by_role("button", name="Combien ça coûte ?").click()
    expect(page.get_by_text("Ce que demandent les gens (2)")).to_be_visible()


def test_a_part_that_was_removed_comes_back_with_all_its_fields(desk: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(desk, new_context, Role.EDITOR)
    opened(page, desk)
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        if len(asked) > 1:
            dialog.accept()
        else:
            dialog.dismiss()

    page.on("dialog", answer)
    part_of(page, "Parties et situations")
    fields = page.locator(".tree input, .tree textarea")
    before = fields.evaluate_all("all => all.map(({value}) => value)")
    part = page.locator(".tree > .body > .node", has=page.locator(".node")).first
    undo = page.get_by_role("button", name="Annuler le changement")
    expect(undo).to_be_hidden()
    remove = part.locator(":scope > .line").get_by_role("button", name="Supprimer")
    remove.click()
    assert fields.evaluate_all("all => all.map(({value}) => value)") == before, "who is asked and says no keeps it"
    remove.click()
    assert len(asked) == 2
    assert fields.count() < len(before)
    expect(page.locator("#state")).to_contain_text("gardé", ignore_case=True)  # the autosave has been there
    page.locator(".tree").get_by_role("button", name="Descendre").first.click()
    undo.click()
    page.keyboard.press("Control+z")
    assert fields.evaluate_all("all => all.map(({value}) => value)") == before
    expect(undo).to_be_hidden()


def test_the_preview_asks_for_the_case_and_goes_on_by_keyboard(desk: DeskService, new_context: NewContext) -> None:
    fork = Cases(
        question="Quel âge ?",
        cases=tuple(
            Case(label=label, body=(TextBlock(markdown=f"{price} €"),)) for label, price in (("Mineur", 17), ("Majeur", 86))
        ),
    )
    entry = Entry(id="prix", collection=COLLECTION, title="Prix", short_answer="Selon l'âge :", body=(fork,))

    async def bring(database: Database) -> None:
        await store.upsert(database, COLLECTION, [entry], source="test", checksum="2", author="test", reason="", partial=True)

    desk.work(bring)
    page, _ = page_of(desk, new_context, Role.EDITOR)
    page.goto(f"{desk.url}/desk/entries/{COLLECTION}/prix")
    page.locator("#web").get_by_role("button", name="Majeur").focus()
    expect(page.locator("#sms li").first).to_contain_text("Majeur : 86 €.")
    page.keyboard.press("Enter")
    expect(page.locator("#web .card .body")).to_have_text("86 €.")
    expect(page.get_by_role("list", name="Cas choisis")).to_have_text("Majeur")
    assert page.evaluate("document.getElementById('web').shadowRoot.activeElement?.className") == "reply"
    page.get_by_role("button", name="Recommencer l’aperçu").press("Enter")
    expect(page.locator("#web").get_by_role("button", name="Mineur")).to_be_visible()


def test_what_is_pasted_from_a_page_arrives_clean(desk: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(desk, new_context, Role.EDITOR)
    field = opened(page, desk).get_by_label("Introduction")
    field.fill("")
    field.evaluate(
        """(element) => {
            const data = new DataTransfer();
            data.setData("text/html", "<ul><li><b>Gras</b><script>alert(1)</script></li></ul>");
            data.setData("text/plain", "Gras");
            element.focus();
            element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    expect(field).to_have_value("- **Gras**")


def test_who_saves_late_sees_both_and_loses_nothing(desk: DeskService, new_context: NewContext) -> None:
    first, anna = page_of(desk, new_context, Role.EDITOR)
    second, _ = page_of(desk, new_context, Role.PUBLISHER)
    opened(first, desk)
    opened(second, desk)
    first.get_by_label("Résumé").fill("Résumé de la première.")
    first.get_by_role("button", name="Enregistrer").click()
    expect(first.get_by_text("C’est enregistré comme brouillon")).to_be_visible()
    part_of(second, "Trouver et classer").get_by_label("Mots-clés").fill("mot de la seconde")
    second.get_by_role("button", name="Enregistrer").click()
    expect(second.get_by_role("heading", name="Quelqu’un a enregistré avant vous")).to_be_visible()
    expect(second.get_by_role("heading", name=f"Modifications de {anna.name}")).to_be_visible()
    assert violations(second) == []
    expect(second.get_by_label("Résumé")).to_have_value("Résumé de la première.")
    second.get_by_role("button", name="Enregistrer").click()
    expect(second.get_by_text("C’est enregistré comme brouillon")).to_be_visible()
    head = _head(desk)
    assert (head.description, head.keywords) == ("Résumé de la première.", ("mot de la seconde",))


def test_what_is_written_outlives_the_session(desk: DeskService, new_context: NewContext) -> None:
    """A long text, saved after the session has ended: it waits until its writer has signed in again in another tab."""
    page, claire = page_of(desk, new_context, Role.EDITOR)
    opened(page, desk)
    page.context.clear_cookies()
    page.get_by_label("Introduction").fill("Un long texte.\nSur deux lignes.")
    expect(page.get_by_text("connectez-vous dans un autre onglet")).to_be_visible()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("heading", name="Rien n’est perdu")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Je suis connecté").click()  # not yet
    expect(page.get_by_role("link", name="Se connecter")).to_be_visible()
    headers = desk.work(lambda database: sign_in(database, desk.settings, claire))
    page.context.add_cookies([cookie_for_playwright(desk.settings, headers)])  # type: ignore[list-item]
    page.get_by_role("button", name="Je suis connecté").click()
    expect(page.get_by_text(f"connecté au nom de {claire.name}")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Envoyer ce que j’ai écrit").click()
    expect(page.get_by_text("C’est enregistré comme brouillon")).to_be_visible()
    assert _head(desk).introduction == "Un long texte.\nSur deux lignes."


def test_a_double_click_makes_one_entry(desk: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(desk, new_context, Role.EDITOR)
    page.goto(f"{desk.url}/desk/entries")
    page.get_by_role("textbox", name="Titre").fill("Double clic")
    page.get_by_role("button", name="Créer").dblclick()
    expect(page.get_by_role("heading", name="Double clic")).to_be_visible()
    page.goto(f"{desk.url}/desk/entries?q=double+clic")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_axe_finds_nothing_on_a_long_entry_in_both_languages_wide_and_narrow(
    desk: DeskService, new_context: NewContext
) -> None:
    for width, language in ((320, "fr"), (1280, "en")):
        page, _ = page_of(desk, new_context, Role.EDITOR, viewport={"width": width, "height": 800})
        page.goto(f"{desk.url}{PATH}?lang={language}")
        expect(page.locator("#web .card")).to_be_visible()
        for part in ("answer", "body", "finding", "forms", "origin"):
            if width == 320:
                page.locator(".outline").evaluate("box => { box.open = true; }")
            page.locator(f'#outline a[href="#part-{part}"]').click()
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, part)
            assert violations(page) == [], (language, width, part)
