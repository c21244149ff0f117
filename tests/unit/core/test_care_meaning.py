"""What is asked of a message's meaning, and what becomes of the patterns' alarm by it."""

from __future__ import annotations

import pytest

from core.care import Alert, Care, DangerJudgement, SentencesToJudge, judged_alert, load_detector, sentences_to_judge

_DETECTOR = load_detector()
_EVICTED = "J'ai 79 ans et une petite pension. Mon propriétaire veut vendre, est-ce qu'il peut me mettre dehors comme ça ?"
_IN_PASSING = "Il me faudrait une attestation de domicile pour la fin du mois. Au fait il a dit qu'il me noierait si je pars."


def _asked(text: str, language: str = "fr") -> SentencesToJudge | None:
    return sentences_to_judge(text, _DETECTOR.detect(text), language, _DETECTOR)


def test_to_ask_in_a_long_message_are_the_sentences_that_raised_the_alarm_and_the_others() -> None:
    told = "Mon propriétaire veut vendre, est-ce qu'il peut me mettre dehors comme ça ?"
    assert _asked(_EVICTED) == SentencesToJudge(alarmed=(told,), others=("J'ai 79 ans et une petite pension.",))


def test_to_ask_without_an_alarm_are_all_sentences() -> None:
    asked = _asked(_IN_PASSING)
    assert asked is not None
    assert (asked.alarmed, len(asked.others)) == ((), 2)


@pytest.mark.parametrize(
    "text",
    [
        "comment refaire ma carte d'identité avant cet été ?",
        "My husband hits me every night when the children are asleep and I do not know where I could go with them",
    ],
    ids=["short, no alarm", "English"],
)
def test_to_ask_where_the_patterns_word_holds_is_nothing(text: str) -> None:
    assert _asked(text) is None


@pytest.mark.parametrize(
    "text", ["il peut me mettre dehors comme ça ?", "mon locataire s'est suicidé", "mon voisin fait la fête, j'en peux plus"]
)
def test_to_ask_of_a_short_message_with_an_alarm_is_that_message(text: str) -> None:
    assert _asked(text) == SentencesToJudge(alarmed=(text,), others=())


def test_to_ask_beside_thoughts_of_suicide_is_what_else_is_told() -> None:
    asked = _asked("Je vous écris parce que je ne vois plus d'issue. Je veux mourir. Qui peut m'aider à remplir le dossier ?")
    assert asked is not None
    assert asked.alarmed == ("Je veux mourir.",)
    assert len(asked.others) == 2


def test_to_ask_of_a_letter_is_no_greeting_and_no_signature() -> None:
    asked = _asked("Bonjour.\nQuel est le délai de préavis pour quitter un appartement loué vide ?\nMerci d'avance.\nM. Lebrun")
    assert asked == SentencesToJudge((), ("Quel est le délai de préavis pour quitter un appartement loué vide ?",))


def test_to_ask_in_a_language_that_was_not_learnt_is_nothing() -> None:
    assert _asked("I moved to Lyon in May and would like to know how to register my two children at the nursery.", "en") is None


def test_to_ask_of_a_message_without_end_is_bounded_and_keeps_what_raised_the_alarm() -> None:
    much = " ".join(f"Voici la phrase numéro {number} de mon très long récit." for number in range(200))
    asked = _asked(f"Bonjour. {much} {_EVICTED}")
    assert asked is not None
    assert len(asked.alarmed) + len(asked.others) == 24
    assert "mettre dehors" in asked.alarmed[0]
    assert "Bonjour." not in asked.others


def test_by_meaning_a_confirmed_alarm_stands_as_it_was() -> None:
    alert = Alert((Care.HOMELESS,), "fr", answer_too=False)
    assert judged_alert("court", alert, DangerJudgement(confirmed=True)) == alert
    assert judged_alert("court", alert, DangerJudgement(confirmed=True, kinds=(Care.HOMELESS, Care.VIOLENCE))) == alert


def test_by_meaning_another_person_in_danger_gets_their_number_beside_that_of_the_words() -> None:
    alert = Alert((Care.VIOLENCE,), "fr", answer_too=True)
    child = DangerJudgement(confirmed=True, kinds=(Care.CHILD, Care.VIOLENCE))
    assert judged_alert("court", alert, child) == Alert((Care.VIOLENCE, Care.CHILD), "fr", answer_too=True)
    suicide = DangerJudgement(confirmed=True, kinds=(Care.SUICIDE,))
    assert judged_alert("court", alert, suicide) == alert
    bullied = Alert((Care.CHILD,), "fr", answer_too=True)
    assert judged_alert("court", bullied, suicide) == Alert((Care.CHILD, Care.SUICIDE), "fr", answer_too=False)


def test_by_meaning_another_danger_is_added_to_suicide_and_hunger() -> None:
    alert = Alert((Care.SUICIDE,), "fr", answer_too=False)
    meant = DangerJudgement(confirmed=True, kinds=(Care.HOMELESS, Care.HUNGER))
    assert judged_alert("mot " * 13, alert, meant) == Alert((Care.SUICIDE, Care.HOMELESS), "fr", answer_too=False)
    assert judged_alert("court", alert, meant) == alert
    assert judged_alert("mot " * 13, alert, DangerJudgement(confirmed=True, kinds=(Care.SUICIDE,))) == alert


def test_by_meaning_an_alarm_that_is_not_confirmed_is_taken_back_unless_another_sentence_tells_a_danger() -> None:
    alert = Alert((Care.HOMELESS,), "fr", answer_too=False)
    assert judged_alert("court", alert, DangerJudgement(confirmed=False)) is None
    assert judged_alert("court", alert, DangerJudgement(confirmed=False, kinds=(Care.VIOLENCE,))) == Alert(
        (Care.VIOLENCE,), "fr", answer_too=True
    )


def test_by_meaning_a_danger_that_no_pattern_sees_is_heard_with_an_answer_wherever_one_may_stand() -> None:
    assert judged_alert("court", None, DangerJudgement(confirmed=True)) is None
    assert judged_alert("court", None, DangerJudgement(confirmed=True, kinds=(Care.CHILD, Care.VIOLENCE))) == Alert(
        (Care.CHILD, Care.VIOLENCE), "fr", answer_too=True
    )
    assert judged_alert("court", None, DangerJudgement(confirmed=True, kinds=(Care.SUICIDE,))) == Alert(
        (Care.SUICIDE,), "fr", answer_too=False
    )


def test_by_meaning_a_calm_letter_is_answered_under_the_numbers_but_under_those_against_suicide() -> None:
    letter = "mot " * 41
    assert judged_alert(letter, None, DangerJudgement(True, (Care.MEDICAL,))) == Alert((Care.MEDICAL,), "fr", answer_too=True)
    assert judged_alert(letter, None, DangerJudgement(True, (Care.SUICIDE,))) == Alert((Care.SUICIDE,), "fr", answer_too=False)
