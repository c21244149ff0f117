"""An editor's work on a real entry in Chromium: find, change by keyboard, preview, keep, save, race; axe on every page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from core.database import Database
from core.database.models import EntryRow, Revision
from core.entry import Case, Cases, Chapter, Entry, TextBlock
from core.identity import Role
from core.settings import ROOT
from knowledge_base.entries import store
from knowledge_base.sources.markdown_folder import read_folder
from tests.desk_support import cookie_for_playwright, sign_in
from tests.e2e.browser import NewContext
from tests.e2e.desk.conftest import DeskService, page_of, start_gateway
from tests.e2e.web.widget import violations

COLLECTION, ENTRY = "demonstration", "demo-carte-identite-perte-vol"
PATH = f"/desk/entries/{COLLECTION}/{ENTRY}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskService]:
    """A gateway with the project's own pages."""
    running = start_gateway(tmp_path_factory.mktemp("editor"))
    entries = read_folder(ROOT / "knowledge_base" / "sources" / "demonstration")

    async def fill(database: Database) -> None:
        pages = [page.model_copy(update={"collection": COLLECTION}) for page in entries]
        await store.upsert(database, COLLECTION, pages, source="test", checksum="1", author="test", reason="")
        own = Entry(id="guichet", collection="ville", title="Mariage", introduction="1 place de la Halle.")
        await store.upsert(database, "ville", [own], source="test", checksum="2", author="test", reason="")

    running.work(fill)
    yield running
    running.process.terminate()
    running.process.wait(10)


def _head(desk: DeskService) -> Entry:
    async def read(database: Database) -> Entry:
        async with database.read() as session:
            row = await session.get_one(EntryRow, (COLLECTION, ENTRY))
            return Entry.model_validate((await session.get_one(Revision, (COLLECTION, ENTRY, row.head))).content)

    return desk.work(read)


def _opened(page: Page, desk: DeskService) -> Page:
    page.goto(desk.url + PATH)
    expect(page.locator("#web .card")).to_be_visible()
    return page


def _part(page: Page, name: str) -> Locator:
    """The part of the page that the outline calls ``name``, opened."""
    page.get_by_role("navigation", name="Plan de la fiche").get_by_role("link", name=name).click()
    part = page.get_by_role("region", name=name)
    expect(part).to_be_visible()
    return part


def test_a_national_page_is_searched_and_linked_by_a_press(desk: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(desk, new_context, Role.EDITOR)
    page.goto(f"{desk.url}/desk/entries/ville/guichet")
    expect(page.locator("#web .card")).to_be_visible()
    _part(page, "Trouver et classer")
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
    _opened(page, desk)
    before = len(_head(desk).body)
    _part(page, "Parties et situations")
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
    _opened(page, desk)
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        if len(asked) > 1:
            dialog.accept()
        else:
            dialog.dismiss()

    page.on("dialog", answer)
    _part(page, "Parties et situations")
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


def test_the_outline_shows_one_part_at_a_time_and_the_preview_follows(desk: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(desk, new_context, Role.EDITOR)
    _opened(page, desk)
    expect(page.get_by_label("Réponse courte")).to_be_visible()
    expect(page.get_by_label("Mots-clés")).to_be_hidden()
    body = _part(page, "Parties et situations")
    expect(page.get_by_label("Réponse courte")).to_be_hidden()
    texts = body.locator('[data-field="markdown"]:visible')
    expect(texts).to_have_count(0)
    outline = page.get_by_role("navigation", name="Plan de la fiche")
    outline.get_by_role("button", name="Faire la déclaration").click()
    expect(page.locator("#start option:checked")).to_have_text("Faire la déclaration")
    expect(body.locator(".node.here")).to_be_focused()
    body.get_by_role("button", name="Ouvrir").first.click()  # one of its cases
    expect(texts).not_to_have_count(0)
    expect(outline.locator("[aria-current]")).to_have_count(1)
    page.reload()  # the part that was open still is
    expect(texts).not_to_have_count(0)
    page.get_by_role("button", name="Partie précédente").click()
    expect(outline.locator("[aria-current]")).to_have_text("Faire la déclaration")
    page.get_by_role("button", name="Tout afficher").click()
    expect(page.get_by_label("Mots-clés")).to_be_visible()
    expect(page.get_by_label("Réponse courte")).to_be_visible()
    assert violations(page) == []


def test_the_part_of_a_wrong_field_is_open(desk: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(desk, new_context, Role.EDITOR)
    _opened(page, desk)
    _part(page, "Source et date").get_by_label("Adresse de la page d’origine").fill("mairie.example")
    _part(page, "Parties et situations")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("region", name="Source et date")).to_be_visible()
    page.get_by_role("link", name="Aller au champ").click()
    expect(page.locator("#url")).to_be_focused()


def test_text_is_formatted_from_the_bar_and_by_keys(desk: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(desk, new_context, Role.EDITOR)
    _opened(page, desk)
    field = page.get_by_label("Réponse courte")
    bar = page.get_by_role("toolbar", name="Mise en forme").first
    field.fill("Venez en mairie")
    field.press("Control+Home")
    field.press("Control+b")
    expect(field).to_have_value("**Venez** en mairie")
    field.press("Control+b")
    expect(field).to_have_value("Venez en mairie")
    bar.get_by_role("button", name="Étapes").click()
    field.press("End")
    field.press("Enter")
    field.press_sequentially("Payez")
    expect(field).to_have_value("1. Venez en mairie\n2. Payez")
    field.press("Enter")
    field.press("Enter")  # an empty item ends the list
    expect(field).to_have_value("1. Venez en mairie\n2. Payez\n")
    field.fill("Le plan")
    field.press("Control+a")
    field.press("Control+k")
    dialog = page.get_by_role("dialog", name="Lien")
    dialog.get_by_label("Adresse").fill("mairie.example")
    dialog.get_by_role("button", name="Mettre le lien").click()
    expect(dialog).to_be_visible()  # no address of ours: the browser says how it begins
    assert violations(page) == []
    dialog.get_by_label("Adresse").fill("https://mairie.example/plan_(1)")
    dialog.get_by_label("Adresse").press("Enter")
    expect(field).to_have_value("[Le plan](https://mairie.example/plan_%281%29)")
    expect(field).to_be_focused()
    field.press("Control+End")
    field.press("ArrowLeft")
    field.press("Control+k")  # the link that the cursor is in
    expect(dialog.get_by_label("Texte du lien")).to_have_value("Le plan")
    dialog.get_by_role("button", name="Annuler").click()
    expect(field).to_have_value("[Le plan](https://mairie.example/plan_%281%29)")
    field.fill("Les prix :")
    bar.get_by_role("button", name="Tableau").click()
    page.keyboard.type("Titre de séjour")
    expect(field).to_have_value("Les prix :\n\n| Titre de séjour | Titre 2 |\n| --- | --- |\n| … | … |")
    expect(page.locator("#web table")).to_be_visible()
    bar.get_by_role("button", name="Gras").focus()
    page.keyboard.press("ArrowRight")
    expect(bar.get_by_role("button", name="Liste")).to_be_focused()


def test_an_address_pasted_over_words_makes_a_link(desk: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(desk, new_context, Role.EDITOR)
    field = _opened(page, desk).get_by_label("Introduction")
    field.fill("Voir le plan")
    field.evaluate(
        """(element) => {
            const data = new DataTransfer();
            data.setData("text/plain", "https://mairie.example/plan");
            element.focus();
            element.setSelectionRange(5, 12);
            element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    expect(field).to_have_value("Voir [le plan](https://mairie.example/plan)")


def test_everything_is_undone_and_redone_in_its_order(desk: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(desk, new_context, Role.EDITOR)
    _opened(page, desk)
    page.on("dialog", lambda dialog: dialog.accept())
    fields = page.locator("#entry").locator("input, textarea, select")
    read = "all => all.map(({value, name, dataset}) => name === 'body' ? '' : `${name}${dataset.field ?? ''}: ${value}`)"
    states = [fields.evaluate_all(read)]

    def changed() -> None:
        states.append(fields.evaluate_all(read))
        assert states[-1] != states[-2]

    field = page.get_by_label("Introduction")
    field.press("Control+End")
    field.press_sequentially(" Venez tôt.")  # one step, not eleven
    changed()
    field.press("Control+a")
    field.press("Control+b")
    changed()
    body = _part(page, "Parties et situations")
    body.get_by_role("button", name="Descendre").first.click()
    changed()
    body.get_by_role("button", name="+ partie").last.click()
    page.keyboard.insert_text("Une partie neuve")
    changed()
    body.get_by_role("button", name="+ texte").last.click()
    page.keyboard.insert_text("Son texte.")
    changed()
    body.get_by_role("combobox").last.select_option("warning")
    changed()
    page.get_by_role("list", name="Parties qui contiennent").get_by_role("button").first.click()
    body.get_by_role("button", name="Supprimer").first.click()
    changed()
    undo, redo = page.get_by_role("button", name="Annuler le changement"), page.get_by_role("button", name="Rétablir")
    seen = []
    while undo.is_visible():
        page.keyboard.press("Control+z")
        seen.append(fields.evaluate_all(read))
        assert len(seen) < 20
    assert seen[-1] == states[0]
    assert [state for state in seen if state in states] == states[-2::-1]
    expect(field).to_be_focused()  # the part of the last step is open again
    while redo.is_visible():
        redo.click()
    assert fields.evaluate_all(read) == states[-1]
    page.keyboard.press("Control+z")
    body.get_by_role("button", name="+ texte").last.click()  # what was undone cannot be redone after another change
    expect(redo).to_be_hidden()


def test_what_is_not_saved_is_forgotten_after_a_question(desk: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(desk, new_context, Role.EDITOR)
    _opened(page, desk)
    page.get_by_label("Résumé").fill("À ne pas perdre.")
    expect(page.locator("#state")).to_contain_text("Gardé pour vous")
    page.reload()
    answers = iter((False, True))
    page.on("dialog", lambda dialog: dialog.accept() if next(answers) else dialog.dismiss())
    forget = page.get_by_role("button", name="L’oublier")
    forget.click()
    expect(page.get_by_label("Résumé")).to_have_value("À ne pas perdre.")
    forget.click()
    expect(page.get_by_text("Ce que vous n’aviez pas enregistré est oublié")).to_be_visible()
    expect(page.get_by_label("Résumé")).not_to_have_value("À ne pas perdre.")


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
    field = _opened(page, desk).get_by_label("Introduction")
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
    _opened(first, desk)
    _opened(second, desk)
    first.get_by_label("Résumé").fill("Résumé de la première.")
    first.get_by_role("button", name="Enregistrer").click()
    expect(first.get_by_text("C’est enregistré comme brouillon")).to_be_visible()
    _part(second, "Trouver et classer").get_by_label("Mots-clés").fill("mot de la seconde")
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
    _opened(page, desk)
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
