"""The figures of first replies: shares of questions, lengths, and segments of SMS; of all, and by theme."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.turns import Outcome
from tools.evaluation.first_reply.files import ANSWERS
from tools.evaluation.first_reply.judgement import Judged

Figures = dict[str, float]


def _all(judged: Judged) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Share:
    """The share of those of ``among`` of which ``holds`` is true."""

    name: str
    holds: Callable[[Judged], bool]
    among: Callable[[Judged], bool] = _all


SHARES = (
    Share("says", lambda one: one.says, lambda one: one.has_facts),
    Share("says_3", lambda one: one.says_3, lambda one: one.has_facts),
    Share("content", lambda one: bool(one.contents)),
    Share("pressed", lambda one: not one.contents),
    Share("fallback", lambda one: one.outcome == Outcome.FALLBACK),
    Share("first_right", lambda one: one.first_right),
    Share("first_useful", lambda one: one.first_useful),
    Share("right_of_3", lambda one: ANSWERS in one.grades),
    Share("in_two", lambda one: one.in_two),
    Share("sure", lambda one: one.sure),
    Share("misleading", lambda one: one.misleading),
    Share("off", lambda one: one.off),
    Share("ungraded", lambda one: not one.graded),
    Share("sure_right", lambda one: one.first_right, lambda one: one.sure),
    Share("honest", lambda one: not one.sure, lambda one: not one.answerable),
)


def figures(judged: Sequence[Judged]) -> Figures:
    """Returns ``n``, every share (0 to 1; absent if no question counts), ``chars p50`` and ``p90``, ``segments 1`` …"""
    found: Figures = {"n": len(judged)}
    for share in SHARES:
        counted = [share.holds(one) for one in judged if share.among(one)]
        if counted:
            found[share.name] = round(sum(counted) / len(counted), 3)
    lengths = sorted(one.chars for one in judged if one.contents)
    if lengths:
        found["chars p50"] = int(statistics.median(lengths))
        found["chars p90"] = lengths[int(0.9 * (len(lengths) - 1))]
    sent = Counter(one.segments for one in judged if one.segments)
    return {**found, **{f"segments {count}": sent[count] for count in sorted(sent)}}


def figures_by_theme(judged: Sequence[Judged]) -> dict[str, Figures]:
    """Returns the figures of all (under an empty name), then of each theme by its name.

    Replies without a known theme count in the first only.
    """
    themes: dict[str, list[Judged]] = {}
    for one in judged:
        if one.theme:
            themes.setdefault(one.theme, []).append(one)
    return {"": figures(judged), **{theme: figures(themes[theme]) for theme in sorted(themes)}}


def as_json(found: Figures, channel: str) -> dict[str, Any]:
    """Returns ``found`` for programs: every share (``None`` if no question counts), ``chars`` as [median, 90th percentile],
    ``segments`` as the number of SMS of each length.
    """
    shares = {share.name: found.get(share.name) for share in SHARES}
    printed: dict[str, Any] = {"n": int(found["n"]), "channel": channel, **shares}
    if "chars p50" in found:
        printed["chars"] = [int(found["chars p50"]), int(found["chars p90"])]
    segments = {name.removeprefix("segments "): int(count) for name, count in found.items() if name.startswith("segments ")}
    return {**printed, "segments": segments} if segments else printed
