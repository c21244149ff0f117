"""What can be done with an answer: print, copy, send, listen, follow its address, open what is folded."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from channels.web.pages.anchors import anchor, place_of
from core.database import Database
from core.database.models import EntryRow
from core.entry import Chapter, Entry, TextBlock
from tests.e2e.browser import NewContext
from tests.e2e.web.fake_gateway import FakeGateway
from tests.e2e.web.fake_replies import CARD, PLACE
from tests.e2e.web.widget import Widget, violations

VOICE = """(() => {
  window.spoken = [];
  const voice = (name, lang, localService) => ({ name, lang, localService });
  Object.defineProperty(window, "speechSynthesis", { value: {
    getVoices: () => [voice("far", "fr-FR", false), ...(window.silent ? [] : [voice("near", "fr-FR", true)])],
    speak: (utterance) => window.spoken.push(utterance), cancel: () => {}, addEventListener: () => {},
  } });
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
})()"""


@pytest.fixture
def answered(widget: Widget) -> Widget:
    widget.open().ask("ma carte")
    expect(widget.cards).to_be_visible()
    return widget


def paper(page: Page) -> str:
    """What the browser would print now."""
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    text = page.locator("guichet-widget .paper").inner_text() if page.locator("guichet-widget .paper").count() else ""
    assert page.locator("guichet-widget dialog").is_hidden()
    return text.replace("\xa0", " ")


def test_actions_stand_in_one_row_each_with_words_and_icon(answered: Widget) -> None:
    row = answered.panel.locator(".actions .row")
    tools = row.locator(".tool:visible")
    expect(tools).to_have_text(["Oui", "Non", "Imprimer", "Copier", "SMS"])
    assert tools.evaluate_all("all => all.every(each => each.querySelector('svg[aria-hidden=true]'))")
    assert len(set(tools.evaluate_all("all => all.map(each => Math.round(each.getBoundingClientRect().top))"))) == 1


def test_first_sentence_comes_before_the_words_that_stand_above_every_answer(answered: Widget) -> None:
    reply = answered.replies.last
    expect(reply.locator(".unseen", has_text="Voici ce que dit la page officielle.")).to_have_count(1)
    expect(reply.locator(".lead, .bubble")).to_have_count(0)


def test_print_of_the_conversation_has_question_answer_source_date_and_address(answered: Widget, fake: FakeGateway) -> None:
    text = paper(answered.page)
    for words in (
        "Vous : ma carte",
        "déclarer la perte",
        "Carte perdue",
        "Source : service-public.fr, Vérifié le 1er mars 2020",
        f"{fake.url}/page/F1341#que-faire-en-france-vous-etes-majeur",
    ):
        assert words in text
    expect(answered.page.get_by_role("heading", name="Bienvenue à Valbourg")).to_be_visible()  # the widget stands beside it


def test_print_of_one_answer_leaves_out_the_rest_of_the_conversation_and_of_the_page(answered: Widget) -> None:
    answered.ask("un préavis")
    expect(answered.cards).to_have_count(2)
    answered.page.evaluate("window.print = () => {}")
    answered.cards.first.locator(".past summary").click()
    answered.cards.first.get_by_role("button", name="Imprimer").click()
    text = paper(answered.page)
    assert "déclarer la perte" in text
    assert "Vous pouvez partir" not in text
    assert "Vous : " not in text
    expect(answered.page.get_by_role("heading", name="Bienvenue à Valbourg")).to_be_hidden()
    answered.page.evaluate("dispatchEvent(new Event('afterprint'))")
    answered.page.emulate_media(media="screen")
    expect(answered.page.locator("guichet-widget .paper")).to_have_count(0)
    expect(answered.panel).to_be_visible()


def test_print_with_the_widget_closed_is_the_page_alone(widget: Widget) -> None:
    assert paper(widget.page) == ""
    expect(widget.page.locator("guichet-widget")).to_be_hidden()


def test_print_of_an_office_has_its_address_hours_and_telephone(widget: Widget) -> None:
    widget.open().ask("horaires de la mairie de Clairval")
    widget.page.evaluate("window.print = () => {}")
    widget.button("Imprimer").click()
    text = paper(widget.page)
    for words in (PLACE["text"], PLACE["address"], "8:30–12:00", PLACE["note"], PLACE["phone"], PLACE["source"]["name"]):
        assert words in text
    assert "Voir sur une carte" not in text
    assert re.search(r"Valbourg · \d+(er)? \w+ \d{4}, \d\d:\d\d", text)  # "open now" is true of one moment


def test_print_of_an_answer_that_sends_to_the_town_hall_says_where_it_is(fake: FakeGateway, new_context: NewContext) -> None:
    object.__setattr__(fake.settings, "contact_address", "1 place de la Halle")
    widget = Widget(new_context().new_page(), fake.url).visit().open().ask("ma carte")  # "… au guichet de la mairie"
    expect(widget.cards).to_be_visible()
    assert "1 place de la Halle" in paper(widget.page)


def test_copy_takes_passage_source_date_and_address(fake: FakeGateway, new_context: NewContext) -> None:
    context = new_context(permissions=["clipboard-read", "clipboard-write"])
    widget = Widget(context.new_page(), fake.url).visit().open().ask("ma carte")
    widget.button("Copier").click()
    expect(widget.status).to_contain_text("Réponse copiée")
    text = widget.page.evaluate("navigator.clipboard.readText()")
    assert text.startswith(
        "Perte ou vol de la carte d’identité d’une personne majeure\nQue faire ? › En France › Vous êtes majeur"
    )
    assert "**" not in text
    assert "(https://" not in text
    assert "service-public.fr, Vérifié le 01/03/2020" in text.replace("\xa0", " ")
    assert text.splitlines()[-1] == f"{fake.url}/page/F1341#que-faire-en-france-vous-etes-majeur"


def test_sms_is_asked_for_in_words_and_only_of_the_last_answer(answered: Widget, fake: FakeGateway) -> None:
    answered.ask("un préavis")
    expect(answered.cards).to_have_count(2)
    sms = answered.button("Envoyez-moi la réponse par SMS")
    expect(sms).to_have_count(1)
    sms.click()
    expect(answered.replies).to_have_count(3)
    assert fake.said[-1] == "Envoyez-moi la réponse par SMS"


def test_sms_is_not_offered_where_no_copies_are_sent(fake: FakeGateway, new_context: NewContext) -> None:
    object.__setattr__(fake.settings, "sms_copies_per_day", 0)
    widget = Widget(new_context().new_page(), fake.url).visit().open().ask("ma carte")
    expect(widget.cards).to_be_visible()
    expect(widget.panel.locator(".sms")).to_have_count(0)


def test_answer_is_read_aloud_by_a_voice_of_the_device_alone(fake: FakeGateway, new_context: NewContext) -> None:
    context = new_context()
    context.add_init_script(VOICE)
    widget = Widget(context.new_page(), fake.url).visit().open().ask("ma carte")
    widget.button("Écouter").click()
    spoken = widget.page.evaluate("spoken.map(each => [each.text, each.voice.name])")
    assert spoken[0] == [CARD["title"], "near"]
    assert {voice for _, voice in spoken} == {"near"}
    expect(widget.button("Arrêter")).to_have_attribute("aria-pressed", "true")
    widget.page.evaluate("spoken.at(-1).onend()")
    expect(widget.button("Écouter")).to_have_attribute("aria-pressed", "false")
    assert violations(widget.page) == []


def test_answer_is_not_offered_to_a_voice_from_afar(fake: FakeGateway, new_context: NewContext) -> None:
    context = new_context()
    context.add_init_script("window.silent = true")
    context.add_init_script(VOICE)
    widget = Widget(context.new_page(), fake.url).visit().open().ask("ma carte")
    expect(widget.cards).to_be_visible()
    expect(widget.button("Écouter")).to_have_count(0)


def test_pages_to_read_next_are_folded_and_reading_on_is_not(widget: Widget) -> None:
    widget.open().ask("la suite")
    expect(widget.button("Lire la suite")).to_be_visible()
    expect(widget.button("Pièces à fournir")).to_have_count(0)  # hidden
    fold = widget.panel.locator("details.choices")
    expect(fold.locator("summary")).to_have_text("Sur cette page, voir aussi2")
    fold.locator("summary").click()
    expect(widget.button("Pièces à fournir")).to_be_visible()
    assert violations(widget.page) == []


NAMES = [
    ["Que faire ?", "En France", "Vous êtes majeur"],
    ["Coût : 86 € (tarif 2020)"],
    ["L’œuvre d’Évreux – été"],
    ["a" * 59 + " b"],
    ["كيف"],
    [],
]


def test_address_names_the_same_place_in_the_widget_and_on_the_page(widget: Widget) -> None:
    widget.open()
    source = widget.page.evaluate(
        "performance.getEntriesByType('resource').map(r => r.name).find(n => n.includes('/panel.js'))"
    )
    made = widget.page.evaluate(
        "async ([source, names]) => { const panel = await import(source); return names.map(panel.$answer.anchor) }",
        [source, NAMES],
    )
    assert made == [anchor(names) for names in NAMES]


ENTRY = Entry(
    id="F1341", collection="service-public", title=str(CARD["title"]), introduction="Il faut déclarer la perte.",
    source="service-public.fr", urls={"": "https://www.service-public.fr/particuliers/vosdroits/F1341"},
    body=(
        Chapter(heading="Que faire ?", body=(Chapter(heading="En France", body=(TextBlock(markdown="Au **guichet**."),)),)),
        Chapter(heading="Coût", body=(TextBlock(markdown="25 €"),)),
    ),
)  # fmt: skip


async def _write(url: str, entry: Entry, status: str = "published") -> None:
    database = Database(url)
    content: dict[str, Any] = entry.model_dump(mode="json")
    row = EntryRow(
        collection=entry.collection,
        id=entry.id,
        locale="fr",
        title=entry.title,
        version=1,
        digest="d",
        content=content,
        status=status,
    )
    async with database.write() as session:
        session.add(row)
    await database.close()


def publish(fake: FakeGateway, status: str = "published") -> None:
    with ThreadPoolExecutor(1) as aside:  # Playwright has a loop running in this thread
        aside.submit(asyncio.run, _write(fake.settings.sql_url, ENTRY, status)).result()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_address_of_an_answer_opens_its_passage(fake: FakeGateway, new_context: NewContext, scheme: str) -> None:
    publish(fake)
    page = new_context(color_scheme=scheme, viewport={"width": 320, "height": 640}).new_page()
    page.goto(f"{fake.url}/page/F1341#{anchor(['Que faire ?', 'En France'])}")
    expect(page.locator(":target")).to_have_text("En France")
    expect(page.locator(":target")).to_be_in_viewport()
    expect(page.get_by_text("Au guichet.")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("service-public.fr"))).to_be_visible()
    expect(page.get_by_role("navigation", name="Sur cette page").get_by_role("link")).to_have_text(["Que faire ?", "Coût"])
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_address_of_an_answer_without_a_heading_is_that_of_its_first_label(
    fake: FakeGateway, new_context: NewContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "**En France** : Au guichet.\n\n**Coût** : 25 €"
    monkeypatch.setitem(CARD, "headings", [])
    monkeypatch.setitem(CARD, "cases", [])
    monkeypatch.setitem(CARD, "body", body)
    publish(fake)
    page = new_context(viewport={"width": 390, "height": 500}).new_page()
    widget = Widget(page, fake.url).visit().open().ask("ma carte")
    expect(widget.cards).to_be_visible()
    assert f"{fake.url}/page/F1341#en-france" in paper(page)
    assert place_of(CARD) == "en-france"
    page.emulate_media(media="screen")
    page.goto(f"{fake.url}/page/F1341#en-france")
    heading = page.get_by_role("heading", name="En France")
    expect(heading).to_be_in_viewport()
    expect(heading).to_have_css("background-color", "rgb(255, 246, 224)")


@pytest.mark.parametrize("status", ["withdrawn", "draft", "archived"])
def test_address_of_a_page_that_is_not_published_is_not_found(fake: FakeGateway, status: str) -> None:
    publish(fake, status)
    for name in ("F1341", "F9999"):
        answer = httpx.get(f"{fake.url}/page/{name}")
        assert answer.status_code == 404
        assert "guichet" not in answer.text


def test_amount_is_in_bold_where_it_is_current(widget: Widget) -> None:
    widget.open().ask("quel prix ?")
    expect(widget.cards.locator("strong")).to_have_text(["25 €", "30 €", "1 250,50 euros"])  # but in no table
    widget.ask("quel ancien prix ?")
    expect(widget.cards.last.locator("strong")).to_have_text(["30 €"])
