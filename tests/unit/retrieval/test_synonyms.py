"""Lists of synonyms: what matches, and what a wrong file says."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.lexical.analysis import words
from retrieval.lexical.synonym_lists import SynonymLists
from retrieval.lexical.synonyms import Group, Synonyms, SynonymsUnusable, built_in, read_groups

LIST = Synonyms(
    [
        Group(terms=("ct",), means=("contrôle technique",), kind="abbreviation"),
        Group(terms=("pv de ct",), means=("procès-verbal de contrôle technique",), kind="abbreviation"),
        Group(terms=("co-location",), means=("colocation",)),
        Group(terms=("tuteur",), means=("curateur",), both_ways=True),
        Group(terms=("qd",), means=("quand",), kind="sms"),
    ]
)


def meant(text: str) -> list[str]:
    return [phrase for match in LIST.matches(words(text)) for phrase in match.means]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mon CT est refusé", ["contrôle technique"]),
        ("où est le PV de CT ?", ["procès-verbal de contrôle technique"]),  # the longest wins
        ("en Co-Location", ["colocation"]),
        ("en colocation", ["colocation"]),  # hyphens are derived
        ("le curateur", ["tuteur"]),
        ("des tuteurs", ["curateur"]),  # inflected
        ("une secte", []),
    ],
)
def test_terms_bring_their_meanings(text: str, expected: list[str]) -> None:
    assert meant(text) == expected


def test_a_spelling_is_told_from_a_meaning() -> None:
    query = words("c'est qd le ct")
    assert [match.means for match in LIST.spellings(query)] == [("quand",)]
    assert [match.means for match in LIST.matches(query)] == [("contrôle technique",)]


def test_the_built_in_list_can_be_read_and_knows_the_usual_abbreviations() -> None:
    for short in ("cni", "apl", "bsr", "carte grise"):
        assert built_in().matches(words(short))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("- {terms: [a], means: [b], knd: sms}", "group 1"),
        ("- {terms: [a], means: [b]}\n- {terms: [], means: [b]}", "group 2"),
        ("- {terms: [a", "YAML"),
        ("terms: a", "Each group is"),
    ],
)
def test_a_wrong_file_says_where(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "synonyms.yml"
    file.write_text(content)
    with pytest.raises(SynonymsUnusable, match=message):
        read_groups(file)


def test_the_own_list_is_followed_and_a_wrong_one_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "synonyms.yml"
    lists = SynonymLists(file)
    assert not lists.current.matches(["zorglub"])
    file.write_text("- {terms: [zorglub], means: [passeport]}")
    lists.refresh()
    assert lists.current.matches(["zorglub"])
    assert lists.current.matches(["cni"])  # the built-in list still serves
    file.write_text("- {terms: zorglub}")
    lists.refresh()
    assert lists.current.matches(["zorglub"])
    file.unlink()
    lists.refresh()
    assert not lists.current.matches(["zorglub"])
