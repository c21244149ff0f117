"""Two revisions side by side."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.entry import Chapter, Entry, TextBlock
from knowledge_base.editing.diff import Difference, differences, words


def entry(*body: Any, **fields: Any) -> Entry:
    return Entry(id="a", collection="essai", body=body, **({"title": "Titre"} | fields))


def chapter(heading: str, text: str) -> Chapter:
    return Chapter(heading=heading, body=(TextBlock(markdown=text),))


def marked(found: Difference) -> tuple[tuple[str, ...], str, list[str], list[str]]:
    return (
        found.path,
        found.kind,
        [piece.text for piece in found.old if piece.mark],
        [piece.text for piece in found.new if piece.mark],
    )


def test_words_are_marked_in_the_part_that_changed() -> None:
    old = entry(chapter("Coût", "Le timbre coûte 25 €."), chapter("Délai", "Deux semaines."), description="Avant.")
    new = entry(chapter("Coût", "Le timbre coûte 30 €."), chapter("Délai", "Deux semaines."), description="Après.")
    assert list(map(marked, differences(old, new))) == [
        (("description",), "changed", ["Avant"], ["Après"]),
        (("body", "Coût"), "changed", ["25"], ["30"]),
    ]


def test_added_removed_and_moved_parts() -> None:
    texts = {"A": "Le timbre coûte 25 €.", "B": "Deux semaines.", "C": "En mairie, sur rendez-vous.", "D": "Photo d'identité"}
    a, b, c, d = (chapter(name, text) for name, text in texts.items())
    found = differences(entry(a, b, c), entry(c, a, d))
    assert {(one.path[-1], one.kind) for one in found} == {("C", "moved"), ("B", "removed"), ("D", "added")}


def test_lists_and_links() -> None:
    old = entry(wordings=("un", "deux"), urls={"": "https://a.fr"})
    new = entry(wordings=("deux", "trois"), urls={"": "https://b.fr"})
    assert [(one.path, one.kind) for one in differences(old, new)] == [
        (("wordings",), "removed"),
        (("wordings",), "added"),
        (("urls",), "changed"),
    ]


def test_what_people_ask_of_a_part_is_a_difference_of_that_part() -> None:
    old, new = chapter("Coût", "25 €."), chapter("Coût", "25 €.").model_copy(update={"wordings": ("c'est payant",)})
    (found,) = differences(entry(old), entry(new))
    assert marked(found) == (("body", "Coût"), "added", [], ["c'est payant"])


def test_equal_revisions_have_no_difference() -> None:
    assert differences(entry(chapter("A", "a")), entry(chapter("A", "a")).model_copy(update={"version": 2})) == ()


@given(st.text("ab .", max_size=30), st.text("ab .", max_size=30))
def test_both_texts_are_whole(old: str, new: str) -> None:
    before, after = words(old, new)
    assert ("".join(piece.text for piece in before), "".join(piece.text for piece in after)) == (old, new)
