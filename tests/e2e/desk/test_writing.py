"""Writing on the edit page in Chromium: the outline, the formatting bar, links, undo and redo, and what is thrown away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from core.identity import Role
from tests.e2e.browser import NewContext
from tests.e2e.desk.conftest import DeskService, page_of
from tests.e2e.desk.editing import opened, part_of, start_with_pages
from tests.e2e.web.widget import violations


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskService]:
    running = start_with_pages(tmp_path_factory.mktemp("writing"))
    yield running
    running.process.terminate()
    running.process.wait(10)


def test_the_outline_shows_one_part_at_a_time_and_the_preview_follows(desk: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(desk, new_context, Role.EDITOR)
    opened(page, desk)
    expect(page.get_by_label("Réponse courte")).to_be_visible()
    expect(page.get_by_label("Mots-clés")).to_be_hidden()
    body = part_of(page, "Parties et situations")
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
    opened(page, desk)
    part_of(page, "Source et date").get_by_label("Adresse de la page d’origine").fill("mairie.example")
    part_of(page, "Parties et situations")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("region", name="Source et date")).to_be_visible()
    page.get_by_role("link", name="Aller au champ").click()
    expect(page.locator("#url")).to_be_focused()


def test_text_is_formatted_from_the_bar_and_by_keys(desk: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(desk, new_context, Role.EDITOR)
    opened(page, desk)
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


def test_a_sentence_is_made_an_opening_one_where_it_stands(desk: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(desk, new_context, Role.EDITOR)
    opening = opened(page, desk).get_by_label("Phrases d’ouverture")
    text = page.get_by_label("Introduction")
    text.fill("D'abord ceci.\n\n- Le **duplicata** coûte [25 euros](https://mairie.example) si vous l'avez perdue. Puis cela.")
    text.evaluate("field => field.setSelectionRange(40, 40)")
    button = page.get_by_role("button", name="En ouverture").nth(1)
    button.click()
    expect(opening).to_have_value("Le duplicata coûte 25 euros si vous l'avez")
    expect(page.locator("#state")).to_contain_text("est une phrase d’ouverture")
    expect(page.locator("#advice")).to_be_visible()
    expect(page.locator("#advice")).not_to_contain_text("ne sera pas montrée")
    button.click()
    expect(opening).to_have_value("")
    page.keyboard.press("Control+z")
    expect(opening).to_have_value("Le duplicata coûte 25 euros si vous l'avez")


def test_an_address_pasted_over_words_makes_a_link(desk: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(desk, new_context, Role.EDITOR)
    field = opened(page, desk).get_by_label("Introduction")
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
    opened(page, desk)
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
    body = part_of(page, "Parties et situations")
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
    opened(page, desk)
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
