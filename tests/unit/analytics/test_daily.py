"""What a day comes to: contacts, themes, classes of time, and that nothing is counted twice."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.insights.daily import Cell, Counts, DayFacts, HandoffFact, OpinionFact, SegmentFact, TurnFact, count_day
from analytics.insights.figures import MILLISECONDS, Contact, Kind, Reaction, class_of, quantile
from core.turns import Outcome

PARIS = ZoneInfo("Europe/Paris")
THEMES = {"F1": "Famille", "F2": "Logement", "F3": "Logement"}


def turn(conversation: str, outcome: str, entry: str = "", *, at: str = "2026-11-24T10:30") -> TurnFact:
    return TurnFact(datetime.fromisoformat(at).replace(tzinfo=UTC), conversation, "web", "fr", outcome, entry, 180)


def counted(**facts: list[object]) -> Counts:
    return count_day(DayFacts(**facts), zone=PARIS, themes=THEMES, segment_cost=500)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ((Outcome.SMALL_TALK, Outcome.NO_ANSWER, Outcome.ANSWERED), Contact.ANSWERED),
        ((Outcome.ANSWERED, Outcome.HANDOFF_WAITING), Contact.HUMAN),
        ((Outcome.NO_ANSWER, Outcome.CHOICES), Contact.OFFERED),
        ((Outcome.SMALL_TALK, Outcome.FALLBACK), Contact.UNANSWERED),
        ((Outcome.SMALL_TALK, Outcome.CRISIS), Contact.OTHER),
    ],
)
def test_a_contact_comes_to_one_thing(outcomes: tuple[Outcome, ...], expected: Contact) -> None:
    counts = counted(turns=[turn("a", outcome) for outcome in outcomes])
    assert counts.count[Cell(Kind.CONTACTS, "web", "", expected)] == 1
    assert sum(count for cell, count in counts.count.items() if cell.kind is Kind.CONTACTS) == 1


def test_a_contact_has_the_theme_of_most_of_its_entries() -> None:
    counts = counted(turns=[turn("a", Outcome.ANSWERED, entry) for entry in ("F1", "F2", "F3")])
    assert counts.count[Cell(Kind.CONTACTS, "web", "Logement", Contact.ANSWERED)] == 1


def test_hours_are_those_of_the_administration() -> None:
    counts = counted(turns=[turn("a", Outcome.ANSWERED, at="2026-07-01T22:30")])
    assert counts.count[Cell(Kind.HOURS, "web", "", "00")] == 1


def test_opinions_handoffs_and_segments() -> None:
    counts = counted(
        turns=[turn("a", Outcome.ANSWERED, "F1")],
        opinions=[OpinionFact("web", "F1", False, "outdated"), OpinionFact("web", "F1", True, "")],
        handoffs=[HandoffFact("web", "chat", "asked", 100.4), HandoffFact("web", "call_back", "asked", None)],
        segments=[SegmentFact("sms", "F2", 3)],
    )
    assert counts.count[Cell(Kind.FEEDBACK, "web", "Famille", "not:outdated")] == 1
    subject = Cell(Kind.SUBJECTS, "web", "Famille", "F1")
    assert (counts.count[subject], counts.total[subject]) == (1, 1)
    assert counts.count[Cell(Kind.HANDOFFS, "web", "", "call_back")] == 1
    assert counts.total[Cell(Kind.HUMAN_WAITS, "web", "", "000120")] == 100
    paid = Cell(Kind.SMS, "sms", "Logement", "segments")
    assert (counts.count[paid], counts.total[paid]) == (3, 1500)


@given(st.lists(st.sampled_from(list(Outcome)), max_size=30), st.integers(1, 5))
def test_every_turn_is_counted_once_in_each_kind(outcomes: list[Outcome], conversations: int) -> None:
    turns = [turn(str(number % conversations), outcome) for number, outcome in enumerate(outcomes)]
    counts = counted(turns=list(turns))
    of_kind = {kind: sum(n for cell, n in counts.count.items() if cell.kind is kind) for kind in Kind}
    assert of_kind[Kind.TURNS] == of_kind[Kind.HOURS] == len(turns)
    assert of_kind[Kind.CONTACTS] == of_kind[Kind.STARTS] == of_kind[Kind.LANGUAGES] == len({one.conversation for one in turns})


@given(st.lists(st.integers(1, 29_000), min_size=1, max_size=200), st.sampled_from([0.1, 0.5, 0.95]))
def test_a_quantile_lies_in_the_class_of_the_true_one(values: list[int], share: float) -> None:
    classes: dict[str, int] = {}
    for value in values:
        key = class_of(value, MILLISECONDS)
        classes[key] = classes.get(key, 0) + 1
    found = quantile(classes, share, MILLISECONDS)
    true = float(np.quantile(values, share, method="inverted_cdf"))
    assert found is not None
    assert class_of(found, MILLISECONDS) == class_of(true, MILLISECONDS)


def test_no_quantile_of_nothing() -> None:
    assert quantile({}, 0.5, MILLISECONDS) is None


def test_first_answers_count_for_the_theme_of_the_page_and_once_a_contact() -> None:
    asked = turn("a", Outcome.ANSWERED, "F1")._replace(text="crèche pour mon fils", shown="F1")
    counts = counted(
        turns=[
            asked,
            turn("a", Outcome.CHOICES)._replace(payload="/none_of_these", shown="F2"),
            asked._replace(conversation="b"),
            turn("c", Outcome.NO_ANSWER),
        ]
    )
    received = {cell: n for cell, n in counts.count.items() if cell.kind is Kind.FIRST_ANSWERS}
    assert received == {
        Cell(Kind.FIRST_ANSWERS, "web", "Famille", Reaction.REFUSED): 1,
        Cell(Kind.FIRST_ANSWERS, "web", "Famille", Reaction.ACCEPTED): 1,
    }
