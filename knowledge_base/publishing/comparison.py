"""Compares results before and after, question by question. Pure functions."""

from collections.abc import Collection, Sequence

from knowledge_base.publishing.contracts import Change, ChangedQuestion, ReplayQuestion, ReplayResult, Report, Shadowed, Verdict

OFFERED = 4  # entries that a citizen is offered when the decision is ``choices``
SHOWN = 50  # items of each list in a report


def quality(question: ReplayQuestion, result: ReplayResult) -> int:
    """Returns how good ``result`` is for a golden question, from 0 to 4.

    4: the right part of a right entry is the answer; 3: another part of it; 2: a right entry is offered; 1: it was found, but
    the decision withheld it or another came first; 0: it was not found. If no answer is right: 4 for no answer, 2 for an offer,
    0 for an answer.
    """
    if not question.gold:
        return {"no_answer": 4, "choices": 2, "answered": 0}[result.decision]
    gold = set(question.gold)
    rank = next((place for place, one in enumerate(result.found) if gold & {one.entry_id, *one.local}), None)
    if rank is None:
        return 0
    if result.decision == "answered" and rank == 0:
        return 4 if _shows(question, result.found[0].part) else 3
    return 2 if result.decision == "choices" and rank < OFFERED else 1


def compare(
    questions: Sequence[ReplayQuestion],
    before: Sequence[ReplayResult],
    after: Sequence[ReplayResult],
    *,
    changes: Sequence[Change] = (),
    shadowed: Sequence[Shadowed] = (),
    left_out: int = 0,
) -> Report:
    """Returns the report. ``before`` and ``after`` are in the order of ``questions``."""
    lists: dict[str, list[ChangedQuestion]] = {"better": [], "worse": [], "other_entry": [], "other_outcome": []}
    changed = {change.entry_id for change in changes}
    right_before = right_after = retold = 0
    for asked, old, new in zip(questions, before, after, strict=True):
        first_old = old.first.entry_id if old.first else ""
        first_new = new.first.entry_id if new.first else ""
        changed_question = ChangedQuestion(
            question=asked.question,
            golden=asked.golden,
            citizens=asked.citizens,
            before=old.first,
            after=new.first,
            decision_before=old.decision,
            decision_after=new.decision,
        )
        if asked.golden:
            worth_old, worth_new = quality(asked, old), quality(asked, new)
            right_before += worth_old >= 3
            right_after += worth_new >= 3
            if worth_old != worth_new:
                lists["better" if worth_new > worth_old else "worse"].append(changed_question)
        elif old.decision != new.decision:
            lists["other_outcome"].append(changed_question)
        if first_old != first_new and _seen(old, new):
            lists["other_entry"].append(changed_question)
        retold += first_new in changed and new.decision != "no_answer"
    golden = sum(bool(asked.golden) for asked in questions)
    return Report(
        verdict=_verdict(lists, shadowed),
        changes=tuple(changes),
        golden=golden,
        golden_right_before=right_before,
        golden_right_after=right_after,
        real=len(questions) - golden,
        real_left_out=left_out,
        retold=retold,
        **{name: _most(found) for name, found in lists.items()},
        shadowed=tuple(shadowed[:SHOWN]),
        totals={**{name: len(found) for name, found in lists.items()}, "shadowed": len(shadowed)},
    )


def _shows(question: ReplayQuestion, part: Collection[str]) -> bool:
    return all(label in part for label in (question.heading, question.situation) if label)


def _seen(old: ReplayResult, new: ReplayResult) -> bool:
    """Decides whether a citizen would notice the change. The order of entries that are not shown does not count."""
    return "no_answer" not in (old.decision, new.decision) or old.decision != new.decision


def _verdict(lists: dict[str, list[ChangedQuestion]], shadowed: Sequence[Shadowed]) -> Verdict:
    if lists["worse"] or any(one.was_first for one in shadowed):
        return "worse"
    return "changes" if shadowed or any(lists.values()) else "clear"


def _most(found: Sequence[ChangedQuestion]) -> tuple[ChangedQuestion, ...]:
    return tuple(sorted(found, key=lambda one: (not one.golden, -one.citizens, one.question))[:SHOWN])
