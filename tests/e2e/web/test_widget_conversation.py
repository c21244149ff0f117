"""Ask, read, choose, say what one thinks, switch, start again, take the conversation along."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Route, expect

from tests.e2e.browser import NewContext
from tests.e2e.web.fake_gateway import FakeGateway
from tests.e2e.web.widget import Widget
from tests.waiting import wait_until

TITLE = "Perte ou vol de la carte d’identité d’une personne majeure"


def test_before_the_first_message_it_says_what_it_is(widget: Widget) -> None:
    widget.open()
    intro = widget.panel.locator(".intro")
    for words in ("machine", "données personnelles", "90 jours", "Joindre une personne"):
        expect(intro).to_contain_text(words)


def test_a_question_gets_a_card_with_its_source_and_date(widget: Widget) -> None:
    widget.open().ask("j’ai perdu ma carte")
    card = widget.cards
    expect(card.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(card).to_contain_text("Que faire ? › En France")
    expect(card.locator(".source")).to_contain_text(re.compile(r"01/03/2020, il y a \d+ ans"))
    source = card.get_by_role("link", name=re.compile("Ouvrir la page service-public.fr"))
    expect(source).to_have_attribute("href", re.compile("^https://www.service-public.fr/"))
    expect(source).to_have_attribute("rel", re.compile("noopener"))
    assert card.locator("ol > li").count() == 3
    assert card.locator("ol > li:nth-child(2) > ul > li").count() == 2
    assert card.locator("tbody tr").count() == 2
    assert card.locator(".body strong").all_inner_texts() == ["déclarer la perte", "mairie"]


def test_a_local_page_names_no_source_that_it_has_not(widget: Widget) -> None:
    widget.open().ask("la piscine")
    source = widget.cards.last.locator(".source")
    expect(source.locator("a")).to_have_attribute("href", "https://mairie.example/piscine")
    expect(source).to_contain_text("Ouvrir la page")
    expect(source.locator("a > span").first).not_to_have_class("unseen")  # else nobody would see the link
    widget.ask("la déchetterie")
    expect(widget.cards).to_have_count(2)
    expect(widget.cards.last.locator(".source")).to_contain_text("Mairie de Nîmes")
    expect(widget.cards.last.locator(".source a")).to_have_count(0)


def test_an_old_page_says_so_once_beside_its_source(widget: Widget) -> None:
    widget.open().ask("une ancienne page")
    card = widget.cards
    line = card.locator(".source")
    expect(line.locator("summary")).to_contain_text(re.compile(r"01/03/2020, il y a \d+ ans"))
    box = line.bounding_box()
    assert box is not None
    assert box["height"] < 30  # one line
    expect(line.locator("p")).to_be_hidden()
    line.locator("summary").click()
    expect(line.locator("p")).to_have_text("Vérifiée le 01/03/2020\u00a0: les règles et les montants ont pu changer.")
    expect(card.locator("time")).to_have_count(1)


def test_the_heading_of_a_part_is_one(widget: Widget) -> None:
    widget.open().ask("un préavis")
    card = widget.cards
    expect(card.get_by_role("heading", level=4)).to_have_text(["Délai de préavis"])
    expect(card.locator(".body strong")).to_have_text(["Logement vide", "Meublé"])


def test_a_choice_sends_its_payload_and_shows_its_label(widget: Widget, fake: FakeGateway) -> None:
    widget.open().ask("perdu")
    widget.button("Passeport perdu").click()
    expect(widget.cards).to_be_visible()
    assert widget.texts() == [
        "said perdu",
        "reply De quoi s’agit-il ?",
        "said Passeport perdu",
        "reply Voici ce que dit la page officielle.",
    ]
    assert fake.said == ["perdu", "Passeport perdu"]


def test_who_asks_for_another_language_reads_the_panel_in_it(widget: Widget) -> None:
    widget.open().ask("in English please")
    expect(widget.question).to_have_accessible_name("Your message")
    expect(widget.panel).to_have_attribute("lang", "en")
    widget.ask("hello")
    expect(widget.replies).to_have_count(2)
    expect(widget.replies.last).to_have_attribute("lang", "en")


def test_a_language_that_the_panel_has_no_words_in_leaves_it_as_it_is(widget: Widget) -> None:
    widget.open().ask("em português por favor")
    for _ in range(2):
        expect(widget.replies).to_have_count(1)
        expect(widget.replies).to_have_attribute("lang", "pt")
        expect(widget.question).to_have_accessible_name("Votre message")
        widget.page.reload()
    widget.ask("merci")
    expect(widget.replies).to_have_count(2)


def test_feedback_yes(widget: Widget, fake: FakeGateway) -> None:
    widget.open().ask("carte")
    widget.button("Oui").click()
    expect(widget.panel.locator(".feedback")).to_have_text(re.compile("Merci"))
    assert [opinion["useful"] for opinion in fake.opinions] == [True]
    widget.page.reload()
    expect(widget.cards).to_be_visible()
    expect(widget.panel.locator(".feedback")).to_have_count(0)


def test_feedback_no_and_why(widget: Widget, fake: FakeGateway) -> None:
    widget.open().ask("carte")
    widget.button("Non").click()
    widget.panel.get_by_label("Il manque une information").check()
    widget.panel.get_by_label(re.compile("Votre remarque")).fill("Et le prix ?")
    widget.panel.locator(".feedback").get_by_role("button", name="Envoyer").click()
    expect(widget.panel.locator(".feedback")).to_have_text(re.compile("Merci"))
    assert fake.opinions[-1] == {
        "reply": fake.opinions[0]["reply"],
        "useful": False,
        "reason": "incomplete",
        "comment": "Et le prix ?",
    }


def test_switch_to_english_and_back(widget: Widget) -> None:
    widget.open().ask("bonjour")
    expect(widget.replies).to_have_count(1)
    widget.speak("English")
    expect(widget.question).to_have_accessible_name("Your message")
    assert widget.panel.get_attribute("lang") == "en"
    assert "language" in widget.focused()
    widget.ask("hello")
    expect(widget.replies.nth(1)).to_contain_text("What is your question?")
    widget.speak("Français")
    expect(widget.question).to_have_accessible_name("Votre message")
    expect(widget.replies).to_have_count(2)


def test_who_writes_on_while_the_language_changes_stays_in_the_box(widget: Widget) -> None:
    """The wording takes a while on a slow line: Enter must send the message, not press the button of the language again."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    widget.page.route("**/api/web/config?lang=en", hold)
    widget.open().ask("bonjour")
    expect(widget.replies).to_have_count(1)
    widget.speak("English")
    widget.question.fill("hello")
    wait_until(lambda: widget.page.evaluate("true") and held)  # the click is over before the page has asked
    held.pop().continue_()
    expect(widget.question).to_have_accessible_name("Your message")
    expect(widget.question).to_be_focused()
    widget.page.keyboard.press("Enter")
    expect(widget.replies.nth(1)).to_contain_text("What is your question?")


def test_the_page_s_language_is_the_first_language(fake: FakeGateway, new_context: NewContext) -> None:
    widget = Widget(new_context().new_page(), fake.url).visit("en")
    expect(widget.launcher).to_have_text("Ask your question")
    widget.open()
    expect(widget.question).to_have_accessible_name("Your message")


def test_start_again_asks_then_erases_everywhere(widget: Widget, fake: FakeGateway) -> None:
    widget.open().ask("bonjour")
    expect(widget.replies).to_have_count(1)
    widget.button("Options").click()
    widget.button("Recommencer").click()
    widget.button("Annuler").click()
    assert len(fake.conversations) == 1
    widget.button("Recommencer").click()
    widget.button("Effacer mes messages").click()
    expect(widget.replies).to_have_count(0)
    expect(widget.status).to_contain_text("effacée")
    assert fake.conversations == {}
    assert widget.page.evaluate("Object.keys(localStorage)") == []
    expect(widget.panel.locator("#options")).to_be_hidden()
    widget.ask("bonjour")
    expect(widget.replies).to_have_count(1)


def test_the_conversation_can_be_downloaded(widget: Widget) -> None:
    widget.open().ask("j’ai perdu ma carte")
    expect(widget.cards).to_be_visible()
    widget.button("Options").click()
    with widget.page.expect_download() as download:
        widget.button("Télécharger la conversation").click()
    assert re.fullmatch(r"conversation-\d{4}-\d\d-\d\d\.txt", download.value.suggested_filename)
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "Ville de Valbourg" in text
    assert "j’ai perdu ma carte" in text
    assert "Faites la déclaration" in text


def test_markup_stays_text(widget: Widget) -> None:
    widget.open().ask("<script>alert(1)</script>")
    expect(widget.cards.get_by_role("heading")).to_have_text("<img src=x onerror=alert(1)>")
    expect(widget.cards.locator(".body")).to_have_text("<b>gras</b> piège")
    expect(widget.cards.locator(".body a")).to_have_count(0)
    expect(widget.said).to_contain_text("<script>alert(1)</script>")


def test_a_refused_message_says_why_and_the_next_one_goes_through(widget: Widget) -> None:
    widget.open().ask("trop long")
    expect(widget.panel.locator(".reply .notice")).to_have_text("Message trop long : 2000 caractères au plus.")
    widget.ask("bonjour")
    expect(widget.replies).to_have_count(1)


def test_the_source_is_named_in_the_language_that_was_written(widget: Widget) -> None:
    widget.visit().open()
    widget.ask("I lost my papers")
    card = widget.cards.last
    expect(card.locator(".source")).to_contain_text("Open the page service-public.fr")
    expect(card.locator(".source")).to_contain_text(re.compile(r"1 March 2020, \d+ years ago"))
    expect(card).to_contain_text("Your situation: Vous êtes majeur")
    expect(widget.replies.last).to_have_attribute("lang", "en")
    widget.ask("ma carte")
    expect(widget.cards.last.locator(".source")).to_contain_text("01/03/2020, il y a")
