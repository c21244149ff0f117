"""What each action utters, and what it does when retrieval fails."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_enquiry import AnswerEnquiry
from actions.reach_human import ReachHuman
from actions.show_entry import ShowEntry
from core.settings import Settings
from core.turns import AnswerBlock, ChoicesBlock
from tests.unit.actions.fakes import SNAPSHOT, FakeKnowledge


def tracker(text: str = "", language: str = "fr", **entities: Any) -> Tracker:
    message = {"text": text, "entities": [{"entity": name, "value": value} for name, value in entities.items()]}
    return Tracker("c1", {"language": language}, message, [], False, None, {}, "action_listen")


async def run(action: Action, tracker: Tracker) -> list[dict[str, Any]]:
    dispatcher = CollectingDispatcher()
    await action.run(dispatcher, tracker, {})
    messages: list[dict[str, Any]] = dispatcher.messages
    return messages


def names(messages: list[dict[str, Any]]) -> list[str]:
    return [message["response"] for message in messages]


async def test_an_answer_is_a_card_with_its_warning_and_related_entries(settings: Settings) -> None:
    knowledge = FakeKnowledge()
    messages = await run(AnswerEnquiry(settings, knowledge), tracker("carte perdue"))
    assert names(messages) == ["utter_answer", "utter_old", "utter_related"]
    card = messages[0]["custom"]
    assert (card["outcome"], card["entry"], card["entry_version"], card["snapshot"]) == ("answered", "T1", 3, SNAPSHOT)
    assert card["confidence"] == 0.75
    block = AnswerBlock.model_validate(card["block"])
    assert block.verified_on is not None
    assert messages[1]["custom"] == {"fill": "notice"}
    assert messages[1]["date"] == "05/03/2019"
    related = ChoicesBlock.model_validate(messages[2]["custom"]["block"])
    assert [option.label for option in related.options] == ["Vol de papiers", "Passeport"]
    assert knowledge.asked == [("carte perdue", "fr", None)]


async def test_the_collection_of_the_settings_and_the_language_are_asked_for(settings: Settings) -> None:
    knowledge = FakeKnowledge()
    narrowed = settings.model_copy(update={"collection": "demonstration"})
    messages = await run(AnswerEnquiry(narrowed, knowledge), tracker("lost card", language="en"))
    assert knowledge.asked == [("lost card", "en", "demonstration")]
    assert names(messages)[0] == "utter_answer_other_language"


async def test_close_entries_are_offered(settings: Settings) -> None:
    message, none = await run(AnswerEnquiry(settings, FakeKnowledge()), tracker("choix"))
    assert none["custom"] == {"fill": "option", "payload": "/none_of_these"}
    assert (message["response"], message["custom"]["outcome"]) == ("utter_choices", "choices")
    block = ChoicesBlock.model_validate(message["custom"]["block"])
    assert block.purpose == "entries"
    assert block.options[0].payload == '/choose{"entry": "T1", "passage": 1}'


async def test_nothing_found_says_where_else_to_ask(settings: Settings) -> None:
    known = settings.model_copy(update={"contact_phone": "01 00 00 00 00", "contact_url": "https://exemple.fr/contact"})
    (message,) = await run(AnswerEnquiry(known, FakeKnowledge()), tracker("introuvable"))
    assert (message["response"], message["custom"]["outcome"]) == ("utter_no_answer", "no_answer")
    assert message["contact"] == "01 00 00 00 00, https://exemple.fr/contact"


async def test_what_is_nobodys_business_is_told_apart_from_what_is_not_known(settings: Settings) -> None:
    (message,) = await run(AnswerEnquiry(settings, FakeKnowledge()), tracker("recette de tiramisu"))
    assert (message["response"], message["custom"]["outcome"]) == ("utter_out_of_scope", "out_of_scope")
    assert (message["contact"], message["custom"]["snapshot"]) == (settings.contact, SNAPSHOT)


async def test_a_failing_retriever_fails_the_turn(settings: Settings) -> None:
    with pytest.raises(RuntimeError):
        await run(AnswerEnquiry(settings, FakeKnowledge()), tracker("panne"))


async def test_a_button_shows_its_entry(settings: Settings) -> None:
    messages = await run(ShowEntry(settings, FakeKnowledge()), tracker(entry="T2"))
    assert names(messages) == ["utter_answer", "utter_read_on"]
    assert messages[1]["url"] == "https://exemple.fr/T2"
    assert messages[0]["custom"]["snapshot"] == SNAPSHOT


async def test_a_button_shows_its_passage(settings: Settings) -> None:
    messages = await run(ShowEntry(settings, FakeKnowledge()), tracker(entry="T1", passage=1))
    assert messages[0]["custom"]["block"]["headings"] == ["Coût"]


async def test_an_entry_without_a_date_says_so(settings: Settings) -> None:
    messages = await run(ShowEntry(settings, FakeKnowledge()), tracker(entry="T3"))
    assert names(messages) == ["utter_answer", "utter_undated"]


async def test_an_entry_that_is_gone_says_so(settings: Settings) -> None:
    (message,) = await run(ShowEntry(settings, FakeKnowledge()), tracker(entry="T404"))
    assert (message["response"], message["custom"]["outcome"]) == ("utter_entry_gone", "no_answer")


async def test_a_human_who_is_not_there_is_not_promised(settings: Settings) -> None:
    message, offer = await run(ReachHuman(settings), tracker())
    assert [message["response"], offer["response"]] == ["utter_reach_human", "utter_offer_call_back"]
    assert message["custom"] == {"outcome": "handoff_offline", "handoff": {"want": "offline"}}
    assert message["contact"] == settings.organisation


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-11-24T09:30", ["utter_handoff_waiting", "utter_handoff_meanwhile"]),  # 10:30 in Paris
        ("2026-11-24T17:30", ["utter_handoff_offline", "utter_offer_call_back"]),
        ("2026-11-11T09:30", ["utter_handoff_offline", "utter_offer_call_back"]),
    ],
)
async def test_within_hours_a_human_is_asked_for(settings: Settings, moment: str, said: list[str]) -> None:
    staffed = settings.model_copy(update={"desk_staffed": True})
    clock = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    messages = await run(ReachHuman(staffed, lambda: clock), tracker(language="fr"))
    assert names(messages) == said
    waits = messages[0]["custom"]["handoff"]["want"]
    assert waits == ("wait" if said[0] == "utter_handoff_waiting" else "offline")


async def test_when_the_team_is_back_is_said_in_words(settings: Settings) -> None:
    staffed = settings.model_copy(update={"desk_staffed": True})
    friday = datetime(2026, 12, 24, 20, tzinfo=UTC)
    french, _ = await run(ReachHuman(staffed, lambda: friday), tracker(language="fr"))
    english, _ = await run(ReachHuman(staffed, lambda: friday), tracker(language="en"))
    assert (french["day"], french["time"], english["day"]) == ("lundi 28 décembre", "9:00", "Monday 28 December")


async def test_where_nobody_ever_works_no_call_is_offered(settings: Settings) -> None:
    closed = settings.model_copy(update={"desk_hours": ""})
    assert names(await run(ReachHuman(closed), tracker())) == ["utter_reach_human"]
