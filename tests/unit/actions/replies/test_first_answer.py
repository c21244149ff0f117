"""The first answer from a page: the sentences that answer, wherever they stand, each behind its heading and its cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from actions.cases.case_tree import Fork
from actions.cases.dialogue_state import Focus
from actions.replies.cards import Card, answer_card
from actions.replies.extract import Worth
from actions.replies.first_answer import FirstAnswer, is_first, is_open, outside_choice
from actions.replies.page_question import CLEAR, PageQuestion, holding
from actions.replies.piece_sets import visible_chars
from actions.replies.style import Style
from core.entry import Case, Cases, Chapter, Entry, TextBlock
from tests.unit.actions.fakes import BY_SMS, ON_WEB, FakeKnowledge
from tests.unit.actions.replies.worths import holding as worth_of
from tests.unit.actions.replies.worths import nothing, valued

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
_, COST_AT, DELAY_AT, IN_FRANCE, ABROAD = range(5)
LONG_DELAY = Chapter(
    heading="Délai", body=(TextBlock(markdown=" ".join(f"La règle numéro {number} est longue." for number in range(10, 40))),)
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


@pytest.mark.parametrize(
    ("focus", "first"),
    [
        (ASKED, True),
        (ASKED.model_copy(update={"chosen": ("2.0",)}), True),  # the question is answered for the case
        (ASKED.model_copy(update={"latest": "et le délai ?"}), False),
        (Focus(entry="O1"), False),
        (Focus(entry="O2", query="le prix"), False),
        (None, False),
    ],
)
def test_is_first_until_something_else_is_asked(focus: Focus | None, first: bool) -> None:
    assert is_first(focus, PAGE) is first


@pytest.mark.parametrize(
    ("chosen", "outside"),
    [
        ((), []),
        (("2.0.0",), [0, COST_AT, DELAY_AT, ABROAD]),
        (("9.0.9",), []),  # the entry has changed since
        (("x",), []),
    ],
)
def test_outside_choice_is_what_does_not_belong_to_the_chosen_case(chosen: tuple[str, ...], outside: list[int]) -> None:
    assert outside_choice(PAGE, ASKED.model_copy(update={"chosen": chosen})) == outside


def asked_of(page: Entry, odds: Mapping[int, float], worth: Worth, case: int | None = None) -> PageQuestion:
    def case_of(_fork: Fork) -> int | None:
        return case

    return PageQuestion(page, worth, odds, min, holding(page, case_of))


def first(
    odds: Mapping[int, float], *words: str, case: int | None = None, without: tuple[int, ...] = (), style: Style = ON_WEB
) -> FirstAnswer:
    """Returns the first answer to a question about ``words``."""
    return FirstAnswer(asked_of(PAGE, odds, worth_of(*words), case), style, without)


def card(passage: int, page: Entry = PAGE, style: Style = ON_WEB) -> Card:
    return answer_card(page, passage, "s1", style.for_first_answer())


LIKELY = {DELAY_AT: 0.0, COST_AT: -1.0}
COSTS, READY = "Elle coûte 25 € après une perte.", "Elle est prête en un mois."


def test_of_part_shows_the_best_sentences_under_their_heading_instead_of_the_part() -> None:
    found = first(LIKELY, "25 €").of_part(card(DELAY_AT), DELAY_AT)
    assert (found.block.body, found.block.headings) == (COSTS, ("Coût",))
    assert (found.passage, found.pieces, found.shortened) == (COST_AT, (0,), False)


def test_of_part_says_of_a_link_that_it_does_not_work() -> None:
    url = "https://exemple.fr/timbre"
    timbre = Chapter(heading="Coût", body=(TextBlock(markdown=f"Elle coûte un [timbre]({url})."),))
    page = PAGE.model_copy(update={"body": (timbre, DELAY)})
    style = replace(ON_WEB, broken=frozenset({url}))
    found = FirstAnswer(asked_of(page, LIKELY, worth_of("timbre")), style).of_part(card(DELAY_AT, page), DELAY_AT)
    assert found.block.body == "Elle coûte un timbre (lien indisponible)."


def test_of_part_that_answers_best_leads_under_its_heading() -> None:
    found = FirstAnswer(asked_of(PAGE, LIKELY, valued({"un mois": 4.5, "25 €": 4.0})), ON_WEB).of_part(card(DELAY_AT), DELAY_AT)
    assert found.block.body == f"{READY}\n\n**Coût** : {COSTS}"
    assert (found.block.headings, found.pieces, found.shortened) == (("Délai",), (0,), True)


def test_of_part_that_answers_less_stands_behind_its_own_heading() -> None:
    found = FirstAnswer(asked_of(PAGE, LIKELY, valued({"un mois": 4.0, "25 €": 4.5})), ON_WEB).of_part(card(DELAY_AT), DELAY_AT)
    assert found.block.body == f"**Coût** : {COSTS}\n\n**Délai** : {READY}"
    assert (found.block.headings, found.pieces) == ((), (0,))


def test_of_part_shows_an_introduction_without_a_label() -> None:
    assert first(LIKELY, "gratuite").of_part(card(DELAY_AT), DELAY_AT).block.body == INTRODUCTION


@pytest.mark.parametrize(("odd", "shown"), [(-3.0, True), (-3.1, False)])
def test_of_part_shows_nothing_of_an_unlikely_part(odd: float, shown: bool) -> None:
    found = first({DELAY_AT: 0.0, COST_AT: odd}, "25 €", "prête").of_part(card(DELAY_AT), DELAY_AT)
    assert (COSTS in found.block.body) is shown
    assert READY in found.block.body


@pytest.mark.parametrize(("case", "shown"), [(None, True), (0, True), (1, False)])
def test_of_part_shows_a_case_behind_its_label_unless_the_citizen_is_in_another(case: int | None, shown: bool) -> None:
    found = first({COST_AT: 0.0, IN_FRANCE: -1.0}, "mairie", case=case).of_part(card(COST_AT), COST_AT)
    assert ("**Où › En France** : Allez à la mairie." in found.block.body) is shown


def test_of_part_keeps_the_text_of_the_case_that_the_citizen_named_above_better_sentences() -> None:
    found = first({IN_FRANCE: 0.0, COST_AT: -1.0}, "25 €", case=0).of_part(card(IN_FRANCE), IN_FRANCE)
    assert found.block.body == f"Allez à la mairie.\n\n**Coût** : {COSTS}"
    assert (found.block.headings, found.block.cases, found.pieces) == (("Où",), ("En France",), (0,))


def test_of_part_never_repeats_what_the_citizen_was_shown() -> None:
    body = first(LIKELY, "25 €", "gratuite", without=(COST_AT,)).of_part(card(DELAY_AT), DELAY_AT).block.body
    assert body == INTRODUCTION


def test_of_part_shows_a_part_again_that_is_the_answer() -> None:
    assert READY in first(LIKELY, "un mois", without=(DELAY_AT,)).of_part(card(DELAY_AT), DELAY_AT).block.body


def test_of_part_leaves_out_what_only_tells_the_meaning_of_words() -> None:
    words = Chapter(heading="Mots", body=(TextBlock(markdown="Perte : la carte est perdue.", role="definition"),))
    page = PAGE.model_copy(update={"body": (COST, words)})
    answer = FirstAnswer(asked_of(page, {1: 0.0, 2: 0.0}, worth_of("perdue")), ON_WEB)
    assert "perdue" not in answer.of_part(card(1, page), 1).block.body


def test_of_part_of_links_alone_leaves_the_card() -> None:
    only_links = card(COST_AT)._replace(pieces=())
    assert first({COST_AT: 0.0, DELAY_AT: 0.0}, "mois").of_part(only_links, COST_AT) == only_links


@pytest.mark.parametrize("style", [ON_WEB, BY_SMS])
def test_of_part_leaves_the_card_if_no_sentence_fits(style: Style) -> None:
    page = Entry(id="O2", collection="test", title="Carte", introduction=f"Elle est {'très ' * 150}belle.")
    long = card(0, page, style)
    assert FirstAnswer(asked_of(page, {}, worth_of()), style).of_part(long, 0) == long


@pytest.mark.parametrize("passage", [COST_AT, DELAY_AT])
def test_of_part_has_at_most_as_many_characters_as_a_page_may(passage: int) -> None:
    page = PAGE.model_copy(update={"body": (COST, LONG_DELAY)})
    body = FirstAnswer(asked_of(page, LIKELY, nothing), ON_WEB).of_part(card(passage, page), passage).block.body
    assert 400 < visible_chars(body) <= ON_WEB.limits.page


def test_of_part_of_an_old_page_dates_figures() -> None:
    page = PAGE.model_copy(update={"verified_on": date(2019, 3, 5)})
    body = FirstAnswer(asked_of(page, LIKELY, worth_of("25 €")), ON_WEB).of_part(card(DELAY_AT, page), DELAY_AT).block.body
    assert body == "Elle coûte 25 € (au 05/03/2019) après une perte."


UNCLEAR, CLEARLY = {DELAY_AT: 0.0, COST_AT: -0.1}, {DELAY_AT: 0.0, COST_AT: -2.9}
EASY = "Allez à la mairie."


@pytest.mark.parametrize(
    ("odds", "easy_text", "shown"), [(UNCLEAR, EASY, True), (CLEARLY, EASY, False), (UNCLEAR, f"{EASY} " * 50, False)]
)
def test_first_answer_begins_with_easy_words_if_they_fit_and_no_part_clearly_answers(
    odds: Mapping[int, float], easy_text: str, shown: bool
) -> None:
    page = PAGE.model_copy(update={"easy_text": easy_text})
    answer = FirstAnswer(asked_of(page, odds, worth_of("25 €")), ON_WEB)
    sentence = f"**Coût** : {COSTS}"
    assert answer.of_part(card(DELAY_AT, page), DELAY_AT).block.body == (f"{EASY}\n\n{sentence}" if shown else COSTS)
    cases = card(ABROAD, page)
    below = f"{sentence}\n\n**Où**\n\n{cases.block.body}"
    assert answer.of_cases(cases, complete=True).block.body == (f"{EASY}\n\n{below}" if shown else below)


def test_of_part_by_sms_sends_the_best_sentences_and_leaves_the_passage_to_suite() -> None:
    block = first(LIKELY, "25 €", style=BY_SMS).of_part(card(DELAY_AT, style=BY_SMS), DELAY_AT).block
    assert block.sms_text == COSTS  # each character costs: no heading
    assert block.body.startswith(f"{block.sms_text}\n\n{READY}")


def test_of_part_by_sms_repeats_no_sentence_for_suite() -> None:
    block = first(LIKELY, "un mois", style=BY_SMS).of_part(card(DELAY_AT, style=BY_SMS), DELAY_AT).block
    assert block.sms_text == READY
    assert block.body.startswith(f"{READY}\n\nCette phrase")


def test_of_part_by_sms_names_the_cases_within_one_message() -> None:
    answer = first({COST_AT: 0.0, IN_FRANCE: -1.0}, "mairie", style=BY_SMS)
    assert answer.of_part(card(COST_AT, style=BY_SMS), COST_AT).block.sms_text == "**En France** : Allez à la mairie."
    page = PAGE.model_copy(update={"body": (COST, LONG_DELAY)})
    answer = FirstAnswer(asked_of(page, LIKELY, nothing), BY_SMS)
    text = answer.of_part(card(DELAY_AT, page, BY_SMS), DELAY_AT).block.sms_text
    assert 60 < visible_chars(text) <= BY_SMS.limits.page


@pytest.mark.parametrize(("distance", "shown"), [(1.5, True), (1.6, False)])
def test_of_part_by_sms_leaves_out_what_is_somewhat_behind_the_best(distance: float, shown: bool) -> None:
    answer = FirstAnswer(asked_of(PAGE, LIKELY, valued({"25 €": 4.0, "un mois": 4.0 - distance})), BY_SMS)
    text = answer.of_part(card(DELAY_AT, style=BY_SMS), DELAY_AT).block.sms_text
    assert text == (f"{COSTS}\n\n{READY}" if shown else COSTS)


@pytest.mark.parametrize(("repeated", "sent"), [(35, True), (55, True), (65, False)])
def test_of_part_by_sms_sends_a_long_sentence_that_answers_if_it_fits_the_message(repeated: int, sent: bool) -> None:
    long = f"Le timbre vaut 25 € et il est {'très ' * repeated}beau."
    page = PAGE.model_copy(update={"body": (Chapter(heading="Coût", body=(TextBlock(markdown=f"Venez. {long}"),)), DELAY)})
    short = card(DELAY_AT, page, BY_SMS)
    found = FirstAnswer(asked_of(page, LIKELY, worth_of("25 €")), BY_SMS).of_part(short, DELAY_AT)
    assert len(long) > BY_SMS.limits.page
    assert found.block.sms_text == (long if sent else short.block.sms_text)
    assert (found == short) is not sent


WITH_CASES = {ABROAD: 0.0, COST_AT: -1.0}


def test_of_cases_stands_under_the_best_sentences_of_the_page() -> None:
    cases = card(ABROAD)
    found = first(WITH_CASES, "25 €").of_cases(cases, complete=True)
    assert found == cases._replace(block=found.block)
    assert found.block.body == f"**Coût** : {COSTS}\n\n**Où**\n\n{cases.block.body}"


def test_of_cases_stands_under_no_sentence_that_the_cases_say() -> None:
    cases = card(IN_FRANCE)
    assert first({IN_FRANCE: 0.0}, "mairie", without=(0, COST_AT, DELAY_AT)).of_cases(cases, complete=True) == cases
    page = PAGE.model_copy(update={"verified_on": date(2019, 3, 5)})
    cases = card(COST_AT, page)
    body = FirstAnswer(asked_of(page, WITH_CASES, worth_of("25 €")), ON_WEB).of_cases(cases, complete=True).block.body
    assert body.count("25 €") == 1


def test_of_cases_stands_under_no_mere_note() -> None:
    noted = COST.model_copy(update={"body": (TextBlock(markdown="**À noter** : elle coûte 25 € après une perte."),)})
    page, cases = PAGE.model_copy(update={"body": (noted, DELAY, PLACES)}), card(ABROAD)
    answer = FirstAnswer(asked_of(page, WITH_CASES, worth_of("25 €")), ON_WEB, without=(0,))
    assert answer.of_cases(cases, complete=True) == cases


def test_of_cases_that_are_not_all_shown_gives_way_to_the_best_sentences_each_behind_its_case() -> None:
    answer = FirstAnswer(asked_of(PAGE, WITH_CASES, valued({"25 €": 2.5, "mairie": 2.0})), ON_WEB, without=(0, DELAY_AT))
    cases = card(IN_FRANCE)
    open_fork = cases._replace(block=cases.block.model_copy(update={"cases": ()}))
    assert (
        answer.of_cases(open_fork, complete=False).block.body
        == f"**Coût** : {COSTS}\n\n**Où › En France** : Allez à la mairie."
    )
    below_a_case = answer.of_cases(cases, complete=False).block
    assert below_a_case.cases == ("En France",)
    assert below_a_case.body == f"**Coût** : {COSTS}\n\n**Où** : Allez à la mairie."


@pytest.mark.parametrize(("complete", "most"), [(True, ON_WEB.limits.answer), (False, ON_WEB.limits.page)])
def test_of_cases_has_less_room_above_complete_cases(complete: bool, most: int) -> None:
    page = PAGE.model_copy(update={"body": (LONG_DELAY, PLACES)})
    cases = card(2, page)
    body = FirstAnswer(asked_of(page, {1: 0.0, 2: 0.0}, nothing), ON_WEB).of_cases(cases, complete=complete).block.body
    above = body.removesuffix(f"\n\n{cases.block.body}") if complete else body
    assert most - 60 < visible_chars(above) <= most


def test_of_cases_by_sms_leaves_cases_that_are_all_shown_and_else_sends_the_best_sentences() -> None:
    cases, answer = card(IN_FRANCE, style=BY_SMS), first(WITH_CASES, "25 €", style=BY_SMS)
    assert answer.of_cases(cases, complete=True) == cases
    some = answer.of_cases(cases, complete=False).block
    assert (some.sms_text, some.body) == (COSTS, f"{COSTS}\n\n{cases.block.body}")


def test_of_part_by_sms_keeps_the_editors_own_words() -> None:
    page = PAGE.model_copy(update={"sms_text": "Venez en mairie."})
    answer = FirstAnswer(asked_of(page, {}, worth_of("25 €")), BY_SMS)
    assert answer.of_part(card(0, page, BY_SMS), 0).block.sms_text == "Venez en mairie."
