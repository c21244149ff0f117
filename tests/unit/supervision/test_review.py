"""The sample's strata and the reviewers' agreement."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from core.turns import Outcome
from supervision.review.agreement import agreement
from supervision.review.sampling import Candidate, stratified

VERDICTS = ("right", "wrong_entry", "incomplete", "outdated")


def many(number: int, channel: str = "web", outcome: str = Outcome.ANSWERED, language: str = "fr") -> list[Candidate]:
    return [Candidate(f"{channel}{outcome}{language}{n:04d}", channel, outcome, 0.9, language) for n in range(number)]


def test_sample_has_every_stratum_and_most_of_frequent_ones() -> None:
    candidates = many(900) + many(100, "sms") + many(9, "sms", Outcome.NO_ANSWER) + many(1, language="ar")
    drawn = stratified(candidates, 20, "2026-11-24")
    counts = Counter(one.stratum for one in drawn)
    assert len(drawn) == 20
    assert len(counts) == 4
    assert counts.most_common(1)[0] == ("web answered high fr", 14)


def test_sample_depends_on_the_day_only() -> None:
    candidates = many(500)
    assert stratified(candidates, 20, "a") == stratified(candidates[::-1], 20, "a")
    assert stratified(candidates, 20, "a") != stratified(candidates, 20, "b")


@given(st.lists(st.tuples(st.sampled_from(["web", "sms"]), st.floats(0, 1) | st.none()), max_size=40), st.integers(0, 50))
def test_sample_has_no_duplicates_and_at_most_all_replies(kinds: list[tuple[str, float | None]], size: int) -> None:
    candidates = [
        Candidate(str(n), channel, Outcome.ANSWERED, confidence, "fr") for n, (channel, confidence) in enumerate(kinds)
    ]
    drawn = stratified(candidates, size, "x")
    assert len(drawn) == len(set(drawn)) == min(size, len(candidates))


@given(st.lists(st.tuples(st.sampled_from(VERDICTS), st.sampled_from(VERDICTS)), min_size=2, max_size=40))
def test_kappa_equals_that_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    found = agreement(pairs)
    if found.kappa is None:
        assert len({verdict for pair in pairs for verdict in pair}) == 1
    else:
        expected = cohen_kappa_score([one for one, _ in pairs], [other for _, other in pairs])
        assert found.kappa == pytest.approx(expected)


def test_agreement_without_pairs_is_unknown() -> None:
    assert agreement([]).kappa is None
