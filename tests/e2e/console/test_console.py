"""A supervisor and a citizen, each in a browser: from the wish for a human to the bot again. And by SMS."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from conversations.service_control.controls import clear_control, set_control
from core.identity import Role
from tests.e2e.browser import NewContext
from tests.e2e.console.conftest import Service, open_console
from tests.e2e.web.widget import Widget, violations


def _take(console: Page, subject: str) -> None:
    console.locator(".row", has_text=subject).click()
    expect(console.locator("#talk-title")).to_have_text(subject)
    console.get_by_role("button", name="Prendre la conversation").click()
    expect(console.get_by_label("Votre réponse")).to_be_focused()


def _confirm(console: Page, dialog: str, button: str) -> None:
    console.locator(dialog).get_by_role("button", name=button).click()


def test_a_click_is_not_lost_when_the_list_moves_meanwhile(running: Service, console: Page, new_context: NewContext) -> None:
    def wait(text: str) -> None:
        citizen = Widget(new_context().new_page(), running.url).visit().open()
        citizen.ask(text).ask("humain")
        expect(citizen.replies).to_have_count(2)
        expect(console.locator(".row", has_text=text)).to_be_visible()

    wait("carte perdue")
    console.locator(".row", has_text="carte perdue").hover()
    console.mouse.down()
    wait("passeport")
    console.mouse.up()
    expect(console.locator("#talk-title")).to_have_text("carte perdue")


def test_a_click_is_not_lost_when_the_row_itself_changes(running: Service, console: Page, new_context: NewContext) -> None:
    citizens = {}
    for subject in ("carte perdue", "passeport"):
        citizens[subject] = Widget(new_context().new_page(), running.url).visit().open()
        citizens[subject].ask(subject).ask("humain")
        expect(citizens[subject].replies).to_have_count(2)
    _take(console, "carte perdue")
    console.locator(".row", has_text="passeport").click()
    expect(console.locator("#talk-title")).to_have_text("passeport")
    row = console.locator(".row", has_text="carte perdue")
    row.hover()
    console.mouse.down()
    citizens["carte perdue"].ask("Vous êtes là ?")
    expect(row.locator(".badge.new")).to_be_visible()
    console.mouse.up()
    expect(console.locator("#talk-title")).to_have_text("carte perdue")


def test_on_the_website_from_the_wish_to_the_bot_again(running: Service, console: Page, new_context: NewContext) -> None:
    expect(console.locator("#nobody")).to_be_visible()
    context = new_context()
    citizen = Widget(context.new_page(), running.url).visit().open()
    citizen.ask("carte perdue").ask("humain")
    expect(citizen.replies).to_have_count(2)
    expect(citizen.replies.last).to_contain_text("Votre place dans la file d’attente : 1")
    expect(console.locator(".row")).to_contain_text("Site · FR · attend depuis 0 min")
    expect(console).to_have_title(re.compile(r"^\(1\) Conversations"))

    _take(console, "carte perdue")
    bot = console.locator(".said.by-bot").first
    bot.get_by_text("Ce que l’assistant a vu").click()
    expect(bot).to_contain_text("Confiance : 90")
    expect(citizen.panel).to_contain_text("vous répond maintenant")

    console.get_by_label("Votre réponse").fill("Bonjour, voici ce qu’il faut faire.")
    console.get_by_role("button", name="Insérer Carte d'identité").click()
    expect(console.locator("#card-title")).to_have_text("Carte d'identité")
    console.get_by_role("button", name="Envoyer").click()
    expect(citizen.cards).to_have_count(2)
    expect(citizen.replies.last).to_contain_text("Bonjour, voici")
    expect(console.locator(".said.by-human .seen")).to_have_text("Vu")
    expect(console.locator(".said.by-human .seen")).to_be_in_viewport()  # although the box to write in took the log's room

    citizen.question.press_sequentially("Je re")
    expect(console.locator("#typing")).to_have_text("Le citoyen écrit…")
    citizen.page.close()  # and comes back
    console.get_by_label("Votre réponse").fill("Vous êtes encore là ?")
    console.get_by_label("Votre réponse").press("Enter")
    expect(console.locator(".said.by-human .seen").last).to_have_text("Pas encore vu")
    back = Widget(context.new_page(), running.url).visit().open()
    expect(back.panel).to_contain_text("Vous êtes encore là ?")
    expect(console.locator(".said.by-human .seen").last).to_have_text("Vu")
    back.ask("Oui, merci")
    expect(console.locator(".said.by-citizen").last).to_contain_text("Oui, merci")

    console.get_by_role("button", name="Rendre à l’assistant").click()
    console.get_by_label("Résumé pour le citoyen").fill("Prenez rendez-vous en mairie.")
    _confirm(console, "#ending", "Confirmer")
    expect(back.panel).to_contain_text("Prenez rendez-vous en mairie.")
    expect(back.panel).to_contain_text("passe la suite à l’assistant automatique")
    expect(console.locator("#nobody")).to_be_visible()
    back.ask("passeport")
    expect(back.replies.last).to_contain_text("Réponse à passeport")
    back.replies.last.get_by_role("button", name="Oui", exact=True).click()
    expect(back.replies.last.locator(".feedback")).to_contain_text("Merci")


def test_by_sms_with_its_segments(running: Service, console: Page, new_context: NewContext) -> None:
    phone = new_context().new_page()
    phone.goto(f"{running.url}/simulator")

    def write(text: str, answers: int) -> None:
        phone.get_by_label(re.compile("Votre SMS")).fill(text)
        phone.keyboard.press("Enter")
        expect(phone.locator("#messages li.to_phone")).to_have_count(answers)

    write("carte perdue", 2)  # with the notice of a first contact
    write("humain", 3)
    expect(console.locator(".row")).to_contain_text("SMS")
    _take(console, "carte perdue")
    expect(phone.locator("#messages li.to_phone")).to_have_count(4)
    console.get_by_label("Votre réponse").fill("é" * 170)
    expect(console.locator("#count")).to_contain_text("2 segment(s) de SMS")
    console.get_by_label("Votre réponse").fill("Bonjour, venez en mairie.")
    expect(console.locator("#count")).to_contain_text("1 segment(s) de SMS")
    console.get_by_role("button", name="Envoyer").click()
    expect(phone.locator("#messages li.to_phone").last).to_contain_text("Bonjour, venez en mairie.")
    expect(console.locator(".said.by-human .seen").last).to_have_text(re.compile("Envoyé|Remis"))
    write("merci", 5)  # the bot is silent
    expect(console.locator(".said.by-citizen").last).to_contain_text("merci")
    console.get_by_role("button", name="Rendre à l’assistant").click()
    _confirm(console, "#ending", "Confirmer")
    expect(phone.locator("#messages li.to_phone").last).to_contain_text("assistant automatique")
    write("passeport", 7)
    expect(phone.locator("#messages li.to_phone").last).to_contain_text("passeport")


def test_an_answer_is_checked_before_it_goes_out(running: Service, console: Page, new_context: NewContext) -> None:
    """Chosen by an administrator; let out on the website, refused and replaced by SMS."""
    context = new_context()
    context.add_cookies([running.cookie(running.staff("Chef", Role.ADMINISTRATOR))])  # type: ignore[list-item]
    settings = context.new_page()
    settings.goto(f"{running.url}/desk/validation")
    settings.get_by_role("textbox", name="Sujet").fill("F1")
    settings.get_by_role("button", name="Vérifier ce sujet").click()
    expect(settings.get_by_role("row", name="F1")).to_be_visible()
    assert violations(settings) == []

    citizen = Widget(new_context().new_page(), running.url).visit().open()
    citizen.ask("carte perdue")
    expect(citizen.replies.last).to_contain_text("un agent vérifie la réponse")
    expect(citizen.cards).to_have_count(0)
    expect(console.locator(".row")).to_contain_text("à vérifier")
    console.locator(".row").click()
    held = console.locator("#held section")
    expect(held).to_contain_text("Réponse à carte perdue")
    expect(held.get_by_role("button")).to_have_count(0)
    console.keyboard.press("c")
    expect(console.get_by_label("Ou votre réponse à la place")).to_be_focused()
    assert violations(console) == []
    held.get_by_role("button", name="Envoyer telle quelle").click()
    expect(citizen.cards).to_have_count(1)
    expect(citizen.replies.last).to_contain_text("Réponse vérifiée par un agent")
    expect(citizen.panel).not_to_contain_text("Anne")
    expect(console.locator("#nobody")).to_be_visible()

    phone = new_context().new_page()
    phone.goto(f"{running.url}/simulator")
    received = phone.locator("#messages li.to_phone")
    for question in ("carte perdue", "passeport"):
        phone.get_by_label(re.compile("Votre SMS")).fill(question)
        phone.keyboard.press("Enter")
        expect(received.last).to_contain_text("un agent vérifie la réponse")
        expect(console.locator(".row", has_text="carte perdue")).to_be_visible()
    expect(received).to_have_count(3)  # with the notice of a first contact
    console.locator(".row").click()
    console.get_by_role("button", name="Prendre la conversation").click()
    expect(held).to_have_count(2)
    held.first.get_by_role("button", name="Refuser…").click()
    _confirm(console, "#refusing", "Confirmer")
    expect(received.last).to_contain_text("ne peut pas confirmer")
    expect(held).to_have_count(1)
    console.get_by_label("Ou votre réponse à la place").fill("Venez en mairie.")
    console.get_by_role("button", name="Envoyer", exact=True).click()
    expect(received.last).to_contain_text("Venez en mairie.")
    expect(received).to_have_count(5)


def test_two_supervisors_and_a_transfer(running: Service, console: Page, new_context: NewContext) -> None:
    citizen = Widget(new_context().new_page(), running.url).visit().open()
    citizen.ask("passeport volé").ask("humain")
    _take(console, "passeport volé")
    console.get_by_role("button", name="Transmettre…").click()
    expect(console.get_by_text("Aucun collègue n’est à son poste")).to_be_visible()
    expect(console.get_by_label("À qui")).to_be_hidden()
    console.get_by_role("button", name="Annuler").click()
    paul = open_console(running, new_context, "Paul")
    expect(paul.locator("#list")).to_contain_text("Prises par des collègues (1)")
    expect(paul.locator(".row")).to_contain_text("Anne")
    console.get_by_role("button", name="Transmettre…").click()
    console.get_by_label("Ce qu’il faut savoir").fill("Dossier urgent")
    console.get_by_label("À qui").select_option(label="Paul (0/3)")
    _confirm(console, "#transferring", "Transmettre")
    expect(paul.locator("#list")).to_contain_text("Mes conversations (1)")
    paul.locator(".row").click()
    expect(paul.locator("#notes")).to_contain_text("Dossier urgent")
    expect(console.get_by_label("Votre réponse")).to_be_hidden()
    expect(citizen.panel).to_contain_text("prend la suite")


def test_a_call_has_its_number_to_press_and_nothing_to_write(running: Service, console: Page, new_context: NewContext) -> None:
    citizen = Widget(new_context().new_page(), running.url).visit().open()
    for count, said in enumerate(("rappel", "06 39 98 00 42", "c'est bon"), start=1):
        citizen.ask(said)
        expect(citizen.replies).to_have_count(count)
    expect(console.locator(".row")).to_contain_text("lundi matin")
    console.locator(".row").click()
    console.get_by_role("button", name="Prendre la conversation").click()
    expect(console.locator("#talk-title")).to_be_focused()
    number = console.get_by_role("link", name="06 39 98 00 42")
    expect(number).to_have_attribute("href", "tel:+33639980042")
    expect(console.locator("#about")).to_contain_text("de préférence : lundi matin (demandé : ")
    expect(console.locator("#found button, #saved button")).to_have_count(0)
    console.get_by_role("button", name="Terminer…").click()
    expect(console.locator("#ending")).to_contain_text("son numéro est effacé")
    expect(console.locator("#ending")).not_to_contain_text("envoyé au citoyen")


def test_by_keyboard_alone(running: Service, console: Page, new_context: NewContext) -> None:
    citizen = Widget(new_context().new_page(), running.url).visit().open()
    citizen.ask("carte perdue").ask("humain")
    expect(console.locator(".row")).to_have_count(1)
    console.keyboard.press("?")
    expect(console.locator("#help")).to_be_visible()
    console.keyboard.press("Escape")
    expect(console.locator("#help")).to_be_hidden()  # a browser closes a dialog after the key
    console.keyboard.press("j")
    expect(console.locator("#talk-title")).to_have_text("carte perdue")
    console.keyboard.press("c")
    expect(console.get_by_label("Votre réponse")).to_be_focused()
    console.keyboard.type("Bonjour c'est jk?")  # keys are no shortcuts in a field
    console.keyboard.press("Enter")
    expect(citizen.replies.last).to_contain_text("Bonjour c'est jk?")
    console.keyboard.press("Escape")
    console.keyboard.press("n")
    console.keyboard.type("Rappeler demain")
    console.keyboard.press("Tab")
    console.keyboard.press("Enter")
    expect(console.locator("#notes")).to_contain_text("Rappeler demain")
    console.keyboard.press("Escape")
    console.locator(".options summary").click()
    console.get_by_label("Raccourcis d’une touche").uncheck()
    console.locator("#talk-title").focus()
    console.keyboard.press("?")
    expect(console.locator("#help")).to_be_hidden()


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("width", [1280, 820])
def test_axe_finds_nothing_and_nothing_is_cut(running: Service, new_context: NewContext, language: str, width: int) -> None:
    citizen = Widget(new_context().new_page(), running.url).visit().open()
    citizen.ask("carte perdue").ask("danger").ask("humain")
    expect(citizen.replies).to_have_count(3)
    context = new_context(viewport={"width": width, "height": 1000})
    context.add_cookies([running.cookie(running.staff("Anne"))])  # type: ignore[list-item]
    page = context.new_page()
    page.goto(f"{running.url}/desk/conversations?lang={language}")
    expect(page.locator(".row.alert")).to_be_visible()
    assert violations(page) == []
    page.locator(".row").click()
    page.locator("#claim").click()
    page.locator("#text").fill("Bonjour")
    page.locator("#search").fill("carte perdue")
    expect(page.locator("#found li")).to_have_count(1)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("#transfer").click()
    expect(page.locator("#transferring")).to_be_visible()
    assert violations(page) == []


def test_a_notice_that_was_taken_back_leaves_a_panel_in_which_nothing_was_said(
    running: Service, new_context: NewContext
) -> None:
    def put(text: str) -> None:
        async def change() -> None:
            async with running.database.write() as session:
                if text:
                    await set_control(session, "banner", text_fr=text, text_en="", actor="a")
                else:
                    await clear_control(session, "banner", actor="a")

        running.run(change())

    put("Mairie fermée lundi.")
    page = new_context().new_page()
    page.clock.install()
    citizen = Widget(page, running.url).visit()
    page.clock.resume()
    citizen.open()
    expect(citizen.panel.locator(".notices")).to_contain_text("Mairie fermée lundi.")
    put("")
    while page.request.get(f"{running.url}/api/web/notices").json():  # the gateway itself learns of it within two seconds
        pass
    page.clock.fast_forward(31_000)
    expect(citizen.panel.locator(".notices")).to_be_hidden()


def test_service_control_by_an_administrator(running: Service, new_context: NewContext) -> None:
    citizen = Widget(new_context().new_page(), running.url).visit().open()
    context = new_context()
    context.add_cookies([running.cookie(running.staff("Chef", Role.ADMINISTRATOR))])  # type: ignore[list-item]
    page = context.new_page()
    page.goto(f"{running.url}/desk/service")
    assert violations(page) == []
    card = page.locator("section", has_text="Message urgent")
    card.get_by_label("Texte en français").fill("Crue : évacuez le quai.")
    card.get_by_role("button", name="Publier").click()
    expect(page.get_by_text("C’est publié")).to_be_visible()
    citizen.ask("bonjour")
    expect(citizen.panel.locator(".notice.emergency")).to_contain_text("Crue : évacuez le quai.", timeout=15_000)
    assert violations(citizen.page) == []
    card.get_by_role("button", name="Retirer").click()
    expect(page.get_by_text("C’est retiré")).to_be_visible()
