"""How a first answer was received: a table of short dialogues, and the rules that it follows from."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.insights.acceptance import FirstAnswers
from analytics.insights.figures import K, Reaction
from analytics.insights.first_answers import first_answer, page_shown
from analytics.insights.refusals import is_reply_to_refusal, refuses, replies_to_refusals
from analytics.insights.rewording import letters_in_common, rewords
from conversations.wording import Wording, WordingError
from core.settings import ROOT
from core.turns import Outcome


class Turn(NamedTuple):
    """What was written or pressed, what it came to, and the page that the reply showed."""

    text: str
    outcome: str = Outcome.ANSWERED
    shown: str = ""
    payload: str = ""
    answered_as_refusal: bool = False


ASKED = Turn("comment renouveler mon passeport", shown="F1")
NONE = Turn("Aucune de ces réponses", Outcome.CHOICES, payload="/none_of_these", answered_as_refusal=True)
FOLLOW_UP = Turn("combien ça coûte ?", shown="F1")
HELLO = Turn("bonjour", Outcome.SMALL_TALK)
THANKS = Turn("merci beaucoup", Outcome.SMALL_TALK)
HUMAN = Turn("je veux parler à un agent", Outcome.HANDOFF_WAITING)
OFFLINE = Turn("Parler à un agent", Outcome.HANDOFF_OFFLINE, payload="/ask_human")
REWORDED = Turn("je veux refaire mon passeport, comment le renouveler", shown="F2")


@pytest.mark.parametrize(
    ("dialogue", "expected"),
    [
        # Nothing that says otherwise.
        ([ASKED], Reaction.ACCEPTED),
        ([ASKED, THANKS], Reaction.ACCEPTED),
        ([ASKED, FOLLOW_UP, Turn("et pour un enfant ?", shown="F2")], Reaction.ACCEPTED),
        ([ASKED, Turn("inscrire mon fils à la cantine", shown="F3")], Reaction.ACCEPTED),  # another question
        ([ASKED, ASKED], Reaction.ACCEPTED),  # the same words: to see it again, or sent twice
        # A refusal.
        ([ASKED, NONE], Reaction.REFUSED),
        ([ASKED, NONE._replace(payload='/none_of_these{"theme": "Logement"}')], Reaction.REFUSED),
        ([ASKED, FOLLOW_UP, NONE], Reaction.REFUSED),
        ([ASKED, Turn("ce n’est pas ça", Outcome.NO_ANSWER)], Reaction.REFUSED),
        ([ASKED, Turn("non pas ça, la perte de papiers", shown="F3")], Reaction.REFUSED),
        ([ASKED, Turn("que nenni", Outcome.SMALL_TALK, answered_as_refusal=True)], Reaction.REFUSED),
        ([ASKED, Turn("non merci", Outcome.SMALL_TALK, answered_as_refusal=True)], Reaction.ACCEPTED),
        ([ASKED, Turn("non", Outcome.GUIDED, "F1")], Reaction.ACCEPTED),  # it answered a question
        ([ASKED, Turn("Non", Outcome.SMALL_TALK, payload="/deny")], Reaction.ACCEPTED),  # to being called back
        # The same question in other words.
        ([ASKED, REWORDED], Reaction.REWORDED),
        ([ASKED, THANKS, REWORDED], Reaction.REWORDED),
        ([ASKED, REWORDED._replace(outcome=Outcome.NO_ANSWER, shown="")], Reaction.REWORDED),
        ([ASKED, Turn("Renouveler un passeport", payload='/choose{"entry": "F2"}')], Reaction.ACCEPTED),  # a button
        ([ASKED, REWORDED._replace(outcome=Outcome.COMMAND)], Reaction.ACCEPTED),
        # A human.
        ([ASKED, HUMAN], Reaction.HUMAN),
        ([ASKED, FOLLOW_UP, OFFLINE], Reaction.HUMAN),
        # The first thing that was said counts.
        ([ASKED, NONE, HUMAN], Reaction.REFUSED),
        ([ASKED, REWORDED, NONE], Reaction.REWORDED),
        # Two messages are looked at.
        ([ASKED, FOLLOW_UP, THANKS, HUMAN], Reaction.ACCEPTED),
        # What comes before the first page does not count; only the first page does.
        ([HELLO, Turn("passeport ?", Outcome.NO_ANSWER), HUMAN, ASKED], Reaction.ACCEPTED),
        ([ASKED, FOLLOW_UP, THANKS, FOLLOW_UP, NONE], Reaction.ACCEPTED),
        # Titles were given to choose from: the question is the one typed before.
        (
            [
                ASKED._replace(outcome=Outcome.CHOICES, shown=""),
                Turn("Passeport d'un majeur", shown="F1", payload='/choose{"entry": "F1"}'),
                REWORDED,
            ],
            Reaction.REWORDED,
        ),
    ],
)
def test_first_answer_of_a_dialogue_is_received(dialogue: list[Turn], expected: Reaction) -> None:
    assert first_answer(dialogue) == ("F1", expected)


@pytest.mark.parametrize("dialogue", [[], [HELLO, HUMAN], [ASKED._replace(shown=""), NONE]])
def test_first_answer_without_a_page_is_none(dialogue: list[Turn]) -> None:
    assert first_answer(dialogue) is None


@pytest.mark.parametrize(
    ("outcome", "entry", "blocks", "expected"),
    [
        (Outcome.ANSWERED, "F1", (), "F1"),
        (Outcome.GUIDED, "F1", (), "F1"),
        (
            Outcome.CHOICES,
            "",
            [{"type": "text"}, {"options": [{"entry": "F0"}, {"entry": "F2", "extract": "Deux mois."}]}],
            "F2",
        ),
        (Outcome.CHOICES, "", [{"options": [{"label": "Passeport", "payload": "x"}]}], ""),  # titles only
        (Outcome.CHOICES, "F1", [{"options": []}], ""),  # it says that F1 does not say it
        (Outcome.CRISIS, "F1", (), ""),
        (Outcome.NO_ANSWER, "", (), ""),
    ],
)
def test_page_shown_by_outcome_and_content(outcome: str, entry: str, blocks: Any, expected: str) -> None:
    assert page_shown(outcome, entry, blocks) == expected


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Ce n'est pas ça",
            "c'est pas sa",
            "c pa sa",
            "non ce n’est pas cela",
            "c'est pas la bonne fiche",
            "ce n'est pas ma question",
        ),
        *(
            "pas ça",
            "pas celle-là",
            "rien à voir",
            "ça ne répond pas à ma question",
            "aucune de ces réponses",
            "mauvaise réponse",
        ),
        *("je ne parle pas de ça", "vous n'avez pas compris ma question", "that's not it", "none of these", "no es eso"),
    ],
)
def test_refuses_words_that_refuse(text: str) -> None:
    assert refuses(text, "", answered_as_refusal=False)


@pytest.mark.parametrize(
    "text",
    [
        *("non", "aucun", "oui", "je n'ai pas compris", "je ne parle pas français", "mon employeur ne me paie pas"),
        *("pas de rapport d'expertise", "ce n'est pas une question d'argent", "ça fait 3 mois que j'attends"),
    ],
)
def test_refuses_other_words_only_if_the_reply_took_them_so(text: str) -> None:
    assert not refuses(text, "", answered_as_refusal=False)
    assert refuses(text, "", answered_as_refusal=True)


def test_takes_for_refusal_by_the_domains_own_texts() -> None:
    said = replies_to_refusals(ROOT / "domain.yml")
    assert len(said) > 8
    assert all(
        is_reply_to_refusal([{"type": "notice", "text": "Note."}, {"type": "text", "text": text}], said) for text in said
    )
    assert not is_reply_to_refusal([{"type": "text", "text": "Bonjour."}, {"type": "choices"}], said)
    with pytest.raises(WordingError, match="utter_nothing"):
        Wording({("utter_deny", "web", "fr"): "D’accord."}).variations("utter_deny", "utter_nothing")


@pytest.mark.parametrize(
    ("question", "message", "expected"),
    [
        ("carte grise perdue", "j'ai perdu ma carte grise, comment la refaire", True),
        ("mon employeur ne me paie pas", "je ne suis pas payé par mon employeur depuis 2 mois", True),
        ("INSCRIPTION LISTE ELECTORALE", "comment s'inscrire sur les listes électorales ?", True),
        ("carte grise perdue", "Carte grise, perdue ?", False),  # the same words
        ("acte de naissance", "et un acte de mariage ?", False),
        ("passeport d'un mineur", "et le passeport d'un majeur ?", False),  # goes on
        ("je veux divorcer", "et qui garde les enfants ?", False),
        ("carte grise", "combien de temps ?", False),
        ("", "carte grise", False),
        ("rupture conventionnelle", "quitter mon poste d'un commun accord", False),  # not seen: no word in common
        ("congé paternité", "congé maternité", True),  # seen wrongly: another subject in like words
    ],
)
def test_rewords_by_letters_in_common(question: str, message: str, *, expected: bool) -> None:
    assert rewords(question, message) is expected


@given(st.text(), st.text())
def test_letters_in_common_is_a_share_and_symmetric(one: str, other: str) -> None:
    assert 0 <= letters_in_common(one, other) == letters_in_common(other, one) <= 1
    assert not rewords(one, one)


def test_nothing_is_said_of_fewer_than_ten_first_answers() -> None:
    few = FirstAnswers({Reaction.REFUSED: 1, Reaction.ACCEPTED: K - 2})
    assert (few.count, few.not_accepted, few.by(Reaction.REFUSED)) == (None, None, None)
    assert FirstAnswers({}).not_accepted is None
    enough = FirstAnswers({Reaction.REFUSED: 2, Reaction.HUMAN: 1, Reaction.ACCEPTED: 7})
    assert (enough.count, enough.not_accepted, enough.by(Reaction.HUMAN), enough.by(Reaction.REWORDED)) == (10, 0.3, 0.1, 0)
