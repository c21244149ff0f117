"""What each action utters, and what it does when retrieval fails."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.policy.request_for_human import reach_human
from core.entry import Entry
from core.settings import Settings
from core.turns import AnswerBlock, ChoicesBlock, Source
from retrieval.contracts import Decision, RetrievalResult
from tests.unit.actions.fakes import LONG, LOST_CARD, PASSPORT, SNAPSHOT, UNDATED, FakeKnowledge, hit
from tests.unit.actions.talk import Talk, action, option, options


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
    messages = await run(action("answer_enquiry", settings, retriever=knowledge), tracker("carte perdue"))
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
    messages = await run(action("answer_enquiry", narrowed, retriever=knowledge), tracker("lost card", language="en"))
    assert knowledge.asked == [("lost card", "en", "demonstration")]
    assert names(messages)[0] == "utter_answer_other_language"


async def test_close_entries_are_offered(settings: Settings) -> None:
    message, none = await run(action("answer_enquiry", settings), tracker("choix"))
    assert none["custom"] == {"fill": "option", "payload": "/none_of_these"}
    assert (message["response"], message["custom"]["outcome"]) == ("utter_choices", "choices")
    block = ChoicesBlock.model_validate(message["custom"]["block"])
    assert block.purpose == "entries"
    first = block.options[0]
    assert first.payload == '/choose{"entry": "T1", "passage": 1}'
    assert (first.entry, first.entry_version, first.snapshot) == ("T1", 3, SNAPSHOT)
    cases = "Vous êtes majeur : Venez.\nVous êtes mineur : Venez à deux."  # nobody said that the writer is a minor
    assert first.extract == f"{LOST_CARD.introduction}\n{cases}"
    assert (first.source, first.verified_on) == (Source(name="demonstration", url=LOST_CARD.url), LOST_CARD.verified_on)


@pytest.mark.parametrize(("channel", "extracts"), [("web", 3), ("sms", 1)])
async def test_choices_show_what_the_first_pages_would_answer(settings: Settings, channel: str, extracts: int) -> None:
    offered = options(await Talk(settings, FakeKnowledge(), channel=channel).say("choix"))
    shown = [bool(option.extract) for option in offered]
    assert shown == [*[True] * extracts, *[False] * (len(offered) - extracts)]


class Unanswered(FakeKnowledge):
    """Finds as many pages as it is told to, none of which answers; ``unknown``: and no word is French."""

    def __init__(self, count: int, *, unknown: bool = False) -> None:
        super().__init__()
        self._count, self._unknown = count, unknown

    def search(self, query: str, **_: object) -> RetrievalResult:
        near = tuple(hit(entry, 0.1) for entry in (UNDATED, LONG, PASSPORT, LOST_CARD)[: self._count])
        return RetrievalResult(rejected=near, confidence=0.05, snapshot=SNAPSHOT, unknown=self._unknown)


class Many(FakeKnowledge):
    """Finds eight pages that may answer."""

    pages: ClassVar = {
        f"M{number}": Entry(id=f"M{number}", collection="test", title=title, introduction=f"La démarche {title} se fait ici.")
        for number, title in enumerate(("Acte", "Bail", "Chien", "Divorce", "Écho", "Faune", "Gare", "Hôtel"))
    }

    def search(self, query: str, **_: object) -> RetrievalResult:
        found = tuple(hit(page, 1.0) for page in self.pages.values())
        return RetrievalResult(hits=found, confidence=0.3, decision="choices", snapshot=SNAPSHOT)

    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        return self.pages.get(entry_id)


@pytest.mark.parametrize(("channel", "pages", "extracts"), [("web", 6, 3), ("sms", 3, 1)])
async def test_choices_are_as_many_as_the_channel_has_room_for(
    settings: Settings, channel: str, pages: int, extracts: int
) -> None:
    turn = await Talk(settings, Many(), channel=channel).say("une démarche")
    offered = [one for one in options(turn) if one.payload.startswith("/choose")]
    assert [one.label for one in offered] == [page.title for page in Many.pages.values()][:pages]
    assert [one.extract for one in offered if one.extract] == [
        page.introduction for page in list(Many.pages.values())[:extracts]
    ]


async def test_nothing_found_says_where_else_to_ask(settings: Settings) -> None:
    known = settings.model_copy(update={"contact_phone": "01 00 00 00 00", "contact_url": "https://exemple.fr/contact"})
    message, _ = await run(action("answer_enquiry", known), tracker("introuvable"))
    assert (message["response"], message["custom"]["outcome"]) == ("utter_no_answer", "no_answer")
    assert message["contact"] == "01 00 00 00 00, https://exemple.fr/contact"


@pytest.mark.parametrize(
    ("knowledge", "channel", "titles"),
    [
        (Unanswered(1), "web", [UNDATED.title]),
        (Unanswered(4), "web", [UNDATED.title, LONG.title, PASSPORT.title]),
        (Unanswered(0), "web", []),
        (Unanswered(4, unknown=True), "web", []),
        (Unanswered(4), "sms", []),  # an honest no is one segment
    ],
)
async def test_no_answer_names_up_to_three_nearest_pages_on_the_web(
    settings: Settings, knowledge: Unanswered, channel: str, titles: list[str]
) -> None:
    turn = await Talk(settings, knowledge, channel=channel).say("une question")
    assert (turn.outcome, turn.entry) == ("no_answer", "")
    assert [option.label for option in options(turn)] == titles
    assert not any(option.extract for option in options(turn))  # they are not said to answer


async def test_out_of_scope_is_told_apart_from_what_is_not_known(settings: Settings) -> None:
    (message,) = await run(action("answer_enquiry", settings), tracker("recette de tiramisu"))
    assert (message["response"], message["custom"]["outcome"]) == ("utter_out_of_scope", "out_of_scope")
    assert (message["contact"], message["custom"]["snapshot"]) == (settings.contact, SNAPSHOT)


@pytest.mark.parametrize("decision", ["answered", "choices"])
async def test_a_page_that_was_found_is_shown_though_the_message_seems_out_of_scope(
    settings: Settings, decision: Decision
) -> None:
    class Outside(FakeKnowledge):
        def search(self, query: str, **_: object) -> RetrievalResult:
            return super().search("choix").model_copy(update={"scope": "outside", "decision": decision})

    turn = await Talk(settings, Outside()).say("mon chien a mangé ma carte")
    assert turn.outcome == decision
    assert LOST_CARD.id in (turn.entry, options(turn)[0].entry)


async def test_a_failing_retriever_fails_the_turn(settings: Settings) -> None:
    with pytest.raises(RuntimeError):
        await run(action("answer_enquiry", settings), tracker("panne"))


async def test_a_button_shows_its_entry(settings: Settings) -> None:
    messages = await run(action("show_entry", settings), tracker(entry="T2"))
    assert names(messages) == ["utter_answer", "utter_same_page", "utter_option_read_on"]
    assert messages[2]["custom"] == {"fill": "option", "payload": '/choose_case{"entry": "T2", "rest": 0}'}
    assert messages[0]["custom"]["snapshot"] == SNAPSHOT


async def test_reading_on_shows_the_rest_of_the_part_once(settings: Settings) -> None:
    talk = Talk(settings, FakeKnowledge())
    turn, seen = await talk.press('/choose{"entry": "T2"}'), ""
    for _ in range(10):
        (card,) = [block for block in turn.blocks if isinstance(block, AnswerBlock)]
        seen += f" {card.body}"
        if not any(one.label == "Lire la suite" for one in options(turn)):
            break
        turn = await talk.press(option(turn, "Lire la suite"))
    assert seen.replace(".", "").split() == LONG.introduction.split()


async def test_a_button_shows_its_passage(settings: Settings) -> None:
    messages = await run(action("show_entry", settings), tracker(entry="T1", passage=1))
    assert messages[0]["custom"]["block"]["headings"] == ["Coût"]


async def test_an_entry_without_a_date_says_so(settings: Settings) -> None:
    messages = await run(action("show_entry", settings), tracker(entry="T3"))
    assert names(messages) == ["utter_answer", "utter_undated"]


async def test_an_entry_that_is_gone_says_so(settings: Settings) -> None:
    (message,) = await run(action("show_entry", settings), tracker(entry="T404"))
    assert (message["response"], message["custom"]["outcome"]) == ("utter_entry_gone", "no_answer")


async def test_a_human_who_is_not_there_is_not_promised(settings: Settings) -> None:
    message, offer = await run(action("reach_human", settings), tracker())
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
    messages = await run(action("reach_human", staffed, partial(reach_human, moment=clock)), tracker(language="fr"))
    assert names(messages) == said
    waits = messages[0]["custom"]["handoff"]["want"]
    assert waits == ("wait" if said[0] == "utter_handoff_waiting" else "offline")


async def test_when_the_team_is_back_is_said_in_words(settings: Settings) -> None:
    staffed = settings.model_copy(update={"desk_staffed": True})
    friday = datetime(2026, 12, 24, 20, tzinfo=UTC)
    french, _ = await run(action("reach_human", staffed, partial(reach_human, moment=friday)), tracker(language="fr"))
    english, _ = await run(action("reach_human", staffed, partial(reach_human, moment=friday)), tracker(language="en"))
    assert (french["day"], french["time"], english["day"]) == ("lundi 28 décembre", "9:00", "Monday 28 December")


async def test_where_nobody_ever_works_no_call_is_offered(settings: Settings) -> None:
    closed = settings.model_copy(update={"desk_hours": ""})
    assert names(await run(action("reach_human", closed), tracker())) == ["utter_reach_human"]
