"""The copy that is searched, and the way back from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.privacy.folded import folded


@pytest.mark.parametrize(
    ("text", "copy"),
    [
        ("où est-ce, 20 € ?", "où est-ce, 20 € ?"),
        ("０６ ٠٧ ०८ 𝟎𝟗", "06 07 08 09"),
        ("a\u00a0b\u202fc\td", "a b c d"),
        ("a  b \t c", "a b c"),
        ("a \r\n\r\n b", "a\nb"),
        ("1\u20112\u20133\u22124", "1-2-3-4"),
        ("ＦＲ７６ ｊｅａｎ＠ｂ．ｆｒ", "FR76 jean@b.fr"),
        ("e\u0301te\u0301 1\ufe0f\u20e3", "ete 1"),
        ("⑽ ½ ﷺ", "(10) 1⁄2 ﷺ"),
        ("06•12 •••", "06·12 •••"),
        ("", ""),
    ],
)
def test_folded_text_has_plain_signs(text: str, copy: str) -> None:
    assert folded(text).text == copy


@pytest.mark.parametrize(
    ("text", "part", "original"),
    [
        ("été  06\t\t12!", "06 12", "06\t\t12"),
        ("⒈０６", "06", "０６"),
        ("a⑽b", "10", "⑽"),
        ("1\ufe0f\u20e32\ufe0f\u20e3 !", "12", "1\ufe0f\u20e32\ufe0f\u20e3"),
        ("  06", "06", "06"),
        ("e\u0301\u03060\u0301", "0", "0\u0301"),
    ],
)
def test_original_of_a_part_has_all_that_stands_for_it(text: str, part: str, original: str) -> None:
    copy = folded(text)
    start = copy.text.index(part)
    at, to = copy.original(start, start + len(part))
    assert text[at:to] == original


@given(st.text(alphabet="a1 \n\t\u0301２⑽\u2011é\ufe0f", max_size=40))
def test_original_of_each_character_folds_to_it(text: str) -> None:
    copy = folded(text)
    places = [copy.original(at, at + 1) for at in range(len(copy.text))]
    assert places == sorted(places)
    for character, (start, end) in zip(copy.text, places, strict=True):
        assert 0 <= start < end <= len(text)
        assert character in folded(text[start:end]).text
