"""The step for what another administration handles: who does, and the titles of the nearest pages."""

from __future__ import annotations

import pytest

from channels.sms.rendering import SmsRenderer
from core.settings import Settings
from core.turns import PlaceBlock, TextBlock, Turn
from knowledge_base.topics.demonstration import demonstration_topics
from retrieval.contracts import RetrievalResult, Topic
from tests.unit.actions.fakes import LONG, LOST_CARD, PASSPORT, UNDATED, FakeKnowledge, hit
from tests.unit.actions.talk import WORDING, Talk, options

TOPICS = demonstration_topics()
COACHES = TOPICS[0]
PAGES = (LOST_CARD, LONG, UNDATED, PASSPORT)


class Elsewhere(FakeKnowledge):
    """Finds ``topic`` in every message with "car"; pages are likely, or (``found`` false) only the nearest ones."""

    def __init__(self, topic: Topic = COACHES, *, found: bool = True) -> None:
        super().__init__()
        self._topic, self._found = topic, found

    def search(self, query: str, **given: object) -> RetrievalResult:
        if "car" not in query.split():
            return super().search(query)
        hits = tuple(hit(page, 0.1) for page in PAGES)
        result = RetrievalResult(confidence=0.4, topic=self._topic, snapshot="s", language=str(given["locale"]))
        return result.model_copy(update={"hits": hits, "decision": "choices"} if self._found else {"rejected": hits})


def texts(turn: Turn) -> list[str]:
    return [block.text for block in turn.blocks if isinstance(block, TextBlock)]


@pytest.mark.parametrize("found", [True, False])
async def test_web_shows_who_handles_it_and_at_most_three_titles(settings: Settings, found: bool) -> None:
    turn = await Talk(settings, Elsewhere(found=found)).say("le car du collège")
    assert (turn.outcome, turn.entry) == ("out_of_scope", "")
    assert texts(turn)[0].replace("\xa0", " ").startswith("« Transports scolaires » : ce n’est pas traité par nos services.")
    (card,) = [block for block in turn.blocks if isinstance(block, PlaceBlock)]
    assert (card.name, card.address, card.phone) == (COACHES.body, COACHES.address, COACHES.phone)
    assert (card.note, card.source.url) == ("Du lundi au vendredi de 8 h à 18 h", COACHES.url)
    assert [option.label for option in options(turn)] == [page.title for page in PAGES[:3]]
    assert not any(option.extract for option in options(turn))


async def test_web_in_english_has_the_english_texts(settings: Settings) -> None:
    turn = await Talk(settings, Elsewhere(), language="en").say("the car at school")
    assert texts(turn)[0].startswith("“School transport”: this is not handled by us. The Region registers pupils")
    (card,) = [block for block in turn.blocks if isinstance(block, PlaceBlock)]
    assert card.note == "Monday to Friday, 8:00 to 18:00"


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
async def test_sms_is_one_segment_that_names_the_body_its_telephone_and_its_page(settings: Settings, topic: Topic) -> None:
    turn = await Talk(settings, Elsewhere(topic, found=False), channel="sms").say("le car")
    assert options(turn) == []  # no page was found: a title would cost a segment
    shown = SmsRenderer(WORDING)(turn.blocks, language="fr")
    assert shown.segments == 1
    for part in (topic.phone, topic.url.partition("://")[2]):
        assert part in shown.text


async def test_sms_without_room_for_both_gives_the_telephone(settings: Settings) -> None:
    topic = COACHES.model_copy(update={"body": "Région Orbe-et-Valdore, direction des transports scolaires et des mobilités"})
    turn = await Talk(settings, Elsewhere(topic, found=False), channel="sms").say("le car")
    shown = SmsRenderer(WORDING)(turn.blocks, language="fr")
    assert shown.segments == 1
    assert shown.text.endswith(topic.phone)


async def test_sms_offers_the_pages_that_were_found(settings: Settings) -> None:
    turn = await Talk(settings, Elsewhere(), channel="sms").say("le car")
    shown = SmsRenderer(WORDING)(turn.blocks, language="fr")
    assert shown.segments <= 2
    assert "1 " in shown.text
    assert len(shown.offered) > 0


async def test_a_message_that_continues_it_is_handed_on_too(settings: Settings) -> None:
    talk = Talk(settings, Elsewhere())
    await talk.say("le car du collège")
    turn = await talk.say("c'est payant ?")
    assert turn.outcome == "out_of_scope"


async def test_another_question_is_answered_afterwards(settings: Settings) -> None:
    talk = Talk(settings, Elsewhere())
    await talk.say("le car du collège")
    assert (await talk.say("comment obtenir un passeport")).entry == PASSPORT.id
