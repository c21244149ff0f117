"""Whether a message hangs on to the page talked about: what speaks for it, and against it."""

from __future__ import annotations

import pytest

from actions.messages.follow_up_classifier import LEAST, FollowUpFeatures, follow_up_features, is_follow_up, likelihood
from actions.messages.follow_up_parser import as_follow_up
from core.entry import Chapter, Entry, TextBlock
from retrieval.contracts import Decision, Hit, RetrievalResult
from tests.unit.actions.fakes import FakeKnowledge

ENTRY = Entry(
    id="F1",
    collection="test",
    title="Prime de déménagement",
    introduction="Une aide de la caisse.",
    body=(
        Chapter(heading="Montant", body=(TextBlock(markdown="Le plafond dépend du nombre d'enfants."),)),
        Chapter(heading="Versement", body=(TextBlock(markdown="La facture du camion est demandée."),)),
    ),
)


def found(title: str, confidence: float, decision: Decision = "choices") -> RetrievalResult:
    hit = Hit(entry_id="F2", collection="test", version=1, title=title, score=1.0)
    return RetrievalResult(hits=(hit,), confidence=confidence, decision=decision)


def read(text: str, alone: RetrievalResult, with_page: float = 0.9) -> FollowUpFeatures:
    hanging = as_follow_up(text, ENTRY)
    return follow_up_features(text, ENTRY, hanging, alone, FakeKnowledge().spoken(ENTRY, hanging.unexplained_terms))._replace(
        with_page=with_page
    )


@pytest.mark.parametrize(
    "text",
    [
        "il faut la facture du camion ?",
        "et le plafond pour eux ?",
        "et si je garde le camion ?",
        "ils la demandent quand, la facture ?",
    ],
)
def test_what_leans_on_the_page_hangs_on(text: str) -> None:
    assert likelihood(read(text, found("Autre sujet", 0.2))) >= max(LEAST.values())


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("comment renouveler mon passeport français ?", "Renouvellement du passeport"),
        ("je cherche une place en crèche", "Trouver une place en crèche"),
        ("carte grise perdue", "Perte de la carte grise"),
    ],
)
def test_what_names_a_subject_that_is_found_is_another_one(text: str, title: str) -> None:
    assert likelihood(read(text, found(title, 0.85, "answered"), 0.5)) < min(LEAST.values())


def test_signs_are_counted_and_shared() -> None:
    told = read("et la facture du passeport ?", found("Passeport", 0.5))
    assert (told.unheld, told.rest, told.whole, told.headed, told.foreign) == (1, 2, False, 0.0, 0.5)
    assert (told.another, told.covered, told.several) == (0.5, 1.0, 0.0)
    assert told.alone == 0.5
    assert told.with_page == 0.9


def test_words_that_stand_in_point_back_or_turn() -> None:
    plainly = found("Autre sujet", 0.2)
    assert read("ils répondent vite ?", plainly).stands_in
    assert read("et si on refuse", plainly).turns
    assert read("combien pendant ce temps", plainly).points
    plain_words = read("plafond de ressources", plainly)
    assert (plain_words.stands_in, plain_words.turns, plain_words.points) == (False, False, False)


def test_nothing_found_is_no_sign_of_another_subject() -> None:
    told = read("et le camion ?", RetrievalResult())
    assert (told.another, told.covered, told.several, told.alone) == (0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("text", "alone", "searched"),
    [
        ("comment renouveler mon passeport français perdu à Lyon cet été ?", found("Passeport", 0.9, "answered"), False),
        ("et le montant ?", found("Autre sujet", 0.1, "no_answer"), False),
        ("facture du camion", found("Passeport", 0.5), True),
    ],
)
@pytest.mark.parametrize("confidence", [0.0, 0.4, 1.0])
def test_the_page_is_searched_for_only_where_that_decides(
    text: str, alone: RetrievalResult, searched: bool, confidence: float
) -> None:
    asked: list[str] = []

    def with_page() -> float:
        asked.append(text)
        return confidence

    told = read(text, alone, confidence)
    assert is_follow_up(told._replace(with_page=0.0), alone.decision, with_page) == (likelihood(told) >= LEAST[alone.decision])
    assert bool(asked) == searched
