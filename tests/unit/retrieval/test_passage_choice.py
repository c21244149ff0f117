"""The passage that answers."""

from __future__ import annotations

import pytest

from core.entry import Case, Cases, Chapter, Entry, TextBlock, passages
from retrieval.contracts import Stage
from retrieval.index.passage_terms import passage_terms
from retrieval.passages.aspects import asked_of_page, aspects, in_heading, in_texts, stands_out
from retrieval.passages.choice import SURE, Chosen, Nearness, choose_passages
from retrieval.query.query import Query
from retrieval.terms.analysis import terms
from tests.unit.retrieval.samples import IDENTITY, IN_PARTS, NAMES_NO_PART


def chosen(query: str, near: Nearness, among: list[int] | None = None) -> int:
    return ranked(query, near, among)[0]


def ranked(query: str, near: Nearness, among: list[int] | None = None) -> list[int]:
    return choose_passages(Query(query, terms(query)), IDENTITY, passage_terms(IDENTITY), near, lambda _term: 1.0, among).ranked


LEVEL = Nearness(0.5, {1: 0.5, 3: 0.5})


@pytest.mark.parametrize(
    ("query", "near", "passage"),
    [
        ("combien coûte une nouvelle carte d'identité", LEVEL, 3),  # what is asked for stands in the heading
        ("carte d'identité perdue à l'étranger", LEVEL, 2),  # the case
        ("déclarer au commissariat la perte de ma carte", LEVEL, 1),
        ("carte d'identité", LEVEL, 0),  # nothing but the title: what is nearest, or the introduction
        ("carte d'identité", Nearness(0.5, {1: 0.5, 3: 0.6}), 3),
        ("ma carte a disparu hier soir", Nearness(0.5, {1: 0.5, 3: 0.6}), 3),
    ],
)
def test_aspects_words_and_nearness_choose(query: str, near: Nearness, passage: int) -> None:
    assert chosen(query, near) == passage


def test_only_what_is_allowed_is_chosen() -> None:
    assert chosen("combien coûte une nouvelle carte d'identité", LEVEL, [1, 2]) in (1, 2)
    assert chosen("carte d'identité", LEVEL, [2]) == 2


def test_each_part_has_its_best_passage_and_the_best_part_is_first() -> None:
    assert ranked("combien coûte une nouvelle carte d'identité", LEVEL)[0] == 3
    declared = ranked("carte d'identité perdue à l'étranger", LEVEL)
    assert declared[0] == 2  # of the two cases of the part the one that is named
    assert sorted(declared[1:]) == [0, 3]
    assert ranked("carte d'identité", Nearness(0.5, {1: 0.5, 3: 0.6}))[0] == 3


def best_of_part(query: str, *texts: str) -> int:
    blocks = [Cases(cases=(Case(label="Commune d'un parent", body=(TextBlock(markdown=texts[1]),)),))]
    body = (TextBlock(markdown=texts[0]), *blocks, *(TextBlock(markdown=text) for text in texts[2:]))
    wedding = Entry(id="F9", collection="test", title="Mariage", body=(Chapter(heading="Lieu", body=body),))
    return choose_passages(Query(query, terms(query)), wedding, passage_terms(wedding), Nearness(), lambda _term: 1.0).begin


def test_a_part_begins_with_its_first_passage_unless_another_says_much_more() -> None:
    rule, case = "Le mariage a lieu dans une commune.", "Cette commune peut être celle d'un parent, à la campagne."
    query = "dans quelle commune, avec quels témoins et quelle musique"
    assert best_of_part(query, rule, case) == 0
    assert best_of_part("dans la commune de campagne d'un parent", rule, case) == 1


def test_a_note_does_not_speak_for_its_part() -> None:
    texts = ("Le mariage a lieu dans une commune.", "Celle du père.", "**À savoir** : la commune de montagne ouvre samedi.")
    assert best_of_part("la commune de montagne ouvre samedi", *texts) != 2


def begun(query: str, stage: Stage, among: list[int] | None = None) -> int:
    asked, told = Query(query, terms(query)), passage_terms(IN_PARTS)
    return choose_passages(asked, IN_PARTS, told, Nearness(0.5), lambda _term: 1.0, among, stage=stage).begin


def test_by_titles_alone_a_page_begins_at_its_head_unless_a_part_is_likely_enough() -> None:
    assert begun(NAMES_NO_PART, "full") == 5  # with all sections the likeliest is shown
    assert begun(NAMES_NO_PART, "titles") == 0
    cost = "combien coûte une nouvelle carte d'identité"
    assert begun(cost, "titles") == begun(cost, "full") == 2


def test_by_titles_alone_a_case_without_a_beginning_of_its_own_begins_with_its_likeliest_part() -> None:
    assert begun(NAMES_NO_PART, "titles", [0, 1, 2, 3, 4, 5]) == 0
    assert begun(NAMES_NO_PART, "titles", [1, 2, 3, 4, 5]) == 5


def test_a_part_is_found_by_what_people_ask_who_need_it() -> None:
    declaration, cost = IDENTITY.body
    worded = IDENTITY.model_copy(
        update={"body": (declaration, cost.model_copy(update={"wordings": ("à quelle caisse passer",)}))}
    )
    asked = "ma carte perdue, je passe à la caisse"
    first = choose_passages(Query(asked, terms(asked)), worded, passage_terms(worded), LEVEL, lambda _term: 1.0).begin
    assert (chosen(asked, LEVEL) != 3, first) == (True, 3)


def test_the_first_passage_of_a_part_holds_its_wordings_and_the_introduction_the_page_s() -> None:
    declaration, cost = IDENTITY.body
    entry = IDENTITY.model_copy(
        update={
            "wordings": ("plus de carte",),
            "body": (declaration.model_copy(update={"wordings": ("à quel guichet",)}), cost),
        }
    )
    assert [one.wordings for one in passage_terms(entry)] == [{"cart"}, {"guichet"}, set(), set()]


GLOSSED = IDENTITY.model_copy(
    update={"body": (*IDENTITY.body, TextBlock(markdown="**Préfecture** : service de l'État.", role="definition"))}
)


@pytest.mark.parametrize(
    ("query", "defined"),
    [
        ("carte d'identité", False),  # though nearest
        ("carte d'identité à la préfecture", False),  # though nothing else has the word
        ("carte d'identité : c'est quoi la préfecture", True),
    ],
)
def test_what_words_mean_is_told_first_where_that_is_asked(query: str, defined: bool) -> None:
    assert [passage.defines for passage in passages(GLOSSED)] == [False, False, False, False, True]
    near = Nearness(0.5, {1: 0.5, 3: 0.5, 4: 0.7})
    told = passage_terms(GLOSSED)
    found = choose_passages(Query(query, terms(query)), GLOSSED, told, near, lambda _term: 1.0)
    assert (found.begin == 4, 4 in found.ranked) == (defined, defined)


def test_choose_passages_of_an_entry_without_passages_has_none() -> None:
    empty = Entry(id="F0", collection="test", title="Rien")
    assert choose_passages(Query("x", ["x"]), empty, (), Nearness(), lambda _term: 1.0) == Chosen(0, [], 1.0)


def likelihood(query: str, near: Nearness = LEVEL, among: list[int] | None = None) -> float:
    asked = Query(query, terms(query))
    return choose_passages(asked, IDENTITY, passage_terms(IDENTITY), near, lambda _term: 1.0, among).likelihood


def test_likelihood_is_higher_where_a_part_is_named() -> None:
    named, none = likelihood("combien coûte une nouvelle carte d'identité"), likelihood("ma carte a disparu hier soir")
    assert 1 > named > 0.8 > none > 1 / 3  # of three parts the best one is at least as likely as any


@pytest.mark.parametrize("among", [[3], [1, 2]])
def test_likelihood_of_the_only_part_is_certain(among: list[int]) -> None:
    assert likelihood("ma carte a disparu hier soir", among=among) == 1


def test_likelihood_is_that_of_the_part_that_the_answer_begins_with_by_titles_alone() -> None:
    asked, told = Query(NAMES_NO_PART, terms(NAMES_NO_PART)), passage_terms(IN_PARTS)
    found = choose_passages(asked, IN_PARTS, told, Nearness(0.5), lambda _term: 1.0, stage="titles")
    assert (found.begin, found.likelihood < SURE) == (0, True)


@pytest.mark.parametrize(
    ("question", "heading", "text"),
    [
        ("Faut-il payer quelque chose ?", "Coût", "La démarche est gratuite."),
        ("J'ai combien de jours pour répondre ?", "Délai de réponse", "Vous avez 15 jours."),
        ("il faut quoi comme papiers", "Pièces à fournir", "Un justificatif de domicile."),
        ("On risque quoi ?", "Sanctions", "Une amende de 135 €."),
    ],
)
def test_what_is_asked_for_is_known_in_heading_and_text(question: str, heading: str, text: str) -> None:
    asked = asked_of_page(question)
    assert in_heading(asked, heading)
    assert not in_heading(asked, "Historique")
    assert in_texts(asked, [text])
    assert asked_of_page("ma carte grise hier soir") == []
    assert len(aspects()) >= 40


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("je veux arrêter avant, je peux casser mon contrat ?", "Résiliation du contrat"),
        ("on m'a piqué mon passeport", "Perte ou vol"),
        ("je peux additionner les deux ?", "Cumul avec d'autres aides"),
        ("j'ai signé hier et j'ai changé d'avis", "Droit de rétractation"),
        ("mon diplôme est toujours bon ?", "Durée de validité"),
        ("c'est à déclarer aux impôts ?", "Régime fiscal et social"),
    ],
)
def test_everyday_words_announce_what_headings_call_otherwise(question: str, heading: str) -> None:
    this, other = stands_out(asked_of_page(question), [heading, "De quoi s'agit-il ?"])
    assert this >= 1
    assert other == 0


def test_what_many_headings_announce_says_little_of_each() -> None:
    asked = asked_of_page("on m'a volé mon sac")
    assert stands_out(asked, ["Perte", "Lieu"]) == [1, 0]
    assert stands_out(asked, ["Perte en France", "Perte à l'étranger"]) == [0.5, 0.5]
