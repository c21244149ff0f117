"""Moves that the worker carries out, and what the administration says of itself."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.cases.dialogue_state import Focus
from actions.messages.file_questions import asks_a_page, only_asks_where, seeks_a_way
from actions.messages.topic_switch import turned_to
from actions.policy.danger import Danger, only_where
from core.settings import Settings
from retrieval.contracts import RetrievalResult
from tests.unit.actions.fakes import ENTRIES, FakeKnowledge
from tests.unit.actions.talk import action


async def run(
    action: Action, intent: str, text: str = "", shown: str = "", slots: dict[str, Any] | None = None
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    events = [{"event": "bot", "text": "", "data": {"custom": {"entry": shown}}}] if shown else []
    message = {"text": text, "intent": {"name": intent}, "entities": []}
    dispatcher = CollectingDispatcher()
    tracker = Tracker("c1", {"language": "fr", **(slots or {})}, message, events, False, None, {}, "action_listen")
    returned = await action.run(dispatcher, tracker, {})
    return dispatcher.messages, returned


async def test_a_danger_is_named_without_a_word() -> None:
    (message,), _ = await run(action("care", Settings.model_construct(), Danger()), "crisis_violence")
    assert message["custom"] == {"outcome": "crisis", "care": "violence"}
    assert not message.get("text")


async def test_what_is_no_danger_by_its_meaning_is_an_enquiry(settings: Settings) -> None:
    asked: list[str] = []

    def confirms(text: str) -> bool:
        asked.append(text)
        return False

    messages, events = await run(action("care", settings, Danger(confirms)), "crisis_homeless", "carte d'identité perdue")
    assert asked == ["carte d'identité perdue"]
    assert {message["custom"].get("outcome") for message in messages} & {"answered", "choices", "guided"}
    assert any(event["name"] == "subject" for event in events)


async def test_an_idiom_is_no_danger_and_hides_none(settings: Settings) -> None:
    asked: list[str] = []

    def confirms(text: str) -> bool:
        asked.append(text)
        return True

    say = action("care", settings, Danger(confirms))
    messages, _ = await run(say, "crisis_medical", "elle perd un peu la tête")
    assert not asked
    assert all(message["custom"].get("outcome") != "crisis" for message in messages)
    (message,), _ = await run(say, "crisis_medical", "ma mère perd la tête et ne reconnait plus personne depuis ce matin")
    assert asked == ["ma et ne reconnait plus personne depuis ce matin"]
    assert message["custom"]["outcome"] == "crisis"


@pytest.mark.parametrize("text", ["c'était dans le train", "dans le métro", "à la gare de Lyon", "dans le bus hier soir"])
async def test_where_a_thing_was_lost_is_no_danger(settings: Settings, text: str) -> None:
    say = action("care", settings, Danger(lambda _: True))
    (message,), _ = await run(say, "crisis_medical", text)
    assert message["custom"]["outcome"] == "crisis"  # of nothing talked about, it may be one
    slots = {"subject": Focus(entry="T1").model_dump(mode="json")}
    messages, _ = await run(say, "crisis_medical", text, slots=slots)
    assert all(message["custom"].get("outcome") != "crisis" for message in messages)


@pytest.mark.parametrize("text", ["dans le métro on me frappe", "à la rue", "dans la rue", "dans ma voiture avec les enfants"])
def test_more_than_a_place_is_looked_at(text: str) -> None:
    assert not only_where(text)


@pytest.mark.parametrize(
    ("intent", "text", "language"),
    [
        ("change_language", "in English please", "en"),
        ("change_language", "en español por favor", "es"),
        ("change_language", "vous parlez arabe ?", "ar"),
        ("change_language", "i don't speak french", "en"),
        ("change_language", "no hablo francés", "es"),
        ("change_language", "repassez en français", "fr"),
        ("change_language", "بالعربية من فضلك", "ar"),
        ("change_language", "não entendo francês", "pt"),
        ("change_language", "em português por favor", "pt"),
        ("change_language", "Fransızca bilmiyorum", "tr"),
        ("change_language", "vous parlez turc ?", "tr"),
        ("change_language", "я не розумію французьку", "uk"),
        ("change_language", "можна українською?", "uk"),
        ("speak_es", "", "es"),
    ],
)
async def test_another_language(intent: str, text: str, language: str) -> None:
    (message,), _ = await run(action("move", Settings.model_construct()), intent, text)
    assert message["custom"] == {"outcome": "small_talk", "language": language}


async def test_a_language_without_words_is_answered_with_those_there_are() -> None:
    (message,), _ = await run(action("move", Settings.model_construct()), "change_language", "vous parlez chinois ?")
    assert message["response"] == "utter_languages"


async def test_a_country_is_no_language() -> None:
    messages, events = await run(action("move", Settings.model_construct(collection="")), "change_language", "en Espagne")
    assert not any(message.get("response") == "utter_languages" for message in messages)
    assert any(event["name"] == "subject" for event in events)


@pytest.mark.parametrize(("intent", "move"), [("repeat", "repeat"), ("erase_now", "erase")])
async def test_moves_are_the_workers(intent: str, move: str) -> None:
    (message,), _ = await run(action("move", Settings.model_construct()), intent)
    assert message["custom"] == {"outcome": "small_talk", "move": move}


async def test_a_fresh_start_forgets_every_slot(settings: Settings) -> None:
    (message,), events = await run(action("start_again", settings), "start_again", "on recommence ?")
    assert (message["response"], [event["event"] for event in events]) == ("utter_start_again", ["reset_slots"])


async def test_hours_are_those_of_the_settings(settings: Settings) -> None:
    (unknown,), _ = await run(action("about", settings), "opening_hours")
    told = settings.model_copy(update={"opening_hours": "9 h - 17 h"})
    (known,), _ = await run(action("about", told), "opening_hours")
    assert (unknown["response"], known["response"], known["hours"]) == (
        "utter_hours_unknown",
        "utter_opening_hours",
        "9 h - 17 h",
    )


async def test_hours_are_told_once(settings: Settings) -> None:
    told = settings.model_copy(update={"opening_hours": "9 h - 17 h", "contact_phone": "01 99 00 45 67"})
    (message,), _ = await run(action("about", told), "opening_hours")
    assert message["contact"] == "01 99 00 45 67"


async def test_what_is_kept_is_told_as_the_settings_have_it(settings: Settings) -> None:
    kept = settings.model_copy(update={"retention_days": 30})
    (message,), _ = await run(action("about", kept), "delete_messages", "vous gardez mes messages ?")
    assert (message["response"], message["days"]) == ("utter_privacy", "30")
    assert message["url"].endswith("/privacy")


@pytest.mark.parametrize(
    "text", ["effacez mes données", "ne gardez aucune trace de moi", "vous gardez mes messages ? effacez-les"]
)
async def test_erasing_is_still_confirmed_first(settings: Settings, text: str) -> None:
    (message,), _ = await run(action("about", settings), "delete_messages", text)
    assert message["response"] == "utter_delete_messages"


@pytest.mark.parametrize("text", ["qui voit mes messages ?", "c'est confidentiel ?", "do you keep my messages?"])
async def test_who_asks_what_is_kept_is_told(settings: Settings, text: str) -> None:
    (message,), _ = await run(action("about", settings), "delete_messages", text)
    assert message["response"] == "utter_privacy"


async def test_a_personal_file_without_a_page_is_out_of_scope(settings: Settings) -> None:
    (message,), _ = await run(action("about", settings), "ask_file", "où en est mon dossier introuvable ?")
    assert (message["response"], message["custom"]["outcome"]) == ("utter_about_file", "out_of_scope")


async def test_a_personal_file_is_seen_by_nobody_here_and_the_rule_is_shown(settings: Settings) -> None:
    (said, offered, _), _ = await run(action("about", settings), "ask_file", "où en est ma carte ?")
    assert (said["response"], offered["response"]) == ("utter_about_file", "utter_choices")
    assert "outcome" not in said["custom"]
    first = offered["custom"]["block"]["options"][0]
    assert (offered["custom"]["outcome"], first["entry"], bool(first["extract"])) == ("choices", "T1", True)


class Confident(FakeKnowledge):
    """Finds pages to choose from, with a confidence."""

    def __init__(self, confidence: float) -> None:
        super().__init__()
        self._confidence = confidence

    def search(self, query: str, **options: Any) -> RetrievalResult:
        return super().search(f"{query} choix", **options).model_copy(update={"confidence": self._confidence})


@pytest.mark.parametrize(
    ("text", "confidence", "responses"),
    [
        ("où en est mon dossier ?", 0.12, {"utter_about_file"}),  # it names no matter
        ("où en est ma demande de carte ?", 0.3, {"utter_about_file", "utter_choices"}),
        ("ma demande attend depuis 3 ans, il y a un recours ?", 0.54, {"utter_choices"}),
        ("mon dossier est bloqué, que faire ?", 0.3, {"utter_about_file", "utter_choices"}),
        ("comment savoir où en est ma demande ?", 0.9, {"utter_about_file", "utter_choices"}),
    ],
)
async def test_pages_are_shown_with_a_question_about_a_file_if_likely_and_alone_if_it_asks_what_to_do(
    settings: Settings, text: str, confidence: float, responses: set[str]
) -> None:
    messages, _ = await run(action("about", settings, retriever=Confident(confidence)), "ask_file", text)
    assert {message.get("response") for message in messages} & {"utter_about_file", "utter_choices"} == responses


@pytest.mark.parametrize(
    ("text", "sought"),
    [
        ("comment savoir combien de points il me reste", True),
        ("j'ai toujours pas reçu ma carte, que faire ?", True),
        ("pas de réponse, je dois faire quoi ?", True),
        ("quand mon passeport sera prêt ?", False),
        ("avez-vous reçu mon recours ?", False),
    ],
)
def test_what_to_do_is_asked_of_pages(text: str, sought: bool) -> None:
    assert seeks_a_way(text) is sought


@pytest.mark.parametrize("text", ["où dois-je envoyer le dossier ?", "à quelle adresse envoyer ma demande ?"])
async def test_where_to_send_a_file_is_for_the_pages(settings: Settings, text: str) -> None:
    messages, events = await run(action("about", settings), "ask_file", text)
    assert "utter_about_file" not in [message.get("response") for message in messages]
    assert any(event["name"] == "subject" for event in events)


@pytest.mark.parametrize(
    ("text", "page_shown", "found"),
    [
        ("combien je vais toucher", True, True),
        ("combien je vais toucher", False, False),
        ("combien vais-je toucher ce mois-ci ?", True, False),
        ("où en est mon dossier ?", True, False),
        ("où en est ma demande envoyée en mars ?", True, False),
        ("où est passé mon dossier déposé hier ?", False, False),
        ("j'ai envoyé ma demande, où est-elle ?", True, False),
        ("je ne sais pas où vous avez envoyé mon dossier", True, False),
        ("where do I send the file?", False, True),
        ("où demander le dossier", False, True),
        ("le dossier se demande où ?", False, True),
        ("où demander des nouvelles de mon dossier", False, False),
    ],
)
def test_what_only_sounds_like_a_question_about_ones_own_file(text: str, page_shown: bool, found: bool) -> None:
    assert asks_a_page(text, page_shown=page_shown) is found


async def test_where_alone_after_pages_to_choose_from_is_about_them(settings: Settings) -> None:
    offered = Focus(entry="", query="passeport", offered=("T1", "T2")).model_dump(mode="json")
    messages, _ = await run(action("about", settings), "who_we_are", "where", slots={"subject": offered})
    assert "utter_who_we_are" not in [message.get("response") for message in messages]


@pytest.mark.parametrize(
    ("text", "found"), [("where", True), ("¿dónde?", True), ("où ?", True), ("votre adresse", False), ("where are you", False)]
)
def test_where_alone_is_asked_of_the_page(text: str, found: bool) -> None:
    assert only_asks_where(text) is found


@pytest.mark.parametrize(
    ("text", "anew"),
    [
        ("revenons au mariage, c'est combien", "mariage, c'est combien"),
        ("autre question : le chien du voisin aboie", "le chien du voisin aboie"),
        ("back to my visa, how long", "visa, how long"),
        ("j'ai une autre question", ""),
        ("retour au travail après une maladie", ""),
        ("je reviens de vacances", ""),
        ("rien à voir avec ma question, je voulais le passeport", "je voulais le passeport"),
        ("autre chose à fournir ?", ""),
        ("autre chose que la carte d'identité ?", ""),
        ("otra cosa que pagar?", ""),
        ("dernière question : combien ça coûte ?", ""),
        ("another question: how long does it take?", ""),
    ],
)
def test_who_says_that_the_subject_changes_is_heard(text: str, anew: str) -> None:
    assert turned_to(text) == anew


async def test_easier_words_are_shown_only_where_editors_wrote_some(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (what,), _ = await run(action("simplify", settings), "simplify")
    (none,), _ = await run(action("simplify", settings), "simplify", shown="T1")
    monkeypatch.setitem(ENTRIES, "T1", ENTRIES["T1"].model_copy(update={"easy_text": "Allez à la mairie."}))
    (easy, *_), _ = await run(action("simplify", settings), "simplify", shown="T1")
    assert [what["response"], none["response"]] == ["utter_simplify_what", "utter_not_simpler"]
    assert easy["custom"]["block"]["body"] == "Allez à la mairie."
