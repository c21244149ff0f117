"""A place typed under a question about the citizen's case: the case that it means, or those that it leaves."""

from __future__ import annotations

import pytest

from actions.situation.matching import left_by, picked
from actions.situation.places import countries_named, places
from actions.situation.reading import facts_in
from core.entry import Case, Cases, Entry, TextBlock
from core.settings import Settings
from core.turns import AnswerBlock, Turn
from tests.unit.actions.fakes import FakeKnowledge
from tests.unit.actions.policy.test_follow_up import page
from tests.unit.actions.talk import Talk, options

LOST = ("Perte en France", "Perte en Europe", "Perte dans un autre pays")
FRANCE, EUROPE, OTHER = LOST
UNION = ("Union européenne", "Hors Union européenne")
ABROAD = ("En Europe", "Dans un autre pays")
NAMED = ("Départ d'un pays de l'Union européenne, de la Norvège ou la Suisse", "Départ d'un autre pays")
LICENCES = ("Permis obtenu en France", "Permis obtenu dans un autre État européen", "Permis délivré dans un autre État")
CUSTOMS = ("Maroc-Tunisie", "Cameroun, Mali, Sénégal", "Autre pays")
MEMBERS = (
    "Allemagne Autriche Belgique Bulgarie Chypre Croatie Danemark Espagne Estonie Finlande Grèce Hongrie Irlande Italie "
    "Lettonie Lituanie Luxembourg Malte Pays-Bas Pologne Portugal Roumanie Slovaquie Slovénie Suède Tchéquie"
)


@pytest.mark.parametrize(
    ("text", "birth"),
    [
        ("née à Alger", "abroad"),
        ("naci en Madrid", "abroad"),
        ("nasci no Brasil", "abroad"),
        ("born in London", "abroad"),
        ("je suis né à Lyon", "france"),
        ("je suis né en 1980", None),
        ("il est né à la maison", None),
    ],
)
def test_where_one_was_born_is_no_residence_but_is_asked_for(text: str, birth: str | None) -> None:
    facts = facts_in(text)
    assert facts.get("birth") == (frozenset({birth}) if birth else None)
    assert "country" not in facts


@pytest.mark.parametrize("text", ["vivo en Alemania", "moro na Alemanha", "estoy en España"])
def test_countries_are_known_by_their_spanish_and_portuguese_names(text: str) -> None:
    assert facts_in(text)["country"] == frozenset({"eu"})


@pytest.mark.parametrize(
    ("labels", "reply", "case"),
    [
        *(
            (LOST, reply, EUROPE)
            for reply in ("espagne", "en Espagne", "au Royaume-Uni", "Europe", "dans un pays de l'UE", "UE", "pays européen")
        ),
        *((LOST, reply, EUROPE) for reply in ("UE", "je l'ai perdu au Portugal", "Norvège", "république tchèque")),
        *(
            (LOST, reply, OTHER)
            for reply in ("USA", "au Maroc", "hors d'Europe", "hors UE, au Japon", "ailleurs", "autre pays")
        ),
        *((LOST, reply, FRANCE) for reply in ("en France", "à Lyon")),
        *((UNION, reply, UNION[0]) for reply in ("Italie", "dans l'UE")),
        *((UNION, reply, UNION[1]) for reply in ("hors UE", "en Suisse", "Norvège", "Canada")),
        *((ABROAD, reply, ABROAD[1]) for reply in ("au Mali", "ailleurs")),
        *((NAMED, reply, NAMED[0]) for reply in ("Suisse", "en Norvège", "Belgique")),
        (NAMED, "USA", NAMED[1]),
        (LICENCES, "Espagne", LICENCES[1]),
        (LICENCES, "au Maroc", LICENCES[2]),
        (CUSTOMS, "je suis au Mali", CUSTOMS[1]),
        *((LOST, reply, None) for reply in ("à l'étranger", "Suisse", "combien de temps ?", "je suis marocain")),
        *((ABROAD, reply, None) for reply in ("en France", "à l'étranger")),
    ],
)
def test_the_case_that_a_place_means(labels: tuple[str, ...], reply: str, case: str | None) -> None:
    found = picked(labels, reply)
    assert (None if found is None else labels[found]) == case


@pytest.mark.parametrize(
    ("labels", "reply", "left"),
    [
        (LOST, "à l'étranger", [1, 2]),
        (LOST, "étranger", [1, 2]),
        (LOST, "en Suisse", [1, 2]),
        (ABROAD, "à l'étranger", [0, 1]),
        (LOST, "combien de temps ?", []),
        (LOST, "je suis salarié", []),
        (LOST, "et si on me l'a volé ?", []),  # all cases are of a loss
        (("Parent devenu français", "Parent né en France", "Vos parents sont étrangers"), "j'habite au Maroc", []),
    ],
)
def test_the_cases_that_a_place_leaves(labels: tuple[str, ...], reply: str, left: list[int]) -> None:
    assert left_by(labels, reply) == left


def test_the_countries_of_the_union_and_those_beside() -> None:
    assert {name: facts_in(name)["country"] for name in MEMBERS.split()} == {name: {"eu"} for name in MEMBERS.split()}
    assert [facts_in(name)["country"] for name in ("Islande", "Monaco", "Sénégal")] == [
        {"europe"},
        {"europe", "world"},
        {"world"},
    ]


def test_a_name_in_a_name_is_not_found() -> None:
    assert countries_named("le romeu, la nigerienne et l'omanais") == frozenset()
    assert places("je pars en inde et au nigeria", anywhere=False)[1] == {"world"}


PERMIT = page(
    30,
    "Perte du permis",
    cases=tuple(
        Case(
            label=label,
            body=(
                TextBlock(
                    markdown=label + ".",
                ),
            ),
        )
        for label in LOST
    ),
)


class Permits(FakeKnowledge):
    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        return PERMIT if entry_id == PERMIT.id else super().entry(entry_id)


@pytest.fixture
async def talk(settings: Settings) -> Talk:
    talk = Talk(settings, Permits())
    await talk.press('/choose_case{"entry": "P30", "passage": 1}')
    return talk


def body(turn: Turn) -> str:
    return next((block.body for block in turn.blocks if isinstance(block, AnswerBlock)), "")


async def test_only_the_cases_that_fit_are_offered(talk: Talk) -> None:
    turn = await talk.say("à l'étranger")
    assert [one.label for one in options(turn)] == [EUROPE, OTHER, "Je ne sais pas"]
    assert "Il me reste à savoir" in turn.blocks[0].text
    assert body(await talk.press(options(turn)[1].payload)) == f"{OTHER}."


async def test_a_country_chooses_then(talk: Talk) -> None:
    await talk.say("à l'étranger")
    assert body(await talk.say("en Espagne")) == f"{EUROPE}."


async def test_a_country_taken_for_a_language_is_the_reply_to_the_question(talk: Talk) -> None:
    assert body(await talk.say("en Espagne", intent="change_language")) == f"{EUROPE}."


PASSPORT = page(
    31,
    "Passeport perdu",
    cases=(
        Case(label="En France", body=(TextBlock(markdown="Mairie."),)),
        Case(
            label="À l'étranger",
            body=(Cases(cases=tuple(Case(label=label, body=(TextBlock(markdown=f"{label}."),)) for label in ABROAD)),),
        ),
    ),
)


class Passports(FakeKnowledge):
    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        return PASSPORT if entry_id == PASSPORT.id else super().entry(entry_id)


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        ("en Espagne", f"{ABROAD[0]}."),
        ("au Mali", f"{ABROAD[1]}."),
        ("à l'étranger", "\n\n".join(f"**{label}** : {label}." for label in ABROAD)),  # both are left
    ],
)
async def test_a_place_answers_also_the_question_within_the_case_that_it_chooses(
    settings: Settings, reply: str, shown: str
) -> None:
    talk = Talk(settings, Passports())
    await talk.press('/choose_case{"entry": "P31", "passage": 1}')
    turn = await talk.say(reply)
    assert (turn.outcome, body(turn)) == ("answered", shown)
