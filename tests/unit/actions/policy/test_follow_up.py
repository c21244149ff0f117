"""Going on about a page: details, situations that only its text speaks of, pages that were offered, another subject."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from actions.situation.reading import demanded, facts_in
from core.entry import Case, Cases, Chapter, Entry, TextBlock, passages
from core.settings import Settings
from core.turns import AnswerBlock, ChoicesBlock, Outcome, Turn
from retrieval.contracts import RetrievalResult
from retrieval.terms.analysis import terms
from tests.unit.actions.fakes import FakeKnowledge, hit
from tests.unit.actions.talk import Talk, options


def page(number: int, title: str, *chapters: tuple[str, str], cases: tuple[Case, ...] = ()) -> Entry:
    body = [Chapter(heading=heading, body=(TextBlock(markdown=text),)) for heading, text in chapters]
    return Entry(
        id=f"P{number}",
        collection="test",
        title=title,
        introduction=title,
        body=(*body, *((Cases(cases=cases),) if cases else ())),
    )


MOVE = page(
    1,
    "Prime de déménagement",
    ("Montant", "Le plafond dépend du nombre d'enfants."),
    ("Versement", "La facture du camion est demandée au vendeur."),
)
BIKE = page(
    2,
    "Conduire une mini-moto",
    ("Coût", "Elle coûte 90 €."),
    cases=(
        Case(label="Vous avez au moins 18 ans", body=(TextBlock(markdown="Vous pouvez acheter."),)),
        Case(label="Vous avez 14 ans ou moins", body=(TextBlock(markdown="En club seulement."),)),
    ),
)
PASSPORT = page(3, "Renouvellement du passeport")
THEFTS = [page(4 + number, f"Vol du passeport {where}") for number, where in enumerate(("d'un majeur", "en mer", "en ville"))]
CARD = page(8, "Carte d'identité", ("Cas particuliers", "Un testament ne tient pas lieu de carte."))
NAMED = page(9, "Testament")
FISHING = [
    page(
        10 + number,
        f"Permis de pêche {whose}",
        ("Durée", f"Il vaut {years} ans, le fils ou la fille gardant le leur."),
        ("Perte", f"Le permis de pêche perdu se redemande {where}."),
        ("Coût", f"Il coûte {price} €."),
    )
    for number, (whose, years, where, price) in enumerate(
        (("d'un majeur", 10, "en mairie", 30), ("d'un mineur", 5, "au club", 7))
    )
]
RING = [  # pages that only lead to each other
    Entry(
        id=f"P{20 + number}",
        collection="test",
        title=f"Cerfa {name}",
        body=(TextBlock(markdown=f"[Suite](https://www.service-public.fr/vosdroits/P{20 + (number + 1) % 3})"),),
    )
    for number, name in enumerate(("bleu", "rouge", "vert"))
]
PAGES = {one.id: one for one in (MOVE, BIKE, PASSPORT, *THEFTS, CARD, NAMED, *FISHING, *RING)}


class Pages(FakeKnowledge):
    """Finds by words of titles, those with most of the query's first; sure of itself where they share two."""

    def search(
        self, query: str, *, locale: str = "fr", collection: str | None = None, audience: str | None = None, limit: int = 5
    ) -> RetrievalResult:
        asked = set(terms(query))
        shared = {one.id: len(asked & set(terms(one.title))) for one in PAGES.values()}
        found = sorted((one for one in PAGES.values() if shared[one.id]), key=lambda one: -shared[one.id])
        hits = tuple(hit(one, shared[one.id]) for one in found)
        sure = bool(found) and shared[found[0].id] > 1
        rejected = () if hits else (hit(PASSPORT, 0.1),)
        decision = "answered" if sure else "choices" if hits else "no_answer"
        confidence = 0.9 if sure else 0.3 if hits else 0.1
        unknown = query == "asdfgh"
        return RetrievalResult(
            hits=hits, rejected=rejected, confidence=confidence, decision=decision, unknown=unknown, snapshot="s"
        )

    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        return PAGES.get(entry_id)

    def best_passage(self, entry: Entry, query: str, among: Sequence[int] | None = None) -> int:
        asked = set(terms(query))
        allowed = [passage for passage in passages(entry) if among is None or passage.order in among]
        return max(allowed, key=lambda passage: len(asked & set(terms(passage.markdown)))).order

    def ranked_passages(self, entry: Entry, query: str) -> list[int]:
        return [self.best_passage(entry, query)]


def body(turn: Turn) -> str:
    return next((block.body for block in turn.blocks if isinstance(block, AnswerBlock)), "")


@pytest.fixture
def talk(settings: Settings) -> Talk:
    return Talk(settings, Pages())


async def test_a_detail_in_any_number_of_words_is_answered_from_the_page(talk: Talk) -> None:
    await talk.say("prime de déménagement")
    turn = await talk.say("et si je n'ai plus la facture du camion de mon frère ?")
    assert (turn.entry, body(turn)) == ("P1", "La facture du camion est demandée au vendeur.")


async def test_another_subject_leaves_the_page(talk: Talk) -> None:
    await talk.say("prime de déménagement")
    assert (await talk.say("je demande le renouvellement du passeport")).entry == "P3"


async def test_what_is_no_word_chooses_none_of_the_pages_that_were_offered(talk: Talk) -> None:
    assert (await talk.say("vol")).outcome == Outcome.CHOICES
    assert (await talk.say("asdfgh")).outcome == Outcome.NO_ANSWER


async def test_the_same_for_another_thing_leaves_the_page(talk: Talk) -> None:
    await talk.say("carte d'identité")
    assert (await talk.say("et pour un testament ?")).entry != "P8"


async def test_a_situation_that_only_the_text_speaks_of_is_answered_from_there(talk: Talk) -> None:
    await talk.say("prime de déménagement")
    turn = await talk.say("le vendeur")
    assert (turn.entry, body(turn)) == ("P1", "La facture du camion est demandée au vendeur.")


async def test_a_situation_that_it_does_not_speak_of_is_told_so(talk: Talk) -> None:
    await talk.say("prime de déménagement")
    turn = await talk.say("et pour un fonctionnaire ?")
    assert (turn.entry, turn.outcome) == ("P1", Outcome.CHOICES)


async def test_the_age_decides_between_or_less_and_at_least(talk: Talk) -> None:
    await talk.say("conduire une mini-moto")
    assert body(await talk.say("mon fils a 13 ans")) == "En club seulement."


@pytest.mark.parametrize(
    ("between", "answer"), [((), "Le permis de pêche perdu se redemande au club."), (("combien ça coûte ?",), "Il coûte 7 €.")]
)
async def test_what_was_asked_is_still_asked_of_the_page_for_another_situation(
    talk: Talk, between: tuple[str, ...], answer: str
) -> None:
    for text in ("permis de pêche d'un majeur perdu", *between):
        await talk.say(text)
    turn = await talk.say("et pour mon fils de 12 ans ?")
    assert (turn.entry, body(turn)) == ("P11", answer)


async def test_a_question_in_few_words_below_a_list_is_asked_of_its_pages_and_first_of_those_that_say_something(
    talk: Talk,
) -> None:
    offered = [one.label for one in options(await talk.say("permis"))]
    turn = await talk.say("combien ça coûte ?")
    assert (turn.outcome, sorted(one.label for one in options(turn))) == (Outcome.CHOICES, sorted(offered))
    assert ["coûte" in one.extract for one in options(turn)] == [True, True, False]


async def test_a_situation_told_below_a_list_keeps_its_pages_and_first_that_for_the_situation(talk: Talk) -> None:
    await talk.say("pêche")
    turn = await talk.say("j'ai 12 ans")
    assert [one.label for one in options(turn)][:2] == ["Permis de pêche d'un mineur", "Permis de pêche d'un majeur"]


async def test_what_is_asked_stays_asked_where_a_case_elsewhere_on_the_page_is_for_the_age(talk: Talk) -> None:
    await talk.say("conduire une mini-moto")
    turn = await talk.say("il a 13 ans, combien ça coûte ?")
    assert (turn.entry, body(turn)) == ("P2", "Elle coûte 90 €.")


async def test_asking_on_below_a_list_opens_its_first_page_rather_than_the_same_list(talk: Talk) -> None:
    assert (await talk.say("passeport")).outcome == Outcome.CHOICES
    turn = await talk.say("il y a un modèle à suivre pour ça ?")
    assert (turn.entry, turn.outcome) == ("P3", Outcome.ANSWERED)


@pytest.mark.parametrize(
    ("text", "purpose"), [("j'ai pas compris", "menu"), ("pas compris, combien coûte le timbre ?", "related")]
)
async def test_of_offered_pages_the_first_is_explained_unless_a_question_is_asked(talk: Talk, text: str, purpose: str) -> None:
    await talk.say("passeport")
    turn = await talk.say(text)
    (choices,) = [block for block in turn.blocks if isinstance(block, ChoicesBlock)]
    assert (turn.outcome, choices.purpose) == (Outcome.ANSWERED, purpose)


async def test_two_words_that_a_page_answers_for_sure_are_more_than_a_name(talk: Talk) -> None:
    turn = await talk.say("vol passeport")
    assert (turn.entry, turn.outcome) == ("P4", Outcome.ANSWERED)


async def test_pages_that_only_lead_to_each_other_end_the_turn(talk: Talk) -> None:
    assert (await talk.say("cerfa bleu")).entry in {one.id for one in RING}


def test_how_many_children_is_no_age() -> None:
    assert "age" not in facts_in("il faut avoir combien d'enfants ?")
    assert facts_in("pour un enfant")["age"]


@pytest.mark.parametrize(
    ("label", "ends"), [("14 ans ou moins", (0, 14)), ("65 ans ou +", (65, 120)), ("67 ans (ou plus)", (67, 120))]
)
def test_ages_of_labels(label: str, ends: tuple[int, int]) -> None:
    years = sorted(map(int, demanded(f"Vous avez {label}")["age"]))
    assert (years[0], years[-1]) == ends


def test_age_of_tenant_is_no_span_of_the_lease() -> None:
    assert max(map(int, demanded("Le locataire a moins de 65 ans à la date de fin du bail")["age"])) == 64
    assert "age" not in demanded("Fin du bail de moins de 3 ans")
