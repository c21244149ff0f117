"""What is read on, once an extract was read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.replies.extract import continued, extract
from actions.replies.pieces import joined, pieces_of
from tests.unit.actions.replies.worths import holding

PART = " ".join(f"La règle numéro {number} est longue." for number in range(10, 20))


def test_continued_goes_on_behind_what_was_shown() -> None:
    found = continued(PART, (0, 1), 70)
    assert found.text == "La règle numéro 12 est longue. La règle numéro 13 est longue."
    assert (found.pieces, found.rest.startswith("La règle numéro 14")) == ((0, 1, 2, 3), True)


def test_continued_shows_what_stood_before_the_extract() -> None:
    shown = extract(PART, holding("15"), 40)
    assert shown.pieces == (5,)
    found = continued(PART, shown.pieces, 1000)
    assert (found.text, found.whole) == (PART.replace(" La règle numéro 15 est longue.", ""), True)
    assert found.pieces == tuple(range(10))


def test_continued_of_what_was_all_read_is_empty() -> None:
    found = continued(PART, range(10), 100)
    assert (found.text, found.rest, found.whole) == ("", "", True)


def test_continued_shows_a_sentence_that_is_longer_than_there_is_room() -> None:
    assert continued(PART, (), 5).text == "La règle numéro 10 est longue."


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        ("Venez tôt.\n\nIl faut :\n\n- une photo récente", "Venez tôt."),
        ("Venez tôt.\n\n**Coût**\n\nLe timbre est gratuit.", "Venez tôt."),
        ("Il faut :\n\n- une photo récente\n- un timbre", "Il faut :\n\n- une photo récente"),  # even where it is too long
    ],
)
def test_continued_never_ends_on_what_only_announces(part: str, shown: str) -> None:
    assert continued(part, (), 22).text == shown


def test_continued_ends_on_an_announcement_that_nothing_follows() -> None:
    assert continued("Venez tôt.\n\nCela dépend de votre âge :", (), 100).text.endswith("Cela dépend de votre âge :")


@given(
    st.lists(st.sampled_from([PART, "Venez.", "Il faut :", "- un\n- deux", "**Coût**"]), min_size=1, max_size=5),
    st.integers(10, 300),
)
def test_continued_again_and_again_comes_to_the_end(parts: list[str], max_chars: int) -> None:
    part = "\n\n".join(parts)
    read, said = extract(part, holding("13"), max_chars).pieces, []
    for _ in pieces_of(part):
        found = continued(part, read, max_chars)
        said += [at for at in found.pieces if at not in read]
        read = found.pieces
        if found.whole:
            break
    assert read == tuple(range(len(pieces_of(part))))
    assert len(said) == len(set(said))
    assert found.rest == "" == joined([])


def test_rest_of_a_table_has_its_header_again() -> None:
    head, rows = "| Âge | Prix |\n| --- | --- |", [f"| {age} ans | {age} € |" for age in range(10, 40)]
    table = "\n".join([head, *rows])
    first = extract(table, holding("10"), 80)
    following = continued(table, first.pieces, 200)
    assert [text[: len(head)] for text in (first.rest, following.text, following.rest)] == [head] * 3
