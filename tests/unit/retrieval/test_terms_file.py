"""Terms of entries: taken over from one snapshot to the next, they are what a fresh analysis gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.entry import Chapter, TextBlock
from retrieval.index.passage_terms import PassageTerms, passage_terms
from retrieval.index.ragged import Ragged
from retrieval.index.terms_file import Terms
from retrieval.terms.analysis import terms
from retrieval.terms.fields import field_texts
from tests.unit.retrieval.samples import BINS, ENTRIES, IDENTITY, PARENTAL, PASSPORT


def test_what_an_entry_speaks_of_is_told_without_reading_it() -> None:
    worded = Chapter(heading="Délai", wordings=("combien de semaines",), body=(TextBlock(markdown="Un mois."),))
    entries = [BINS, IDENTITY, PARENTAL.model_copy(update={"body": (worded, *PARENTAL.body)}), PASSPORT]
    found = Terms.of(entries)
    wanted = {*found.vocabulary, "bateau"}  # of all of them, what people ask for included; and of none
    for place, entry in enumerate(entries):
        spoken = {term for one in passage_terms(entry) for term in one.spoken}
        assert spoken
        assert found.spoken(place, wanted) == spoken
        assert found.spoken(place, {"bateau", *sorted(spoken)[:2]}) == set(sorted(spoken)[:2])
        assert found.spoken(place, set()) == set()


Groups = st.lists(st.lists(st.integers(0, 9), max_size=4), min_size=1, max_size=6)


@given(Groups, Groups, st.data())
def test_groups_are_taken_in_any_order(first: list[list[int]], second: list[list[int]], data: st.DataObject) -> None:
    together = Ragged.of(first, np.int64).and_then(Ragged.of(second, np.int64))
    both = [*first, *second]
    order = data.draw(st.lists(st.integers(0, len(both) - 1), max_size=8))
    taken = together.take(np.asarray(order, np.int64))
    assert [group.tolist() for group in (taken[number] for number in range(len(taken)))] == [both[number] for number in order]
    assert together.owners().tolist() == [number for number, group in enumerate(both) for _ in group]


def assert_same(found: Terms, expected: Terms) -> None:
    assert found.vocabulary == expected.vocabulary
    for ours, theirs in ((found.parts, expected.parts), (found.entries, expected.entries)):
        assert np.array_equal(ours.values, theirs.values)
        assert np.array_equal(ours.bounds, theirs.bounds)


def test_what_did_not_change_is_taken_over_and_what_is_gone_leaves_no_word() -> None:
    before = Terms.of([BINS, IDENTITY, PARENTAL])
    changed = PARENTAL.model_copy(update={"title": "Congé de présence parentale"})
    more = Terms.of([changed, PASSPORT])
    assert_same(before.merged(more, np.asarray([1, 3, 4], np.int64)), Terms.of([IDENTITY, changed, PASSPORT]))
    assert terms("encombrants")[0] not in before.merged(more, np.asarray([1, 3, 4], np.int64)).vocabulary
    assert_same(before.merged(Terms.of([]), np.asarray([0, 1, 2], np.int64)), before)


def test_the_file_gives_back_fields_and_passages(tmp_path: Path) -> None:
    Terms.of(ENTRIES).save(tmp_path)
    read = Terms.load(tmp_path)
    assert_same(read, Terms.of(ENTRIES))
    title = [read.vocabulary[number] for number in read.field("title")[1]]
    assert title == terms(PASSPORT.title) == read.of_field("title", 1)
    assert read.of_field("summary", 0) == terms(field_texts(ENTRIES[0])["summary"])
    every = set(read.vocabulary)
    assert [read.passages(place, every) for place in range(len(ENTRIES))] == [passage_terms(entry) for entry in ENTRIES]
    few = set(terms(ENTRIES[0].title))
    assert read.passages(0, {"bateau", *few}) == tuple(
        PassageTerms(one.order, one.heading & few, one.case & few, one.text & few, one.wordings & few)
        for one in passage_terms(ENTRIES[0])
    )


def test_a_file_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    Terms.of(ENTRIES).save(tmp_path)
    np.save(tmp_path / "terms.npy", np.load(tmp_path / "terms.npy")[:-1])
    with pytest.raises(ValueError, match="cut short"):
        Terms.load(tmp_path)
