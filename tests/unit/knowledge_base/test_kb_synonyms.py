"""A group of synonyms as the desk reads it: cleaned, its faults named, what is worth knowing told."""

from __future__ import annotations

import pytest

from knowledge_base.desk.synonyms.form import GroupForm, form_of
from knowledge_base.synonyms.checking import faults, remarks
from retrieval.query.synonyms import Group, built_in

GOOD = Group(terms=("déchetterie",), means=("collecte des déchets",))


def test_a_form_gives_each_wording_once_and_in_one_line() -> None:
    form = form_of(
        {"terms": " CSS,css \r\n\ncarte  1,5 tonne;\x00C2S\u200b ", "means": "complémentaire santé solidaire", "seen": "3"}
    )
    assert form.group().terms == ("CSS", "css", "carte 1,5 tonne", "C2S")
    assert (form.group().means, form.seen) == (("complémentaire santé solidaire",), 3)


def test_a_group_goes_through_the_form_unchanged() -> None:
    group = Group(terms=("a b", "c"), means=("d",), kind="renamed", both_ways=True, note="vu en mairie")
    assert GroupForm.of(group, 2).group() == group


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"terms": ()}, [("terms", "missing", "")]),
        ({"means": ()}, [("means", "missing", "")]),
        ({"terms": ("?!",)}, [("terms", "no_word", "?!")]),
        ({"terms": ("pour notre", "avec")}, [("terms", "too_common", "avec")]),
        ({"terms": ("x" * 121,)}, [("terms", "too_long", "x" * 121)]),
        ({"means": tuple(f"mot {n}" for n in range(11))}, [("means", "too_many", "")]),
        ({"means": ("Déchetteries",)}, [("means", "same", "déchetterie")]),
        ({"terms": ("06 12 34 56 78",)}, [("terms", "personal", "06 12 34 56 78")]),
        ({"both_ways": True, "kind": "sms"}, [("both_ways", "both_and_replaces", "")]),
        ({"both_ways": True, "replaces": True}, [("both_ways", "both_and_replaces", "")]),
        ({"note": "n" * 301}, [("note", "note_too_long", "")]),
        ({"note": "demander à jean.petit@mairie.fr"}, [("note", "personal", "")]),
    ],
)
def test_what_stops_a_group_is_named_by_field(changes: dict[str, object], expected: list[tuple[str, str, str]]) -> None:
    found = faults(GOOD.model_copy(update=changes))
    assert [(one.field, one.code, one.wording) for one in found] == expected


def test_what_real_lists_hold_is_not_refused() -> None:
    wrong = [(group.terms, fault.code) for group in built_in().groups for fault in faults(group)]
    assert wrong == [(("coloc", "colocs", "co-location"), "same"), (("bagnole", "bagnoles", "voiture", "voitures"), "same")]


def test_words_that_other_lists_have_are_pointed_out() -> None:
    group = Group(terms=("CNI", "zorglub", "ct"), means=("passeport",))
    file = [Group(terms=("zorglub",), means=("autre chose",))]
    told = [(one.code, one.wording) for one in remarks(group, built_in().groups, file)]
    assert ("known", "CNI") in told
    assert ("in_file", "zorglub") in told
    assert ("short", "ct") in told
    assert ("short", "zorglub") not in told


def test_a_word_that_is_replaced_before_it_is_read_is_told_from_one_that_is_added_to() -> None:
    (first,) = [one for one in remarks(Group(terms=("rdv",), means=("audience",)), built_in().groups, []) if one.group]
    assert first.code == "known_replaced"
    (second,) = [
        one for one in remarks(Group(terms=("rdv",), means=("audience",), kind="sms"), built_in().groups, []) if one.group
    ]
    assert second.code == "known"
