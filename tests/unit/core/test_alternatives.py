"""One expression for many names matches what the names themselves match, the longest first."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from core.text.alternatives import first_of, longest_of

_NAME = st.text(alphabet="ab -.", min_size=1, max_size=5)


@given(st.lists(_NAME, min_size=1, max_size=12), st.text(alphabet="ab -.", max_size=40))
def test_longest_of_names_matches_as_the_names_longest_first_do(names: list[str], text: str) -> None:
    plain = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    for form in ("({})", r"(?<!\w)({})(?!\w)", "({})(?! )"):
        assert re.findall(form.format(longest_of(names)), text) == re.findall(form.format(plain), text)


def test_longest_of_one_name_and_its_beginning() -> None:
    assert re.findall(longest_of(["val", "val d'oise", "var"]), "val d'oise, val, var, va") == ["val d'oise", "val", "var"]


_PATTERN = st.recursive(
    st.sampled_from(["a", "b", "ab", "a?", "ba?", "[ab]", "a+b", r"\b", "b$", r"\.", "[)|]a"]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda some: f"(?:{'|'.join(some)})"),
        inner.map(lambda one: f"(?:{one})?"),
    ),
    max_leaves=6,
)


@given(st.lists(_PATTERN, min_size=1, max_size=6), st.text(alphabet="ab .|)", max_size=20))
def test_first_of_patterns_matches_as_the_patterns_one_after_the_other_do(patterns: list[str], text: str) -> None:
    plain = "|".join(patterns)
    for form in ("(?:{})", r"(?<!\w)(?:{})(?!\w)"):
        spans = [[found.span() for found in re.finditer(form.format(one), text)] for one in (first_of(patterns), plain)]
        assert spans[0] == spans[1]
