"""What is offered under an answer: other parts of its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from actions.cases.dialogue_state import Focus
from actions.replies.cards import entry_option, part_option
from actions.replies.related import same_page_options, unread_first
from core.entry import Case, Cases, Chapter, Entry, Link, TextBlock, passages
from core.settings import Settings
from core.turns import AnswerBlock, ChoicesBlock, Option, Turn
from retrieval.contracts import Hit, RetrievalResult, Stage, Status
from tests.unit.actions.fakes import LONG, PASSPORT, FakeKnowledge
from tests.unit.actions.talk import Talk, options


def chapter(heading: str, text: str, *inner: Chapter) -> Chapter:
    return Chapter(heading=heading, body=(TextBlock(markdown=text), *inner))


PAGE = Entry(
    id="P1",
    collection="test",
    title="Prime de déménagement",
    introduction="Une aide de la caisse.",
    body=(
        chapter("Conditions", "Il faut trois enfants."),
        chapter("Démarche", "Écrivez à la caisse.", chapter("En ligne", "Par votre compte.")),
        chapter("Montant", "Le plafond dépend des enfants."),
    ),
    source="demonstration",
)
ORDERS = {passage.headings[-1:]: passage.order for passage in passages(PAGE)}
INTRODUCTION, CONDITIONS, BY_POST, ONLINE, AMOUNT = (
    ORDERS[heading] for heading in ((), ("Conditions",), ("Démarche",), ("En ligne",), ("Montant",))
)


class OnePage(FakeKnowledge):
    """Finds ``PAGE``, its amount first, then how to ask for it."""

    def search(self, query: str, **_: object) -> RetrievalResult:
        hit = Hit(entry_id="P1", collection="test", version=1, title=PAGE.title, score=1.0, passage=AMOUNT)
        return RetrievalResult(hits=(hit,), confidence=0.9, decision="answered", snapshot="s")

    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        return PAGE if entry_id == PAGE.id else None

    def ranked_passages(self, entry: Entry, query: str) -> list[int]:
        return [AMOUNT, INTRODUCTION, ONLINE, CONDITIONS, BY_POST]

    def best_passage(self, entry: Entry, query: str, among: Sequence[int] | None = None) -> int:
        return next(order for order in self.ranked_passages(entry, query) if among is None or order in among)


# Its price depends on the case; only by post there is a stamp to buy.
FORKED = Entry(
    id="P2",
    collection="test",
    title="Carte de pêche",
    body=(
        Cases(
            cases=(
                Case(label="En ligne", body=(chapter("Coût", "En ligne : 10 €."), chapter("Délai", "En ligne : un jour."))),
                Case(
                    label="Par courrier",
                    body=(chapter("Coût", "Par courrier : 12 €."), chapter("Délai", "Dix jours."), chapter("Timbre", "À 1 €.")),
                ),
            )
        ),
    ),
    source="demonstration",
)
IN_ORDER = list(range(len(passages(FORKED))))


class Forked(OnePage):
    """Finds ``FORKED``, what it costs online first."""

    def search(self, query: str, **_: object) -> RetrievalResult:
        hit = Hit(entry_id="P2", collection="test", version=1, title=FORKED.title, score=1.0, passage=0)
        return RetrievalResult(hits=(hit,), confidence=0.9, decision="answered", snapshot="s")

    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        return FORKED if entry_id == FORKED.id else None

    def ranked_passages(self, entry: Entry, query: str) -> list[int]:
        return IN_ORDER

    def best_passage(self, entry: Entry, query: str, among: Sequence[int] | None = None) -> int:
        return (among or IN_ORDER)[0]


NEWER = Entry.model_validate(
    {
        **PAGE.model_dump(),
        "verified_on": "2025-03-01",
        "twins": ["sp/F1", "sp/F2", "sp/F3"],
        "anchors": {"Montant": "montant"},
        "urls": {"": "https://exemple.fr/prime"},
    }
)
OLDER = {
    name: Entry.model_validate(
        {"id": name, "collection": "sp", "title": title, "source": "service-public.fr", "verified_on": day}
    )
    for name, title, day in (
        ("F1", "Carte de pêche", "2018-01-01"),
        ("F2", "Prime de déménagement", "2019-01-01"),
        ("F3", "Prime de déménagement", "2026-01-01"),
    )
}


class Twins(OnePage):
    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        return OLDER.get(entry_id) if collection == "sp" else NEWER


async def test_older_page_that_says_the_same_is_offered_with_its_source_and_year(settings: Settings) -> None:
    turn = await Talk(settings, Twins()).say("combien donne la prime de déménagement ?")
    offered = {
        option.label: option.payload for block in turn.blocks if isinstance(block, ChoicesBlock) for option in block.options
    }
    assert offered["Aussi sur service-public.fr (2019)"] == entry_option("", "F2").payload
    assert not any("2018" in label or "2026" in label for label in offered)
    by_sms = await Talk(settings, Twins(), channel="sms").say("combien donne la prime de déménagement ?")
    assert "Aussi sur" not in by_sms.model_dump_json()


async def test_card_leads_to_the_part_of_the_page_that_it_shows(settings: Settings) -> None:
    turn = await Talk(settings, Twins()).say("combien donne la prime de déménagement ?")
    (card,) = [block for block in turn.blocks if isinstance(block, AnswerBlock)]
    assert card.source.url == "https://exemple.fr/prime#montant"


def labels(options: tuple[Option, ...]) -> list[str]:
    return [option.label for option in options]


def parts(turn: Turn) -> tuple[Option, ...]:
    told = [block for block in turn.blocks if isinstance(block, ChoicesBlock) and block.text.startswith("Sur cette page")]
    return tuple(option for option in told[0].options if "passage" in option.payload) if told else ()


def body(turn: Turn) -> str:
    return next(block.body for block in turn.blocks if isinstance(block, AnswerBlock))


def test_the_next_two_parts_are_offered_by_their_headings() -> None:
    ranked = [AMOUNT, INTRODUCTION, ONLINE, CONDITIONS, BY_POST]
    assert labels(same_page_options(PAGE, ("Montant",), ranked)) == ["En ligne", "Conditions"]
    assert labels(same_page_options(PAGE, ("Démarche", "En ligne"), ranked)) == ["Montant", "Conditions"]
    assert same_page_options(PAGE, (), [INTRODUCTION]) == ()


def test_parts_that_were_read_come_last() -> None:
    ranked = [AMOUNT, INTRODUCTION, ONLINE, CONDITIONS, BY_POST]
    assert unread_first(PAGE, ranked, (ONLINE, AMOUNT, 99)) == [INTRODUCTION, CONDITIONS, BY_POST, AMOUNT, ONLINE]
    assert unread_first(PAGE, ranked, ()) == ranked


async def test_what_was_read_is_offered_after_what_was_not(settings: Settings) -> None:
    talk = Talk(settings, OnePage())
    assert labels(parts(await talk.say("combien donne la prime de déménagement ?"))) == ["En ligne", "Conditions"]
    turn = await talk.press(part_option("En ligne", PAGE.id, ONLINE).payload)
    assert labels(parts(turn)) == ["Conditions", "Démarche"]  # the amount was the first answer


def test_what_is_remembered_of_the_reading_stays_small() -> None:
    subject = Focus(entry="P1")
    for passage in (*range(30), 20):
        subject = subject.model_copy(update={"passages_shown": subject.shown_with(passage)})
    assert subject.passages_shown == (18, 19, *range(21, 30), 20)


def test_a_heading_that_stands_twice_is_told_with_the_one_above() -> None:
    twice = Entry(
        id="P3",
        collection="test",
        title="Litige",
        body=(
            Chapter(heading="Plainte", body=(chapter("Délai", "Six ans."),)),
            Chapter(heading="Recours", body=(chapter("Délai", "Deux mois."), chapter("Coût", "Rien."))),
        ),
    )
    orders = [passage.order for passage in passages(twice)]
    assert labels(same_page_options(twice, ("Plainte", "Délai"), orders)) == ["Recours › Délai", "Coût"]


async def test_what_the_citizen_chose_stands_when_a_part_is_pressed(settings: Settings) -> None:
    talk = Talk(settings, Forked())
    turn = await talk.say("payer la carte de pêche en ligne")
    assert body(turn) == "En ligne : 10 €."
    assert labels(parts(turn)) == ["Délai"]  # online there is no stamp
    turn = await talk.press('/choose_case{"entry": "P2", "case": "0.1"}')
    assert body(turn) == "Par courrier : 12 €."
    assert labels(parts(turn)) == ["Délai", "Timbre"]
    turn = await talk.press(parts(turn)[0].payload)
    assert body(turn) == "Dix jours."
    assert labels(parts(turn)) == ["Timbre", "Coût"]  # what it costs has been read
    assert not any(block.text.startswith("J’ai retenu") for block in turn.blocks)  # it was chosen, not assumed


async def test_a_part_answers_the_last_follow_up(settings: Settings) -> None:
    talk = Talk(settings, Forked())
    await talk.say("payer la carte de pêche en ligne")
    turn = await talk.say("et par courrier ?")
    assert body(turn) == "Par courrier : 12 €."
    delay = next(option for option in parts(turn) if option.label == "Délai")
    assert body(await talk.press(delay.payload)) == "Dix jours."


async def test_a_button_for_a_part_that_is_gone_shows_the_page(settings: Settings) -> None:
    talk = Talk(settings, OnePage())
    await talk.say("c'est combien la prime pour trois enfants")
    assert body(await talk.press('/choose_case{"entry": "P1", "passage": 99}')) == "Une aide de la caisse."


async def test_a_part_that_is_pressed_answers_the_same_question(settings: Settings) -> None:
    talk = Talk(settings, OnePage())
    turn = await talk.say("c'est combien la prime pour trois enfants")
    assert body(turn) == "Le plafond dépend des enfants."
    assert labels(parts(turn)) == ["En ligne", "Conditions"]
    turn = await talk.press(parts(turn)[1].payload)
    assert body(turn) == "Il faut trois enfants."
    assert labels(parts(turn)) == ["En ligne", "Démarche"]  # the amount has been read


NAMING = PAGE.model_copy(update={"id": "P4", "related": (Link(title="Vol de papiers", entry=LONG.id),)})


class Named(OnePage):
    """Finds a page that names the theft of papers as related, and the passport by likeness."""

    def search(self, query: str, **_: object) -> RetrievalResult:
        found = [(NAMING, 0), (PASSPORT, 2), (LONG, 0)]
        hits = tuple(
            Hit(entry_id=entry.id, collection="test", version=entry.version, title=entry.title, score=1.0, passage=passage)
            for entry, passage in found
        )
        return RetrievalResult(hits=hits, confidence=0.9, decision="answered", snapshot="s")

    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        return {entry.id: entry for entry in (NAMING, LONG, PASSPORT)}.get(entry_id)

    def ranked_passages(self, entry: Entry, query: str) -> list[int]:
        return [0]

    def best_passage(self, entry: Entry, query: str, among: Sequence[int] | None = None) -> int:
        return 0


async def test_a_turn_says_which_related_pages_were_found_by_likeness_only(settings: Settings) -> None:
    turn = await Talk(settings, Named()).say("prime de déménagement")
    told = {option.label: option.payload for option in options(turn)}
    assert {LONG.title, PASSPORT.title} <= set(told)
    assert turn.alike == (told[PASSPORT.title],)


class AtHead(OnePage):
    """Finds ``PAGE`` and no part of it, in an index of this ``stage``; its best part is so ``likely``."""

    def __init__(self, stage: Stage = "full", likely: float = 1.0) -> None:
        super().__init__()
        self.stage, self.likely = stage, likely

    def part_likelihood(self, entry: Entry, query: str) -> float:
        return self.likely

    def part_odds(self, entry: Entry, query: str) -> Mapping[int, float]:
        return {order: 0.0 if order == INTRODUCTION else -4.0 for order in self.ranked_passages(entry, query)}

    def search(self, query: str, **_: object) -> RetrievalResult:
        hit = Hit(entry_id="P1", collection="test", version=1, title=PAGE.title, score=1.0, passage=INTRODUCTION)
        return RetrievalResult(hits=(hit,), confidence=0.9, decision="answered", snapshot="s")

    def status(self) -> Status:
        return super().status().model_copy(update={"stage": self.stage})


@pytest.mark.parametrize("stage", ["titles", "full"])
@pytest.mark.parametrize(
    ("likely", "offered"),
    [(0.3, ["Montant", "En ligne", "Conditions", "Démarche"]), (0.9, ["Montant", "En ligne"])],
)
async def test_a_page_of_which_no_part_is_likely_offers_more_of_its_parts(
    settings: Settings, stage: Stage, likely: float, offered: list[str]
) -> None:
    turn = await Talk(settings, AtHead(stage, likely)).say("la prime, que faire")
    assert body(turn) == PAGE.introduction
    assert labels(parts(turn)) == offered


async def test_where_every_line_costs_none_is_offered(settings: Settings) -> None:
    turn = await Talk(settings, OnePage(), channel="sms").say("c'est combien la prime pour trois enfants")
    assert body(turn) == "Le plafond dépend des enfants."
    offered = [option.label for block in turn.blocks if isinstance(block, ChoicesBlock) for option in block.options]
    assert not {"En ligne", "Conditions"} & set(offered)
