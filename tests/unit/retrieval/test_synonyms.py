"""Lists of synonyms: what matches, and what a wrong file says."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.query.synonym_lists import SynonymLists
from retrieval.query.synonyms import Group, Synonyms, SynonymsUnusable, built_in, dump_groups, read_groups
from retrieval.terms.analysis import words

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


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("mon pere est mor", "mort"),
        ("jfai koi", "je fais"),
        ("jsé pa", "je sais"),
        ("il veut me mettre deor", "dehors"),
        ("on ma volé", "on m'a"),
        ("ils mon viré", "ils m'ont"),
        ("mon titr de séjour", "titre"),
    ],
)
def test_spellings_of_telephones_that_no_slip_explains_are_known(text: str, spelled: str) -> None:
    assert spelled in [phrase for match in built_in().spellings(words(text)) for phrase in match.means]


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


def test_a_list_is_written_as_it_is_read(tmp_path: Path) -> None:
    groups = [
        Group(terms=("css", "c2s: la « nouvelle » cmu"), means=("complémentaire santé solidaire",), kind="renamed", note="o'h"),
        Group(terms=("déchetterie", "- x", "yes", "12"), means=("déchèterie #1",), both_ways=True),
    ]
    file = tmp_path / "synonyms.yml"
    file.write_text(dump_groups(groups), encoding="utf-8")
    assert read_groups(file) == groups
    assert len(file.read_text(encoding="utf-8").splitlines()) == len(groups)


def test_lists_count_together_and_the_first_decides_what_a_word_is_replaced_by(tmp_path: Path) -> None:
    desk, file = tmp_path / "desk.yml", tmp_path / "synonyms.yml"
    desk.write_text("- {terms: [zig], means: [passeport], replaces: true}\n- {terms: [cni], means: [carte de séjour]}\n")
    file.write_text("- {terms: [zig], means: [permis], replaces: true}\n- {terms: [zag], means: [mairie]}\n")
    lists = SynonymLists(desk, file)
    assert [match.means[0] for match in lists.current.spellings(["zig"])] == ["passeport"]
    assert lists.current.matches(["zag"])
    (known,) = lists.current.matches(["cni"])
    assert "carte de séjour" in known.means
    assert len(known.means) > 1  # what the built-in list says of it as well


def test_a_wrong_file_does_not_take_the_other_ones_away(tmp_path: Path) -> None:
    desk, file = tmp_path / "desk.yml", tmp_path / "synonyms.yml"
    file.write_text("- {terms: [zag], means: [mairie]}")
    lists = SynonymLists(desk, file)
    file.write_text("- {terms: zag")
    desk.write_text("- {terms: [zig], means: [passeport]}")
    lists.refresh()
    assert lists.current.matches(["zag"])
    assert lists.current.matches(["zig"])


@pytest.mark.parametrize(
    ("text", "expected"), [("CT", True), ("Contrôle technique", True), ("ct refusé", False), ("cet", False)]
)
def test_a_group_knows_which_words_it_speaks_of(text: str, expected: bool) -> None:
    group = Group(terms=("ct",), means=("contrôle technique",), both_ways=True)
    assert group.speaks_of(text) is expected
