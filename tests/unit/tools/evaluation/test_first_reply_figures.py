"""Replies with grades and facts become judgements, and these figures, as worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.tools.evaluation.replies import CARD, answer, choices, graded, option, reply
from tools.evaluation.first_reply.figures import as_json, figures, figures_by_theme
from tools.evaluation.first_reply.judgement import Judged, judge
from tools.evaluation.first_reply.runs import compare_replies

PRICE = ("86 €", "86 euros")
RIGHT = reply(answer("F1"))
OTHER = reply(answer("F2"), choices(option("F1")))
CARDS = reply(choices(option("F2", extract=CARD), option("F1", extract=CARD)), outcome="choices")
BUTTONS = reply(choices(option("F2"), option("F1")), outcome="choices")


@pytest.mark.parametrize(
    ("given", "true", "false"),
    [
        (RIGHT, "says says_3 first_right first_useful in_two sure", "misleading off"),
        (OTHER, "in_two sure misleading off", "says says_3 first_right first_useful"),
        (CARDS, "in_two", "sure misleading off first_right first_useful says says_3"),
        (BUTTONS, "in_two", "sure misleading off first_right says"),
        (reply(answer("F1"), outcome="crisis"), "says first_right", "sure misleading"),
        (reply(answer("F3")), "first_useful sure", "misleading off in_two first_right says"),
        (reply(answer("F9")), "sure misleading off", "graded in_two"),
    ],
)
def test_judgement_by_reply_has_its_marks(given: dict[str, Any], true: str, false: str) -> None:
    judged = judge(graded(PRICE, F1=3, F2=1, F3=2), given, "web")
    assert [name for name in true.split() if not getattr(judged, name)] == []
    assert [name for name in false.split() if getattr(judged, name)] == []


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (RIGHT, ""),
        (OTHER, "misleading"),
        (CARDS, "wrong page"),
        (BUTTONS, "no content"),
        (reply(answer("F1", "Il faut une photo.")), "wrong part"),
        (reply(answer("F3")), "wrong page"),
    ],
)
def test_judgement_by_reply_tells_why(given: dict[str, Any], why: str) -> None:
    assert judge(graded(PRICE, F1=3, F2=1, F3=2), given, "web").why == why


@pytest.mark.parametrize(
    ("body", "must", "says"),
    [
        ("Il coûte **86 €**.", [PRICE], True),
        ("Il coûte 86 €.", [PRICE, ("en ligne",)], False),
        ("Il coûte 86 euros, en ligne.", [PRICE, ("En Ligne",)], True),
        (f"{'x ' * 301}86 €", [PRICE], False),  # too far down
        ("Il faut une photo.", [], True),  # nothing is known of what it must state
    ],
)
def test_judgement_by_facts_wants_one_of_each_group(body: str, must: list[tuple[str, ...]], *, says: bool) -> None:
    assert judge(graded(*must, F1=3), reply(answer("F1", body)), "web").says is says


def test_judgement_by_sms_looks_for_facts_in_the_whole_message() -> None:
    given = reply(
        answer("F1", "Il faut une photo d'identité récente."), text="Il faut une photo d'identite recente. Prix : 86 euros"
    )
    judged = judge(graded(PRICE, F1=3), given, "sms")
    assert (judged.says, judged.segments) == (True, 1)
    assert not judge(graded(PRICE, F1=3), given, "web").says


def judged_all() -> list[Judged]:
    """Four replies to a question with a page that answers, one to a question without."""
    asked = graded(PRICE, F1=3, F2=1, F3=2)
    some = [judge(asked, given, "web", "Papiers") for given in (RIGHT, OTHER, CARDS, BUTTONS)]
    return [*some, judge(graded(F2=1), BUTTONS, "web")]


def test_figures_of_five_replies_are_those_worked_out_by_hand() -> None:
    found = figures(judged_all())
    assert found == {
        **{"n": 5, "says": 0.25, "says_3": 0.25, "content": 0.6, "pressed": 0.4, "fallback": 0.0},
        **{"first_right": 0.2, "first_useful": 0.2},
        **{"right_of_3": 0.4, "in_two": 0.8, "sure": 0.4, "misleading": 0.2, "off": 0.2, "ungraded": 0.0, "sure_right": 0.5},
        **{"honest": 1.0, "chars p50": 24, "chars p90": 24},
    }


def test_figures_by_theme_leave_out_replies_of_no_theme() -> None:
    found = figures_by_theme(judged_all())
    assert {theme: values["n"] for theme, values in found.items()} == {"": 5, "Papiers": 4}


def test_figures_where_no_question_counts_are_absent_and_null_for_programs() -> None:
    found = figures([judge(graded(F1=3), BUTTONS, "web")])
    assert not {"says", "sure_right", "honest", "chars p50"} & set(found)
    printed = as_json(found, "web")
    assert (printed["says"], printed["honest"], printed["pressed"]) == (None, None, 1.0)
    assert "chars" not in printed


def test_figures_for_programs_have_lengths_and_segments_together() -> None:
    sms = [judge(graded(F1=3), reply(answer("F1", "x" * 200), text="x" * length), "sms") for length in (100, 200, 300)]
    printed = as_json(figures(sms), "sms")
    assert (printed["channel"], printed["chars"], printed["segments"]) == ("sms", [200, 200], {"1": 1, "2": 2})


def test_comparison_of_runs_pairs_questions_and_knows_noise() -> None:
    asked = graded(F1=3, F2=0)

    def run(right: int) -> list[Judged]:
        replies = [RIGHT if number < right else BUTTONS for number in range(60)]
        judged = [judge(asked, given, "web") for given in replies]
        return [one.model_copy(update={"id": str(number)}) for number, one in enumerate(judged)]

    found = {one.metric: one for one in compare_replies(run(20), run(50))}
    assert (found["first_right"].n, found["first_right"].before, found["first_right"].certain) == (60, round(20 / 60, 4), True)
    assert found["sure_right"].n == 20  # those that were sure in both
    assert not found["misleading"].certain
    assert "says" not in found
    with pytest.raises(ValueError, match="no question in common"):
        compare_replies(run(1), [])
