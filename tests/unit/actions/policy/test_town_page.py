"""The State's rule and the town's counter in one reply: which is shown, in which order, how often."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.composer import compose
from actions.policy.town_page import asks_where_or_when
from actions.replies.utterance import Reply
from actions.turn.turn import Turn
from channels.sms.rendering import SmsRenderer
from core.entry import Chapter, Entry, TextBlock
from core.settings import Settings
from core.turns import AnswerBlock, ChoicesBlock
from retrieval.contracts import RetrievalResult
from tests.unit.actions.fakes import LOCAL, LONG, LOST_CARD, SNAPSHOT, FakeKnowledge, hit
from tests.unit.actions.talk import WORDING, Talk

COUNTER = Entry(
    id="town-card",
    collection="town",
    title="Carte d'identité à Valbourg",
    description="Où demander une carte d'identité à Valbourg.",
    sms_text="1 place de la Halle, lun-ven 8h30-12h, sur rendez-vous",
    body=(
        Chapter(heading="Où et quand", body=(TextBlock(markdown="1 place de la Halle, du lundi au vendredi."),)),
        Chapter(heading="Rendez-vous", body=(TextBlock(markdown="Au 01 99 00 45 67."),)),
    ),
    source="Ville de Valbourg",
    urls={"": "https://www.valbourg.example/cartes"},
    national_pages=("demonstration/T1",),
    verified_on=date(2026, 10, 12),
)


@pytest.fixture(autouse=True)
def counter(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setitem(LOCAL, LOST_CARD.id, COUNTER)


@pytest.fixture
def valbourg(settings: Settings) -> Settings:
    return settings.model_copy(update={"local_heading": "À Valbourg"})


def reply(settings: Settings, text: str, events: list[dict[str, Any]] | None = None) -> Reply:
    message = {"text": text, "intent": {"name": "enquiry"}, "entities": []}
    tracker = Tracker("c1", {"language": "fr"}, message, events or [], False, None, {}, "action_listen")
    return compose(Turn.read(tracker, settings, FakeKnowledge()))


async def test_the_town_page_comes_after_the_rule_with_its_source_and_date(valbourg: Settings) -> None:
    turn = await Talk(valbourg, FakeKnowledge()).say("carte perdue")
    rule, *_, counter = turn.blocks
    assert isinstance(rule, AnswerBlock)
    assert isinstance(counter, AnswerBlock)
    assert (turn.entry, rule.entry, counter.entry, counter.text) == ("T1", "T1", "town-card", "À Valbourg\u00a0:")
    assert (
        counter.body == "**Où et quand** : 1 place de la Halle, du lundi au vendredi.\n\n**Rendez-vous** : Au 01 99 00 45 67."
    )
    assert (counter.source.name, counter.verified_on) == ("Ville de Valbourg", date(2026, 10, 12))


async def test_without_a_heading_the_source_stands_above(settings: Settings) -> None:
    turn = await Talk(settings, FakeKnowledge()).say("carte perdue")
    assert getattr(turn.blocks[-1], "text", "") == "Ville de Valbourg\u00a0:"


LINE = "A Valbourg : 1 place de la Halle, lun-ven 8h30-12h, sur rendez-vous (Ville de Valbourg, 12/10/2026)"


@pytest.mark.parametrize(
    ("question", "town_first"),
    [("carte perdue", False), ("où faire refaire une carte perdue ?", True), ("choix de carte", False), ("où ? choix", True)],
)
async def test_by_sms_the_town_comes_first_where_where_or_when_is_asked(
    valbourg: Settings, question: str, town_first: bool
) -> None:
    turn = await Talk(valbourg, FakeKnowledge(), channel="sms").say(question)
    text = SmsRenderer(WORDING)(turn.blocks, language="fr").text
    assert LINE in text
    assert text.startswith(LINE) == town_first
    assert LOST_CARD.title[:20] in text


async def test_choices_are_not_followed_by_the_town_page_of_another_than_the_first(
    valbourg: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(LOCAL, LOST_CARD.id)
    monkeypatch.setitem(LOCAL, LONG.id, COUNTER)
    turn = await Talk(valbourg, FakeKnowledge()).say("choix de carte")
    assert not any(isinstance(block, AnswerBlock) for block in turn.blocks)


async def test_choices_are_followed_by_the_town_page_of_the_first(valbourg: Settings) -> None:
    turn = await Talk(valbourg, FakeKnowledge()).say("choix de carte")
    assert isinstance(turn.blocks[0], ChoicesBlock)
    assert isinstance(turn.blocks[-1], AnswerBlock)
    assert turn.outcome == "choices"


def test_the_town_page_is_shown_once_unless_where_or_when_is_asked(valbourg: Settings) -> None:
    before = [{"event": "bot", "data": {"custom": {"town_page": "town-card"}}}]
    said = [one.response for one in reply(valbourg, "carte perdue", before).utterances]
    assert "utter_town_page" not in said
    again = [one.response for one in reply(valbourg, "où refaire une carte perdue", before).utterances]
    assert again[-1] == "utter_town_page"


def test_a_reply_about_another_page_has_none(valbourg: Settings) -> None:
    assert "utter_town_page" not in [one.response for one in reply(valbourg, "passeport").utterances]
    assert "utter_town_page" not in [one.response for one in reply(valbourg, "introuvable").utterances]


def test_a_service_of_one_collection_shows_no_page_of_another(valbourg: Settings) -> None:
    narrow = valbourg.model_copy(update={"collection": "demonstration"})
    assert "utter_town_page" not in [one.response for one in reply(narrow, "carte perdue").utterances]


async def test_a_long_town_page_is_shown_as_an_extract(valbourg: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    long = Chapter(heading="Histoire", body=(TextBlock(markdown="La carte est faite ici depuis longtemps. " * 20),))
    monkeypatch.setitem(LOCAL, LOST_CARD.id, COUNTER.model_copy(update={"body": (*COUNTER.body, long)}))
    turn = await Talk(valbourg, FakeKnowledge()).say("carte perdue")
    assert isinstance(turn.blocks[-1], AnswerBlock)
    assert len(turn.blocks[-1].body) <= 600


class OwnPool(FakeKnowledge):
    """Finds the town's own page first, surely."""

    def search(
        self, query: str, *, locale: str = "fr", collection: str | None = None, audience: str | None = None, limit: int = 5
    ) -> RetrievalResult:
        hits = (hit(LOST_CARD, 2.0, 1),)
        return RetrievalResult(hits=hits, confidence=0.9, decision="answered", snapshot=SNAPSHOT, local=True)


@pytest.mark.parametrize(("knowledge", "pages"), [(OwnPool(), ["town-card", "T1"]), (FakeKnowledge(), ["T1", "town-card"])])
async def test_on_the_website_the_town_comes_first_only_where_the_search_is_sure_of_it(
    valbourg: Settings, knowledge: FakeKnowledge, pages: list[str]
) -> None:
    blocks = (await Talk(valbourg, knowledge).say("où faire refaire une carte perdue ?")).blocks
    assert [block.entry for block in blocks if isinstance(block, AnswerBlock)] == pages


async def test_the_town_page_comes_before_the_built_in_opening_hours(valbourg: Settings, tmp_path: Path) -> None:
    known = valbourg.model_copy(update={"opening_hours": "du lundi au vendredi", "home": tmp_path})  # no directory of offices
    talk = Talk(known, OwnPool())
    turn = await talk._turn("opening_hours", {"text": "quand ouvre la piscine ?", "intent": {"name": "opening_hours"}})
    assert turn.entry == "T1"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Où faire mon passeport ?", True),
        ("ou faire mon passeport", True),
        ("logement social, c'est où", True),
        ("quand passent les encombrants", True),
        ("à quel guichet ?", True),
        ("Horaires de la déchèterie", True),
        ("heures dechetterie dimanche", True),
        ("la peinture ou les piles", False),
        ("quels papiers pour un passeport ?", False),
        ("un mariage ou un pacs", False),
        ("quand même", False),
        ("où en est mon dossier ?", False),
    ],
)
def test_asks_where_or_when(text: str, asked: bool) -> None:
    assert asks_where_or_when(text) == asked
