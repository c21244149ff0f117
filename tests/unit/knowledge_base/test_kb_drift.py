"""What counts as drift, and what is only a day like any other."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from knowledge_base.quality.drift.comparison import OUTCOMES, ChangedFigure, Drift, Night, compare
from knowledge_base.quality.drift.editor_task import sentences
from knowledge_base.quality.drift.nights import due_day

_FIRST = date(2026, 3, 2)


def night(number: int, *, no_answer: float = 0.15, turns: int = 200, wrong: int = 0, confidence: float = 0.6) -> Night:
    """A night of ``turns``; days differ a little. Of 30 golden questions the first ``wrong`` are answered wrongly."""
    absent = round(turns * (no_answer + 0.01 * (number % 3 - 1)))
    outcomes = {"answered": turns - absent, "no_answer": absent}
    golden = {f"g{index:02}": index >= wrong for index in range(30)}
    return Night(_FIRST + timedelta(days=number), golden, outcomes, turns, turns * (confidence + 0.01 * (number % 2)))


def test_the_same_weeks_are_no_drift() -> None:
    found = compare([night(number) for number in range(35)])
    assert (found.alarm, found.asked, found.recent_days, found.before_days) == (False, 30, 7, 28)


def test_a_week_with_more_unanswered_is_told_in_shares() -> None:
    found = compare([night(number, no_answer=0.15 if number < 28 else 0.27) for number in range(35)])
    by_name = {one.name: one for one in found.moved}
    assert set(by_name) == {"answered", "no_answer"}
    assert (round(by_name["no_answer"].before, 2), round(by_name["no_answer"].now, 2)) == (0.15, 0.27)
    assert found.alarm


def test_one_bad_day_is_none() -> None:
    assert not compare([night(number, no_answer=0.15 if number != 33 else 0.4) for number in range(35)]).alarm


def test_confidence_that_sinks_is_told() -> None:
    found = compare([night(number, confidence=0.6 if number < 28 else 0.5) for number in range(35)])
    assert [one.name for one in found.moved] == ["confidence"]


def test_a_new_service_has_nothing_to_compare_with() -> None:
    assert compare([]) == Drift()
    young = compare([night(number, no_answer=0.1 if number < 10 else 0.5) for number in range(14)])
    assert not young.moved
    quiet = [night(number, turns=10, no_answer=0.1 if number < 28 else 0.9) for number in range(35)]
    assert not compare(quiet).moved  # ten turns a day say nothing of a share


@pytest.mark.parametrize(("wrong", "alarm"), [(0, False), (2, False), (5, True), (30, True)])
def test_golden_questions_that_fall_together_are_an_alarm(wrong: int, alarm: bool) -> None:
    found = compare([*(night(number) for number in range(10)), night(10, wrong=wrong)])
    assert (len(found.fell), found.rose, found.golden_alarm) == (wrong, (), alarm)


def test_as_many_rise_as_fall() -> None:
    earlier = [night(number, wrong=5) for number in range(6)]
    last = night(6)
    swapped = {name: right if int(name[1:]) < 5 else int(name[1:]) >= 10 for name, right in last.golden.items()}
    found = compare([*earlier, Night(last.day, swapped, last.outcomes, last.searched, last.confidence)])
    assert (len(found.fell), len(found.rose), found.golden_alarm) == (5, 5, False)


def test_a_question_must_be_known_for_some_nights() -> None:
    found = compare([night(0), night(1), night(2, wrong=9)])
    assert (found.asked, found.fell) == (0, ())


def test_an_editor_reads_what_moved_in_both_languages() -> None:
    moved = (*(ChangedFigure(name, 0.2, 0.32) for name in OUTCOMES), ChangedFigure("confidence", 0.61, 0.5))
    found = Drift(asked=30, fell=("a", "b", "c"), golden_alarm=True, moved=moved)
    fr, en = (" ".join(sentences(found, ["passeport perdu", "rsa", "apl"], language)) for language in ("fr", "en"))
    assert "« passeport perdu »" in fr
    assert "32 % des messages" in fr
    assert "de 0,61 à 0,50" in fr
    assert "32% of the week's" in en
    assert sentences(Drift(), [], "fr") == []


def test_yesterday_is_looked_at_once_the_night_is_over() -> None:
    paris = ZoneInfo("Europe/Paris")
    assert due_day(paris, datetime(2026, 7, 2, 0, 30, tzinfo=UTC)) == date(2026, 7, 1)  # half past two in Paris
    assert due_day(paris, datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) is None
