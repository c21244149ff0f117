"""The pure parts of a handoff: moves, failures in a row, numbers in texts."""

from __future__ import annotations

import pytest

from conversations.intake.call_back_numbers import as_dialled, hint_of, number_in
from core.handoff import ENDED, OPEN, UNCLAIMED, State, sources
from supervision.handoffs.failures import failures, is_time_to_offer_human


def test_states_are_open_or_ended() -> None:
    assert set(State) == OPEN | ENDED
    assert not OPEN & ENDED
    assert UNCLAIMED < OPEN


def test_ended_state_has_no_successor() -> None:
    assert not any(sources(target) & ENDED for target in State)


@pytest.mark.parametrize(
    ("target", "origins"),
    [
        (State.CLAIMED, UNCLAIMED),
        (State.CLOSED, UNCLAIMED | {State.CLAIMED}),
        (State.RETURNED, {State.CLAIMED}),
        (State.CANCELLED, {State.OFFLINE, State.WAITING, State.CLAIMED}),
        (State.FLAGGED, set()),
        (State.DRAFT, set()),
    ],
)
def test_state_has_its_sources(target: State, origins: set[State]) -> None:
    assert sources(target) == origins


@pytest.mark.parametrize(
    ("turns", "count"),
    [
        ([], 0),
        ([("answered", False)], 0),
        ([("no_answer", False)], 1),
        ([("no_answer", False), ("no_answer", False)], 2),
        ([("no_answer", False), ("answered", False), ("no_answer", False)], 1),
        ([("no_answer", False), ("small_talk", False), ("no_answer", False)], 1),
        ([("choices", False)], 0),
        ([("choices", False), ("no_answer", False)], 2),  # refused by asking anew
        ([("choices", False), ("no_answer", True)], 1),  # one was chosen, and is gone
        ([("no_answer", False), ("choices", False)], 1),  # not refused yet
        ([("choices", False), ("choices", False), ("choices", False)], 2),
        ([("choices", False), ("choices", True)], 0),
        ([("no_answer", False), ("choices", False), ("answered", True)], 0),
    ],
)
def test_failures_counts_those_in_a_row(turns: list[tuple[str | None, bool]], count: int) -> None:
    assert failures(turns) == count


def test_a_human_is_offered_after_two_failures_and_then_after_every_third() -> None:
    assert [count for count in range(9) if is_time_to_offer_human(count)] == [2, 5, 8]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("06 39 98 00 01", "+33639980001"),
        ("0639980001", "+33639980001"),
        ("06.39.98.00.01 svp", "+33639980001"),
        ("+33 6 39 98 00 01", "+33639980001"),
        ("0033639980001", "+33639980001"),
        ("mon numéro c'est le 01-99-00-12-34 merci", "+33199001234"),
        ("pas le 06 39 98 00 01, le 06 39 98 00 02", "+33639980002"),
        ("+32 470 12 34 56", "+32470123456"),
        ("+262 692 12 34 56", "+262692123456"),
        ("0692 12 34 56", "+262692123456"),  # Réunion, written as at home
        ("06 39 98 00", None),
        ("le 3939", None),
        ("lundi 30 à 14 h", None),
        ("", None),
        # Two digits too many: whose number it would be nobody knows.
        ("06 39 98 00 42 90", None),
        ("0639980042 9.", None),
        ("06 39 98 00 42 14h", "+33639980042"),
        ("06 39 98 00 42 27/11", "+33639980042"),
        ("mon numéro :\n06 39 98\n00 42", "+33639980042"),
        ("０６, ３９, ９８, ００, ４２", "+33639980042"),
        ("+33 (0)6\u201139\u201198\u201100\u201142", "+33639980042"),
    ],
)
def test_number_in_text_is_the_last_valid_one(text: str, number: str | None) -> None:
    assert number_in(text) == number


def test_hint_of_number_has_two_digits() -> None:
    assert hint_of("+33639980042") == "•• 42"


@pytest.mark.parametrize(
    ("number", "shown"),
    [("+33639980042", "06 39 98 00 42"), ("+41791234567", "+41 79 123 45 67"), ("+262692123456", "+262 692 12 34 56")],
)
def test_as_dialled_groups_the_number(number: str, shown: str) -> None:
    assert as_dialled(number) == shown
