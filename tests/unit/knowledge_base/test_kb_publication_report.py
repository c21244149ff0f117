"""What a publication would change, and the verdict."""

from __future__ import annotations

import pytest

from knowledge_base.publishing.comparison import compare, quality
from knowledge_base.publishing.contracts import Change, FoundEntry, ReplayQuestion, ReplayResult, Shadowed
from retrieval.contracts import Decision

GOLDEN = ReplayQuestion(question="Carte perdue ?", golden="g1", gold=("F1",), heading="Coût")
WITH_TOWN = ReplayQuestion(question="Où est le guichet ?", golden="g3", gold=("ville-carte",))
NONE_RIGHT = ReplayQuestion(question="La météo ?", golden="g2")
REAL = ReplayQuestion(question="passeport", citizens=3)


def reached(entry: str, *part: str) -> FoundEntry:
    return FoundEntry(entry_id=entry, version=1, title=f"Titre {entry}", part=part)


def result(decision: Decision, *found: FoundEntry) -> ReplayResult:
    return ReplayResult(decision=decision, confidence=0.5, found=found)


@pytest.mark.parametrize(
    ("asked", "replayed", "expected"),
    [
        (GOLDEN, result("answered", reached("F1", "Coût")), 4),
        (GOLDEN, result("answered", reached("F1", "Autre")), 3),
        (GOLDEN, result("choices", reached("F2"), reached("F1")), 2),
        (GOLDEN, result("answered", reached("F2"), reached("F1")), 1),
        (GOLDEN, result("no_answer", reached("F1")), 1),
        (GOLDEN, result("answered", reached("F2")), 0),
        (WITH_TOWN, result("answered", reached("F1").model_copy(update={"local": ("ville-carte",)})), 4),
        (WITH_TOWN, result("answered", reached("F1")), 0),
        (NONE_RIGHT, result("no_answer", reached("F1")), 4),
        (NONE_RIGHT, result("choices", reached("F1")), 2),
        (NONE_RIGHT, result("answered", reached("F1")), 0),
    ],
)
def test_how_good_a_result_is(asked: ReplayQuestion, replayed: ReplayResult, expected: int) -> None:
    assert quality(asked, replayed) == expected


def test_nothing_moves() -> None:
    same = [result("answered", reached("F1", "Coût")), result("choices", reached("F2"))]
    report = compare([GOLDEN, REAL], same, same, changes=[Change(collection="c", entry_id="F1", version=2)])
    assert (report.verdict, report.golden, report.real, report.retold) == ("clear", 1, 1, 1)
    assert report.golden_right_before == report.golden_right_after == 1
    assert set(report.totals.values()) == {0}


def test_a_golden_question_that_loses_its_entry_makes_it_worse() -> None:
    before, after = result("answered", reached("F1", "Coût")), result("answered", reached("F2"))
    report = compare([GOLDEN], [before], [after])
    assert report.verdict == "worse"
    assert [(one.golden, one.before and one.before.entry_id, one.after and one.after.entry_id) for one in report.worse] == [
        ("g1", "F1", "F2")
    ]
    back = compare([GOLDEN], [after], [before])
    assert (back.verdict, len(back.better), back.golden_right_after) == ("changes", 1, 1)


def test_a_real_question_with_another_outcome_or_entry_is_told() -> None:
    before = [result("answered", reached("F1")), result("answered", reached("F1"))]
    after = [result("no_answer", reached("F1")), result("answered", reached("F2"))]
    report = compare([REAL, ReplayQuestion(question="vol")], before, after)
    assert report.verdict == "changes"
    assert [one.question for one in report.other_outcome] == ["passeport"]
    assert [one.question for one in report.other_entry] == ["vol"]


def test_what_nobody_is_shown_is_no_change() -> None:
    report = compare([REAL], [result("no_answer", reached("F1"))], [result("no_answer", reached("F2"))])
    assert report.verdict == "clear"


@pytest.mark.parametrize(("was_first", "verdict"), [(True, "worse"), (False, "changes")])
def test_a_shadow(was_first: bool, verdict: str) -> None:
    hidden = Shadowed(entry_id="F1", title="T", name="T", by=reached("F2"), was_first=was_first)
    assert compare([], [], [], shadowed=[hidden]).verdict == verdict


def test_long_lists_are_cut_and_counted_those_of_most_citizens_first() -> None:
    questions = [ReplayQuestion(question=f"q{number:03}", citizens=number) for number in range(70)]
    report = compare(questions, [result("answered", reached("F1"))] * 70, [result("answered", reached("F2"))] * 70)
    assert (len(report.other_entry), report.totals["other_entry"]) == (50, 70)
    assert report.other_entry[0].citizens == 69
