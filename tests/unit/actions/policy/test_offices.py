"""What a citizen gets who asks where an office is, or whether it is open: the actions, Rasa's words, the directory."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.policy import offices
from actions.server.app import build_executor
from actions.server.responses import responses_in_form
from channels.rendering.text import TextRenderer
from channels.sms.encoding import segments
from channels.sms.rendering import SmsRenderer
from conversations.wording import Wording
from core.entry import Chapter, Entry
from core.entry import TextBlock as MarkdownBlock
from core.nearest import CHOSEN_OFFICE, kind_asked, payload_of
from core.settings import ROOT, Settings
from core.turns import AnswerBlock, ChoicesBlock, PlaceBlock, TextBlock, Turn
from retrieval.contracts import RetrievalResult
from tests.unit.actions.fakes import LOST_CARD, SNAPSHOT, FakeKnowledge, hit
from tests.unit.actions.talk import Talk, options
from tests.unit.places.support import communes_file, shelf_file
from tests.unit.places.support import offices as demonstration

NOW = datetime(2026, 11, 30, 10, tzinfo=ZoneInfo("Europe/Paris"))
WORDING = Wording.load(ROOT / "domain.yml")


@pytest.fixture
def town(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(offices, "now", lambda: NOW)
    monkeypatch.setattr(offices, "_books", {})
    communes_file(tmp_path), shelf_file(tmp_path)
    changed = settings.model_copy(update={"home": tmp_path})
    offices.book_of(changed).load()
    return changed


def place(turn: Turn) -> PlaceBlock:
    (block,) = turn.blocks
    assert isinstance(block, PlaceBlock)
    return block


async def test_hours_of_a_town_hall_are_answered_by_its_card(town: Settings) -> None:
    turn = await Talk(town, FakeKnowledge()).say("quels sont les horaires de la mairie de Clairval ?")
    block = place(turn)
    assert (turn.outcome, block.name, block.text) == (
        "answered",
        "Mairie de Clairval-sur-Orbe",
        "Ouvert en ce moment, jusqu’à 12:00.",
    )
    assert [(line.days, line.times) for line in block.hours] == [
        ("lundi – vendredi", "8:30–12:00, 13:30–17:00"),
        ("samedi", "9:00–12:00"),
    ]
    assert block.note.split(" · ")[1:] == ["mairie@clairval.example", "accessible"]
    assert (block.phone, str(block.verified_on)) == ("00 00 00 01 00", "2026-10-12")


async def test_commune_is_asked_for_remembered_and_forgotten(town: Settings) -> None:
    talk = Talk(town, FakeKnowledge())
    asked = await talk.say("où est la mairie ?")
    assert (asked.outcome, [block.type for block in asked.blocks]) == ("guided", ["choices"])
    assert place(await talk.say("Valdoré")).name == "Mairie de Valdoré"
    assert (
        place(await talk.say("la CAF est ouverte à midi ?")).text
        == "Fermé lundi 30 novembre à 12:45. Ouvre lundi 30 novembre à 13:15."
    )
    await talk.say("oublie ma situation", "forget_situation")
    assert (await talk.say("horaires de la mairie")).outcome == "guided"


async def test_where_to_do_something_gets_the_office_below_the_page_once_the_commune_is_known(town: Settings) -> None:
    talk = Talk(town, FakeKnowledge())
    assert not any(isinstance(block, PlaceBlock) for block in (await talk.say("où faire ma carte d'identité ?")).blocks)
    turn = await talk.say("où faire ma carte d'identité ? j'habite à Valdoré")
    *page, office = turn.blocks
    assert page
    assert isinstance(office, PlaceBlock)
    assert office.name == "Mairie de Valdoré"
    by_sms = await Talk(town, FakeKnowledge(), channel="sms").say("où faire ma carte d'identité ? j'habite à Valdoré")
    assert not any(isinstance(block, PlaceBlock) for block in by_sms.blocks)


async def test_homonyms_are_offered_and_pressed(town: Settings) -> None:
    talk = Talk(town, FakeKnowledge())
    turn = await talk.say("mairie de Saint-Denis, horaires")
    assert isinstance(turn.blocks[0], ChoicesBlock)
    assert [option.label for option in options(turn)] == ["Saint-Denis (974)", "Saint-Denis (93)"]
    unknown = await talk.press(options(turn)[1].payload)
    assert unknown.outcome == "no_answer"
    assert "Saint-Denis" in unknown.blocks[0].model_dump()["text"]


@pytest.mark.parametrize("text", ["comment faire un passeport", "la CAF me réclame 300 euros", "j'habite à Rennes"])
async def test_other_questions_get_no_card_of_an_office(town: Settings, text: str) -> None:
    turn = await Talk(town, FakeKnowledge()).say(text)
    assert not any(isinstance(block, PlaceBlock) for block in turn.blocks)


async def test_without_a_directory_nothing_is_said_of_offices(settings: Settings, tmp_path: Path) -> None:
    empty = settings.model_copy(update={"home": tmp_path})
    turn = await Talk(empty, FakeKnowledge()).say("quels sont les horaires de la mairie de Clairval ?")
    assert not any(isinstance(block, PlaceBlock) for block in turn.blocks)
    assert offices.book_of(empty).open() is None


@pytest.mark.parametrize("language", ["fr", "en", "es", "ar"])
async def test_own_hours_are_those_of_the_settings(settings: Settings, tmp_path: Path, language: str) -> None:
    communes_file(tmp_path)
    own = settings.model_copy(update={"home": tmp_path, "office_commune": "35238", "office_hours": "24/7"})
    offices.book_of(own).load()
    latest = {"text": "vos horaires ?", "intent": {"name": "opening_hours"}, "entities": []}
    dispatcher = CollectingDispatcher()
    tracker = Tracker("c1", {"language": language}, latest, [], False, None, {}, "web")
    await build_executor(own, FakeKnowledge()).actions["action_about"](dispatcher, tracker, {})
    (message,) = dispatcher.messages
    assert (message["response"], message["custom"]["block"]["name"]) == ("utter_place_open_always", own.organisation)


async def test_hours_of_the_town_hall_that_are_set_in_words_are_said_where_no_commune_is_named(town: Settings) -> None:
    said = town.model_copy(update={"opening_hours": "du lundi au vendredi de 9 h à 17 h"})
    latest = {"text": "horaires de la mairie", "intent": {"name": "opening_hours"}, "entities": []}
    dispatcher = CollectingDispatcher()
    tracker = Tracker("c1", {"language": "fr"}, latest, [], False, None, {}, "web")
    await build_executor(said, FakeKnowledge()).actions["action_about"](dispatcher, tracker, {})
    assert [message["response"] for message in dispatcher.messages] == ["utter_opening_hours"]


@pytest.mark.parametrize("question", ["horaires", "ouverture le 25 décembre"])
async def test_each_office_of_the_demonstration_is_one_segment_by_sms(town: Settings, question: str) -> None:
    render = SmsRenderer(WORDING)
    long = []
    for office in demonstration():
        talk = Talk(town, FakeKnowledge(), channel="sms")
        turn = await talk.say(f"{office.kind.replace('_', ' ')} {office.commune_name} {question}")
        for block in turn.blocks:
            if isinstance(block, PlaceBlock):
                text = render([block], language="fr").text
                long += [text] if segments(text) > 1 else []
    assert long == []


async def test_worker_of_the_version_before_reads_an_office_as_sentences(town: Settings) -> None:
    dispatcher = CollectingDispatcher()
    latest = {"text": "mairie de Valdoré", "intent": {"name": "enquiry"}, "entities": []}
    tracker = Tracker("c1", {"language": "fr"}, latest, [], False, None, {}, "web")
    await build_executor(town, FakeKnowledge()).actions["action_answer_enquiry"](dispatcher, tracker, {})
    first, second = responses_in_form(dispatcher.messages, 2)
    assert first["text"] == "Mairie de Valdoré\n8 grande rue, 00300 Valdoré\n00 00 00 04 00"
    assert (second["response"], second["custom"]) == ("utter_place_open", {"outcome": "answered"})
    assert responses_in_form(dispatcher.messages, 3) == dispatcher.messages


class OwnPage(FakeKnowledge):
    """Finds a page of the town's own first, called ``title``."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._page = LOST_CARD.model_copy(update={"id": "own", "collection": "town", "title": title})

    def search(
        self, query: str, *, locale: str = "fr", collection: str | None = None, audience: str | None = None, limit: int = 5
    ) -> RetrievalResult:
        found = hit(self._page, 2.0, 1)
        return RetrievalResult(hits=(found,), confidence=0.9, decision="answered", snapshot=SNAPSHOT, local=True)

    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        return self._page if entry_id == "own" else super().entry(entry_id, collection)


@pytest.mark.parametrize(
    ("commune", "title", "question", "by_page"),
    [
        ("00001", "Déchèterie de Clairval : horaires et accès", "horaires de la déchèterie de Clairval", True),
        ("00001", "Horaires de la déchèterie", "horaires de la déchèterie", True),
        ("35238", "Déchèterie de Rennes : horaires", "horaires de la déchèterie de Rennes", True),  # it is in no directory
        ("35238", "Déchèterie de Rennes : horaires", "horaires de la déchèterie de Clairval", False),  # another town's
        ("00001", "Encombrants : tout sur la déchèterie", "horaires de la déchèterie de Clairval", False),  # of another matter
        ("00001", "Piscine de Clairval", "horaires de la déchèterie de Clairval", False),
    ],
)
async def test_the_towns_own_page_comes_before_the_directory(
    town: Settings, commune: str, title: str, question: str, by_page: bool
) -> None:
    own = town.model_copy(update={"office_commune": commune, "office_kind": "mairie"})
    offices.book_of(own).load()
    turn = await Talk(own, OwnPage(title)).say(question)
    assert (turn.entry == "own") == by_page


async def test_the_towns_own_page_is_found_by_the_office_and_not_by_the_day(town: Settings) -> None:
    """The message alone finds pages on Sundays."""

    class OwnPageByName(OwnPage):
        def search(self, query: str, **options: Any) -> RetrievalResult:
            named = "déchèterie : horaires" in query or "decheterie : horaires" in query
            return super().search(query) if named else FakeKnowledge.search(self, query)

    own = town.model_copy(update={"office_commune": "00001", "office_kind": "mairie"})
    offices.book_of(own).load()
    turn = await Talk(own, OwnPageByName("Déchèterie de Clairval : horaires")).say("la déchèterie est ouverte dimanche ?")
    assert turn.entry == "own"


async def test_question_for_the_town_hall_with_a_page_of_its_own_is_not_answered_with_who_we_are(town: Settings) -> None:
    own = town.model_copy(update={"office_commune": "00001", "office_kind": "mairie"})
    offices.book_of(own).load()
    text = "bonjour, où se trouve la mairie svp"
    assert (await Talk(own, OwnPage("Mairie : horaires et accès")).say(text, "who_we_are")).entry == "own"
    assert place(await Talk(own, FakeKnowledge()).say(text, "who_we_are")).kind == "mairie"


TOWN_HALL, FAMILY = "https://lannuaire.service-public.fr/", "http://www.caf.fr/allocataires/ma-caf-recherche/"
NOT_OURS = "[Mairie de Paris](https://lannuaire.service-public.fr/paris) et [Caf](https://www.caf.fr/aide)"


class Linked(FakeKnowledge):
    """Has links to directories on its page, after ``before``."""

    def __init__(self, before: str = "") -> None:
        super().__init__()
        self._before = before

    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        found = super().entry(entry_id, collection)
        text = f"Le renouvellement coûte 25 € : [Mairie]({TOWN_HALL}), [Caf]({FAMILY}), {NOT_OURS}.{self._before}"
        chapter = Chapter(heading="Coût", body=(MarkdownBlock(markdown=text),))
        return found.model_copy(update={"introduction": text, "body": (chapter,)}) if found else None


def body_of(turn: Turn) -> str:
    return next(block.body for block in turn.blocks if isinstance(block, AnswerBlock))


async def test_links_to_directories_lead_to_the_own_office_once_the_place_is_known(town: Settings) -> None:
    question = "quel est le prix d'une carte d'identité perdue ?"
    talk = Talk(town, Linked())
    assert f"[Mairie]({TOWN_HALL}), [Caf]({FAMILY})" in body_of(await talk.say(question))
    body = body_of(await talk.say(f"j'habite à Valdoré, {question}"))
    town_hall = "[Mairie de Valdoré](https://www.openstreetmap.org/search?query=8%20grande%20rue%2C%2000300%20Valdor%C3%A9)"
    assert town_hall in body
    assert "[Caisse d’allocations familiales du Val-d’Orbe](https://" in body
    assert FAMILY not in body
    assert NOT_OURS in body
    await talk.say("oublie ma situation", "forget_situation")
    assert f"[Mairie]({TOWN_HALL})" in body_of(await talk.say(question))
    by_sms = await Talk(town, Linked(), channel="sms").say(f"j'habite à Valdoré, {question}")
    assert "Mairie de Valdoré" not in body_of(by_sms)
    own = town.model_copy(
        update={"office_commune": "00001", "office_kind": "mairie", "contact_url": "https://ville.example/ici"}
    )
    offices.book_of(own).load()
    assert f"[{own.organisation}](https://ville.example/ici), [Caf]({FAMILY})" in body_of(
        await Talk(own, Linked()).say(question)
    )


@pytest.mark.parametrize(
    ("text", "leads"),
    [
        ("À la mairie du lieu de naissance.", False),
        ("La mairie de la commune où est célébré le mariage.", False),
        ("À la mairie de votre domicile.", True),
        ("La mairie doit répondre dans les 2 mois.", True),
    ],
)
async def test_links_to_the_town_hall_of_another_place_stay(town: Settings, text: str, leads: bool) -> None:
    turn = await Talk(town, Linked(f" {text}")).say("j'habite à Valdoré, quel est le prix d'une carte d'identité perdue ?")
    assert ("[Mairie de Valdoré]" in body_of(turn)) == leads
    assert FAMILY not in body_of(turn)


async def test_question_for_the_commune_offers_the_nearest_office_and_its_choice_is_answered(town: Settings) -> None:
    talk = Talk(town, FakeKnowledge())
    (asked,) = (await talk.say("la CAF est ouverte samedi ?")).blocks
    assert isinstance(asked, ChoicesBlock)
    (button,) = asked.options
    assert (asked.purpose, button.label, kind_asked(button.payload)) == ("nearest", "Le plus près de moi", "caf")
    assert asked.text.startswith("Dans quelle commune")
    again = await talk.press(button.payload)  # where no position can be had
    assert [block.model_dump()["text"] for block in again.blocks] == [asked.text]
    await talk.say("la CAF est ouverte samedi ?")
    block = place(await talk.press(payload_of(f"{CHOSEN_OFFICE}caf")))
    assert (block.name, block.text) == (
        "Caisse d’allocations familiales du Val-d’Orbe",
        "Fermé samedi 5 décembre. Ouvre lundi 7 décembre à 8:45.",
    )
    # The place where the citizen lives stays unknown: another office is asked for again.
    assert (await talk.say("où est la préfecture ?")).outcome == "guided"


async def test_question_for_the_commune_is_a_text_by_sms_and_where_no_position_is_known(town: Settings) -> None:
    by_sms = await Talk(town, FakeKnowledge(), channel="sms").say("où est la CAF ?")
    unknown = await Talk(town, FakeKnowledge()).say("où est la MSA ?")
    assert [type(block) for turn in (by_sms, unknown) for block in turn.blocks] == [TextBlock, TextBlock]


async def test_all_addresses_of_an_office_are_on_its_card_and_in_its_text(town: Settings) -> None:
    block = place(await Talk(town, FakeKnowledge()).say("adresse de la mairie de Clairval"))
    assert block.other_addresses == ("Annexe des Prés : 4 rue du Moulin, 00100 Clairval-sur-Orbe",)
    assert block.postal_address == "BP 12, 00101 Clairval-sur-Orbe Cedex"
    text = TextRenderer(WORDING)([block], language="fr").text
    assert "Annexe des Prés : 4 rue du Moulin" in text
    assert "Adresse postale : BP 12" in text
    short = block.model_copy(
        update={"name": "Mairie", "address": "1 rue A", "phone": "", "appointment": "", "postal_address": ""}
    )
    by_sms = SmsRenderer(WORDING)([short], language="fr").text
    assert by_sms.endswith("Annexe des Prés : 4 rue du Moulin, 00100 Clairval-sur-Orbe")
    assert segments(by_sms) == 1


@pytest.mark.parametrize("question", ["vous êtes où exactement ?", "quelle est votre adresse ?"])
async def test_where_the_administration_is_gets_the_card_of_its_office(
    settings: Settings, tmp_path: Path, question: str
) -> None:
    communes_file(tmp_path)
    changes = {"office_commune": "35238", "contact_access": "Plain-pied", "legal_address": "1 rue A"}
    own = settings.model_copy(update={"home": tmp_path, **changes})
    offices.book_of(own).load()
    turn = await Talk(own, FakeKnowledge()).say(question, "who_we_are")
    assert (place(turn).address, place(turn).note.split(" · ")[-1]) == ("1 rue A", "Plain-pied")
