"""The first answer from a page: its likeliest part, and what other parts say of the question."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from actions.cases.case_tree import Fork
from actions.cases.dialogue_state import Focus
from actions.replies.cards import Card, answer_card
from actions.replies.first_answer import FirstAnswer, is_open
from actions.replies.page_parts import CLEAR, PageQuestion, holding
from actions.replies.style import Style
from core.entry import Case, Cases, Chapter, Entry, TextBlock
from tests.unit.actions.fakes import BY_SMS, ON_WEB, FakeKnowledge
from tests.unit.actions.replies.worths import holding as worth_of

INTRODUCTION = "La carte est gratuite, sauf en cas de perte ou de vol."
MUCH = "Cette phrase ne dit rien de la carte. " * 20
COST = Chapter(heading="Coût", body=(TextBlock(markdown="Elle coûte 25 € après une perte."),))
DELAY = Chapter(heading="Délai", body=(TextBlock(markdown=f"Elle est prête en un mois. {MUCH}"),))
PLACES = Chapter(
    heading="Où",
    body=(
        Cases(
            cases=(
                Case(label="En France", body=(TextBlock(markdown="Allez à la mairie."),)),
                Case(label="À l'étranger", body=(TextBlock(markdown="Allez au consulat."),)),
            )
        ),
    ),
)
PAGE = Entry.model_validate(
    {"id": "O1", "collection": "test", "title": "Carte", "introduction": INTRODUCTION, "body": (COST, DELAY, PLACES)}
)
ASKED = Focus(entry="O1", query="le prix de la carte")


class Likely(FakeKnowledge):
    def __init__(self, likelihood: float) -> None:
        super().__init__()
        self._likelihood = likelihood

    def part_likelihood(self, entry: Entry, query: str) -> float:
        return self._likelihood


@pytest.mark.parametrize(
    ("likelihood", "subject", "open_"),
    [
        (CLEAR - 0.01, ASKED, True),
        (CLEAR, ASKED, False),
        (0.1, None, False),
        (0.1, Focus(entry="O1"), False),  # nothing was asked: a button was pressed
        (0.1, Focus(entry="O2", query="le prix"), False),
        (0.1, ASKED.model_copy(update={"latest": "et le délai ?"}), False),
        (0.1, ASKED.model_copy(update={"chosen": ("0.1",)}), False),
    ],
)
def test_is_open_while_no_part_clearly_answers_the_first_question(
    likelihood: float, subject: Focus | None, open_: bool
) -> None:
    assert is_open(Likely(likelihood), subject, PAGE) is open_


def asked_of(page: Entry, odds: Mapping[int, float], *words: str, case: int | None = None) -> PageQuestion:
    def case_of(_fork: Fork) -> int | None:
        return case

    return PageQuestion(page, worth_of(*words), odds, case_of, min, holding(page, case_of, min))


def first(odds: Mapping[int, float], *words: str, case: int | None = None, told: tuple[int, ...] = ()) -> FirstAnswer:
    return FirstAnswer(asked_of(PAGE, odds, *words, case=case), ON_WEB, told)


def card(passage: int) -> Card:
    return answer_card(PAGE, passage, "s1", ON_WEB.for_first_answer())


def test_holding_of_an_open_case_is_true_but_for_that_of_people_abroad() -> None:
    in_france, abroad = 3, 4
    assert [asked_of(PAGE, {}).holds(order) for order in (in_france, abroad)] == [True, False]
    assert asked_of(PAGE, {}, case=1).holds(abroad)


def test_wider_adds_what_another_part_says_behind_its_heading() -> None:
    found = first({2: 0.0, 1: -1.0}, "25 €").wider(card(2), 2)
    assert found.block.body.startswith("Elle est prête en un mois.")
    assert found.block.body.endswith("**Coût** : Elle coûte 25 € après une perte.")
    assert (found.block.headings, found.shortened) == (("Délai",), True)


def test_wider_puts_the_introduction_above_the_part_with_its_heading() -> None:
    found = first({1: 0.0, 0: -0.5}, "gratuite").wider(card(1), 1)
    assert found.block.body == f"{INTRODUCTION}\n\n**Coût** : Elle coûte 25 € après une perte."
    assert found.block.headings == ()


@pytest.mark.parametrize(("case", "shown"), [(None, True), (0, True), (1, False)])
def test_wider_shows_a_case_behind_its_label_unless_the_citizen_is_in_another(case: int | None, shown: bool) -> None:
    found = first({1: 0.0, 3: -1.0}, "mairie", case=case).wider(card(1), 1)
    assert ("**Où › En France** : Allez à la mairie." in found.block.body) is shown


def test_wider_never_repeats_what_the_citizen_was_told() -> None:
    assert "25 €" not in first({2: 0.0, 1: -1.0}, "25 €", told=(1,)).wider(card(2), 2).block.body


def test_wider_leaves_out_what_only_tells_the_meaning_of_words() -> None:
    words = Chapter(heading="Mots", body=(TextBlock(markdown="Perte : la carte est perdue.", role="definition"),))
    page = PAGE.model_copy(update={"body": (COST, words)})
    answer = FirstAnswer(asked_of(page, {1: 0.0, 2: 0.0}, "perdue"), ON_WEB)
    assert "Mots" not in answer.wider(answer_card(page, 1, "s1", ON_WEB.for_first_answer()), 1).block.body


def test_wider_leaves_a_card_to_which_nothing_can_be_added() -> None:
    assert first({}).wider(card(1), 1) == card(1)
    only_links = card(1)._replace(pieces=())
    assert first({1: 0.0, 2: 0.0}, "mois").wider(only_links, 1) == only_links


def test_below_adds_what_other_parts_say_under_the_cases_but_no_introduction() -> None:
    cases = card(3)
    found = first({3: 0.0, 1: -1.0, 0: -1.0}, "25 €", "gratuite").below(cases, None)
    assert found.block.body == f"{cases.block.body}\n\n**Coût** : Elle coûte 25 € après une perte."
    assert first({3: 0.0, 1: -1.0}, "25 €").below(cases, 1) == cases


OPENED = PAGE.model_copy(update={"opening": ("Elle coûte 25",)})
UNCLEAR = {2: 0.0, 1: -0.1}


def opened(odds: Mapping[int, float], style: Style = ON_WEB) -> Card:
    answer = FirstAnswer(asked_of(OPENED, odds, "25 €"), style)
    return answer.wider(answer_card(OPENED, 2, "s1", style.for_first_answer()), 2)


def test_wider_of_an_unclear_part_begins_with_the_opening() -> None:
    body = opened(UNCLEAR).block.body
    assert body.startswith("Elle coûte 25 € après une perte.\n\n**Délai** : ")
    assert body.count("25 €") == 1


def test_wider_of_a_clear_part_begins_with_that_part() -> None:
    assert opened({2: 0.0, 1: -3.0}).block.body.startswith("Elle est prête en un mois.")


def test_wider_of_an_unclear_part_begins_with_easy_words_that_fit() -> None:
    page = OPENED.model_copy(update={"easy_text": "Allez à la mairie."})
    body = (
        FirstAnswer(asked_of(page, UNCLEAR), ON_WEB).wider(answer_card(page, 2, "s1", ON_WEB.for_first_answer()), 2).block.body
    )
    assert body.startswith("Allez à la mairie.\n\n**Délai** : ")
    clear = FirstAnswer(asked_of(page, {2: 0.0, 1: -3.0}), ON_WEB)
    assert not clear.wider(answer_card(page, 2, "s1", ON_WEB.for_first_answer()), 2).block.body.startswith("Allez")
    long = page.model_copy(update={"easy_text": "Allez à la mairie. " * 50})
    body = (
        FirstAnswer(asked_of(long, UNCLEAR), ON_WEB).wider(answer_card(long, 2, "s1", ON_WEB.for_first_answer()), 2).block.body
    )
    assert not body.startswith("Allez")


def test_wider_shows_no_opening_of_another_case_than_the_citizens() -> None:
    page = PAGE.model_copy(update={"opening": ("Allez au consulat",)})
    for case, shown in ((0, False), (1, True)):
        answer = FirstAnswer(asked_of(page, UNCLEAR, case=case), ON_WEB)
        body = answer.wider(answer_card(page, 2, "s1", ON_WEB.for_first_answer()), 2).block.body
        assert body.startswith("**À l'étranger** : Allez au consulat.") is shown


def test_wider_by_sms_sends_the_opening_and_leaves_the_part_to_suite() -> None:
    block = opened(UNCLEAR, BY_SMS).block
    assert block.sms_text == "Elle coûte 25 € après une perte."
    assert block.body.startswith(f"{block.sms_text}\n\nElle est prête en un mois.")


def test_wider_by_sms_leaves_a_part_that_holds_the_opening() -> None:
    page = PAGE.model_copy(update={"opening": ("Elle est prête",)})
    card_ = answer_card(page, 2, "s1", BY_SMS)
    assert FirstAnswer(asked_of(page, UNCLEAR), BY_SMS).wider(card_, 2) == card_


def test_below_stands_under_the_opening() -> None:
    cases = answer_card(OPENED, 3, "s1", ON_WEB)
    found = FirstAnswer(asked_of(OPENED, {3: 0.0, 2: -0.1}), ON_WEB).below(cases, None)
    assert found.block.body.startswith(f"Elle coûte 25 € après une perte.\n\n{cases.block.body}")


def test_below_stands_under_no_opening_that_it_holds() -> None:
    cases = answer_card(OPENED, 1, "s1", ON_WEB)
    found = FirstAnswer(asked_of(OPENED, {1: 0.0, 2: -0.1}), ON_WEB).below(cases, None)
    assert found.block.body.count("Elle coûte 25 €") == 1


def test_opening_names_each_case_once_and_begins_with_the_most_useful() -> None:
    body = (TextBlock(markdown="Un mois suffit."), Chapter(heading="Coût", body=(TextBlock(markdown="Elle coûte 25 €."),)))
    cases = Cases(
        cases=(Case(label="Adulte", body=body), Case(label="Mineur", body=(TextBlock(markdown="Elle est gratuite."),)))
    )
    page = PAGE.model_copy(update={"body": (cases, DELAY), "opening": ("Elle coûte", "Elle est gratuite", "Un mois")})
    answer = FirstAnswer(asked_of(page, {4: 0.0, 2: -0.1}, "25 €", "gratuite"), ON_WEB)
    found = answer.wider(answer_card(page, 4, "s1", ON_WEB.for_first_answer()), 4).block.body
    assert found.startswith("**Adulte** : Elle coûte 25 €.\n\nUn mois suffit.\n\n**Mineur** : Elle est gratuite.\n\n")


def test_opening_begins_with_its_first_sentence_though_that_is_long_and_stands_behind_another() -> None:
    amount = f"Le montant est fixé {'en toutes lettres et ' * 18}à 25 €."
    assert ON_WEB.limits.answer < len(amount) < ON_WEB.limits.card
    cost = Chapter(heading="Coût", body=(TextBlock(markdown=f"Tout salarié y a droit. {amount}"),))
    page = PAGE.model_copy(update={"body": (cost, DELAY), "opening": ("Le montant est fixé", "Tout salarié")})
    answer = FirstAnswer(asked_of(page, UNCLEAR), ON_WEB)
    assert amount in answer.wider(answer_card(page, 2, "s1", ON_WEB.for_first_answer()), 2).block.body
