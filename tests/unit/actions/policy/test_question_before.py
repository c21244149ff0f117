"""Messages that add to the question before: statements, incomplete questions, words said again, commands that are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.cases.dialogue_state import Focus
from actions.messages.follow_up_classifier import in_context
from actions.messages.follow_up_parser import pattern, states
from actions.messages.plain_words import plain
from actions.messages.topic_switch import turned_to
from actions.policy.about_the_matter import adds_to_question, is_told
from actions.policy.subject_change import question_in_context, topic_switch
from actions.turn.repeat_detection import repeats_card
from actions.turn.turn import Turn
from core.entry import Entry
from core.settings import Settings
from core.turns import Outcome
from retrieval.contracts import Decision, RetrievalResult
from tests.unit.actions.fakes import FakeKnowledge, hit
from tests.unit.actions.policy.test_follow_up import page
from tests.unit.actions.talk import Talk

HOUSING = page(
    30,
    "Demande de logement social",
    ("Plafonds de ressources", "Vos revenus ne dépassent pas un plafond."),
    ("Dépôt", "La demande se dépose au guichet."),
)
RENEWAL = page(31, "Renouvellement d'une demande de logement social", ("Échéance", "Chaque année, dans un délai de 1 mois."))
WAGE = page(32, "Salaire minimum", ("Montant", "Il est de 12 € par heure."))
PAGES = {one.id: one for one in (HOUSING, RENEWAL, WAGE)}

# What is found: the pages, best first, the confidence, and the decision.
type Found = tuple[Sequence[Entry], float, Decision]


class Knowledge(FakeKnowledge):
    """Finds for each query what ``results`` says; the page on housing, surely, for any other one."""

    def __init__(self, results: dict[str, Found]) -> None:
        super().__init__()
        self._results = results

    def search(
        self, query: str, *, locale: str = "fr", collection: str | None = None, audience: str | None = None, limit: int = 5
    ) -> RetrievalResult:
        found, confidence, decision = self._results.get(query, ((HOUSING,), 0.9, "answered"))
        hits = tuple(hit(one, 1.0) for one in found)
        return RetrievalResult(hits=hits, confidence=confidence, decision=decision, snapshot="s")

    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        return PAGES.get(entry_id)


def turn_after(settings: Settings, text: str, knowledge: Knowledge, focus: Focus) -> Turn:
    message = {"text": text, "intent": {"name": "enquiry"}, "entities": []}
    slots = {"language": "fr", "subject": focus.model_dump(mode="json")}
    tracker = Tracker("c1", slots, message, [], False, None, {}, "action_listen")
    return Turn.read(tracker, settings, knowledge)


ON_HOUSING = Focus(entry="P30", query="demande de logement social", opened_by="demande de logement social")


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("je gagne 1500 euros par mois", True),
        ("j'ai déjà un numéro unique", True),
        ("jgagne 700 e", True),
        ("ma mère habite chez nous", True),
        ("mon loyer est de combien", False),
        ("je veux divorcer", False),
        ("je porte plainte où", False),
        ("on y a droit ?", False),
        ("carte grise", False),
    ],
)
def test_a_statement_asks_for_nothing(text: str, stated: bool) -> None:
    assert states(text) is stated


async def test_a_statement_that_no_page_answers_is_about_the_page_in_focus(settings: Settings) -> None:
    """Before, "je suis hébergé par un ami" after social housing offered pages on anything."""
    talk = Talk(settings, Knowledge({"mes voisins sont bruyants": ((WAGE,), 0.1, "choices")}))
    await talk.say("demande de logement social")
    assert (await talk.say("mes voisins sont bruyants")).entry == "P30"


async def test_a_statement_that_another_page_answers_is_a_question_of_its_own(settings: Settings) -> None:
    talk = Talk(settings, Knowledge({"mon salaire est minimum": ((WAGE,), 0.9, "answered")}))
    await talk.say("demande de logement social")
    assert (await talk.say("mon salaire est minimum")).entry == "P32"


async def test_message_that_continues_is_searched_with_the_question_before(settings: Settings) -> None:
    said = "j'ai déjà un numéro"
    both = in_context(said, "demande de logement social")
    knowledge = Knowledge({said: ((WAGE,), 0.1, "choices"), both: ((RENEWAL, HOUSING), 0.9, "answered")})
    turn = question_in_context(turn_after(settings, said, knowledge, ON_HOUSING))
    assert turn is not None
    assert (turn.text, turn.opened_by, turn.continued_by) == (both, "demande de logement social", said)
    talk = Talk(settings, knowledge)
    await talk.say("demande de logement social")
    assert (await talk.say(said)).entry == "P31"


async def test_next_message_is_searched_with_the_first_question_and_the_one_that_continued_it(settings: Settings) -> None:
    said, then = "j'ai déjà un numéro", "c'est valable longtemps"
    first = in_context(said, "demande de logement social")
    second = in_context(then, f"{said} demande de logement social")
    knowledge = Knowledge(
        {
            said: ((WAGE,), 0.1, "choices"),
            first: ((RENEWAL, HOUSING), 0.4, "choices"),
            then: ((WAGE,), 0.1, "choices"),
            second: ((RENEWAL,), 0.9, "answered"),
        }
    )
    talk = Talk(settings, knowledge)
    await talk.say("demande de logement social")
    assert (await talk.say(said)).outcome == Outcome.CHOICES
    assert (await talk.say(then)).entry == "P31"


def test_sure_question_continues_nothing(settings: Settings) -> None:
    asked = "comment on se marie ?"
    knowledge = Knowledge({asked: ((WAGE,), 0.9, "answered")})
    assert question_in_context(turn_after(settings, asked, knowledge, ON_HOUSING)) is None


def test_question_without_subject_continues_whatever_it_finds_alone(settings: Settings) -> None:
    asked = "combien ça va me coûter"
    knowledge = Knowledge({asked: ((WAGE,), 0.9, "choices"), in_context(asked, ON_HOUSING.query): ((HOUSING,), 0.2, "choices")})
    assert question_in_context(turn_after(settings, asked, knowledge, ON_HOUSING)) is not None


@pytest.mark.parametrize("text", ["non, je voulais dire la salaire", "j'ai dit le salaire"])
def test_a_correction_leaves_the_subject(settings: Settings, text: str) -> None:
    assert topic_switch(turn_after(settings, text, Knowledge({}), ON_HOUSING)) is not None


def test_words_said_again_keep_the_subject(settings: Settings) -> None:
    assert topic_switch(turn_after(settings, "j'ai dit logement social", Knowledge({}), ON_HOUSING)) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("j'ai un salaire minimum avant", True),
        ("faut parler français ?", True),
        ("je me suis trompé", False),
        ("on recommence", False),
        ("vous devez parler anglais", False),
    ],
)
def test_a_command_that_tells_of_the_matter_is_none(settings: Settings, text: str, told: bool) -> None:
    knowledge = Knowledge({text: ((WAGE,), 0.4, "choices")})
    assert is_told(turn_after(settings, text, knowledge, ON_HOUSING)) is told


@pytest.mark.parametrize(
    ("text", "adds"),
    [
        ("et si je peux pas venir le jour du vote", True),
        ("si j'ai pas tout", True),
        ("et s'il refuse ?", True),
        ("elle est espagnole", True),
        ("son père est pas d'accord", True),
        ("et ma carte d'identité était dedans aussi", True),
        ("et mon dossier ?", False),
        ("s'il vous plaît, vous ouvrez quand ?", False),
        ("et si je vous appelle ?", False),
        ("il est quelle heure ?", False),
        ("parlez anglais", False),
        ("merci", False),
    ],
)
def test_message_that_supposes_or_tells_of_another_adds_to_the_question_before(
    settings: Settings, text: str, adds: bool
) -> None:
    knowledge = Knowledge({})
    assert adds_to_question(turn_after(settings, text, knowledge, ON_HOUSING)) is adds
    assert not adds_to_question(turn_after(settings, text, knowledge, Focus(entry="")))  # nothing was asked before


def test_going_back_to_a_subject_is_announced() -> None:
    assert turned_to("comme avant, pour la plainte : il faut un avocat ?") == "la plainte : il faut un avocat ?"
    assert turned_to("merci. autre chose comment refaire mon passeport") == "comment refaire mon passeport"
    assert turned_to("autre chose") == ""
    assert pattern("the_other").fullmatch(plain("l'autre cas c'est quoi ?"))


def test_the_card_of_another_message_is_not_shown_again(settings: Settings) -> None:
    turn = turn_after(settings, "et en mairie ?", Knowledge({}), ON_HOUSING)
    card = {"event": "bot", "data": {"custom": {"entry": "P30", "block": {"body": "Au guichet."}}}}
    assert repeats_card(replace(turn, events=[card]), "Au guichet.")
    assert not repeats_card(replace(turn, events=[card]), "En ligne.")
    assert not repeats_card(replace(turn, events=[card], typed="j'ai dit en mairie"), "Au guichet.")
    assert not repeats_card(replace(turn, events=[card], typed=""), "Au guichet.")


async def test_a_message_that_continues_a_question_is_not_refused_as_out_of_scope(settings: Settings) -> None:
    """ "Elle a le droit ?" after "je veux divorcer" is the administration's business, though no page is found for it."""

    class Outside(Knowledge):
        def search(self, query: str, **options: Any) -> RetrievalResult:
            if query == "demande de logement social":
                return super().search(query)
            return RetrievalResult(rejected=(hit(WAGE, 0.1),), confidence=0.05, scope="outside", snapshot="s")

    talk = Talk(settings, Outside({}))
    await talk.say("demande de logement social")
    reply = await talk.say("et pour elle ?")
    assert reply.outcome is Outcome.NO_ANSWER


async def test_a_return_continues_the_earlier_question(settings: Settings) -> None:
    returned = "revenons au logement, mon frère y habite déjà"
    both = in_context("logement, mon frère y habite déjà", "demande de logement social")
    alone: Found = ((WAGE,), 0.1, "choices")
    knowledge = Knowledge(
        {
            "salaire": ((WAGE,), 0.9, "answered"),
            "logement, mon frère y habite déjà": alone,
            both: ((RENEWAL,), 0.9, "answered"),
        }
    )
    talk = Talk(settings, knowledge)
    await talk.say("demande de logement social")
    await talk.say("salaire")
    assert (await talk.say(returned)).entry == "P31"
