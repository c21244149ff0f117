"""Texts against an implementation that shares nothing with ours: the ``gsm0338`` package's alphabet, real octets.

A segment is 140 octets: 160 septets or 70 UTF-16 units; the concatenation header of a longer message takes 6 of them
(3GPP TS 23.040). Here messages are really packed into octets, segment by segment, and the octets are counted.
"""

from __future__ import annotations

import gsm0338
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.sms.encoding import encoding_of, measure, split

_OCTETS, _HEADER = 140, 6
_ESCAPE = 0x1B

_ALPHABET = st.one_of(
    st.sampled_from("abcdefghijklmnopqrstuvwxyzéèàùç ÀÉÇñöü@£$¥Δ_ΦΓΛΩΠΨΣΘΞÆæßÅå\n\r¡¿§¤0123456789?!.,'\"-"),
    st.sampled_from("^{}\\[~]|€\f"),
    st.sampled_from("êâîôûëïœ’«»…مرحباПривіт日本😀🇫🇷\u0301\u200d"),
    st.characters(exclude_categories=["Cs"], exclude_characters="\x1b"),  # the escape is no character
)
# Long runs of one kind reach the boundaries, which a mixture of all hardly ever does in the GSM alphabet.
_TEXTS = st.one_of(
    st.text(_ALPHABET, max_size=200),
    st.tuples(st.integers(60, 480), st.sampled_from("aé€ы😀"), st.text(st.sampled_from("b€[ё😀"), max_size=12)).map(
        lambda parts: parts[1] * parts[0] + parts[2]
    ),
    st.tuples(st.integers(140, 320), st.text(st.sampled_from("€a~"), min_size=1, max_size=20)).map(
        lambda parts: "x" * parts[0] + parts[1]
    ),
)


def _septets(text: str) -> bytes | None:
    """One septet a byte, escapes apart; ``None`` for what the alphabet lacks."""
    try:
        encoded: bytes = gsm0338.Codec().encode(text)[0]
    except UnicodeEncodeError:
        return None
    return encoded


def _octets(septets: int, header: int) -> int:
    """The octets of a segment's user data: the header is filled up to a whole septet."""
    bits = -(-header * 8 // 7) * 7 + septets * 7
    return -(-bits // 8)


def _pack_septets(data: bytes) -> list[int]:
    """Septets of each segment, as the octets allow."""
    if _octets(len(data), 0) <= _OCTETS:
        return [len(data)]
    sizes, size, at = [], 0, 0
    while at < len(data):
        step = 2 if data[at] == _ESCAPE else 1
        if _octets(size + step, _HEADER) > _OCTETS:
            sizes.append(size)
            size = 0
        size, at = size + step, at + step
    return [*sizes, size]


def _pack_units(text: str) -> list[int]:
    """UTF-16 units of each segment."""
    data = text.encode("utf-16-be")
    if len(data) <= _OCTETS:
        return [len(data) // 2]
    sizes, at = [], 0
    while at < len(data):
        end = min(at + _OCTETS - _HEADER, len(data))
        if end < len(data) and 0xDC <= data[end] <= 0xDF:  # the second half of a pair would open the next segment
            end -= 2
        sizes.append((end - at) // 2)
        at = end
    return sizes


@pytest.mark.parametrize("examples", [1_500, pytest.param(10_000, marks=pytest.mark.long)])
def test_agreement(examples: int) -> None:
    settings(max_examples=examples)(given(_TEXTS)(_agrees))()


def _agrees(text: str) -> None:
    septets = _septets(text)
    sizes = _pack_units(text) if septets is None else _pack_septets(septets)
    found = measure(text)
    assert (found.encoding == "UCS-2") is (septets is None)
    assert (found.segments, found.units) == (len(sizes), sum(sizes))
    encoded = [len(part.encode("utf-16-be")) // 2 if septets is None else len(_septets(part) or b"") for part in split(text)]
    assert encoded == sizes
    assert encoding_of(text) is found.encoding
