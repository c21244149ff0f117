"""The boundary tables are the specification of what an SMS costs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.sms.encoding import EXTENSION, GSM7_CHARACTERS, Encoding, encoding_of, is_gsm7, measure, prepare, segments, split

MIXED = st.text(alphabet=st.sampled_from([*"ab e\n€[~é", "ê", "ç", "’", "ы", "م", "😀", "\u0301", "…"]), max_size=500)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 459, 3),
        ("a" * 460, 4),
        ("ы" * 70, 1),
        ("ы" * 71, 2),
        ("ы" * 134, 2),
        ("ы" * 135, 3),
        ("ы" * 201, 3),
        ("ы" * 202, 4),
        ("a" * 69 + "ы", 1),
        ("a" * 70 + "ы", 2),
    ],
)
def test_boundaries(text: str, expected: int) -> None:
    assert segments(text) == expected
    assert len(split(text)) == expected


@pytest.mark.parametrize("wide", sorted(EXTENSION))
@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (158, 0, [159]),  # 160 septets: one message
        (159, 0, [153, 7]),  # 161 septets: two segments
        (151, 20, [152, 20]),  # the pair ends on septet 153
        (152, 20, [152, 21]),  # the pair would straddle: septet 153 stays empty, the pair opens the second segment
        (304, 20, [153, 152, 20]),  # the same at 306: the pair ends the second segment
        (305, 20, [153, 152, 21]),  # and here it opens the third
    ],
)
def test_an_extension_character_on_the_boundary(wide: str, before: int, after: int, expected: list[int]) -> None:
    text = "a" * before + wide + "b" * after
    assert [len(part) for part in split(text)] == expected
    assert measure(text).units == before + 2 + after


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (68, 0, [69]),  # 70 code units
        (69, 0, [67, 3]),  # 71
        (65, 20, [66, 20]),  # the pair ends on unit 67
        (66, 20, [66, 21]),  # it would straddle: unit 67 stays empty
        (132, 20, [67, 66, 20]),
        (133, 20, [67, 66, 21]),
    ],
)
def test_a_surrogate_pair_on_the_boundary(before: int, after: int, expected: list[int]) -> None:
    text = "ы" * before + "😀" + "ы" * after
    assert [len(part) for part in split(text)] == expected


def test_the_alphabet_has_128_places_less_escape_and_ten_extensions() -> None:
    assert len(GSM7_CHARACTERS) == 127 + 10
    assert is_gsm7("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ{}[]~^|\\€\f")
    assert not any(is_gsm7(character) for character in "çêâîôûëïÀÈœ’«»…\u00a0–`°")


@pytest.mark.parametrize(
    ("written", "travels"),
    [
        ("L’État", "L'État"),
        ("l’été à payer", "l'été à payer"),
        ("cœur, Œuvre", "coeur, OEuvre"),
        ("«\u00a0Oui\u00a0» et « non »", '"Oui" et "non"'),
        ("“a” ‘b’", "\"a\" 'b'"),
        ("attendez…", "attendez..."),
        ("⩾ 4 m, ⩽ 12 m, ≈ 8 m", ">= 4 m, <= 12 m, ~ 8 m"),
        ("Passeport › Prix", "Passeport > Prix"),
        ("10\u00a0000\u202f€", "10 000 €"),
        ("lundi – vendredi — 9\u2011h", "lundi - vendredi - 9-h"),
        ("e\u0301te\u0301", "été"),
        ("Çà", "Çà"),
        ("un\r\ndeux\rtrois", "un\ndeux\ntrois"),
        ("zéro\u200blargeur", "zérolargeur"),
    ],
)
def test_what_costs_nothing_in_meaning_becomes_gsm7(written: str, travels: str) -> None:
    assert prepare(written) == travels
    assert encoding_of(prepare(written)) is Encoding.GSM7


@pytest.mark.parametrize(
    ("written", "bare"),
    [
        ("le 1ᵉʳ août, ½", "le 1er aout, 1/2"),
        ("ê â î ô û ë ï ç À È Ê Ô", "e a i o u e i c A E E O"),
        ("Łukasz Đoković", "Lukasz Dokovic"),
    ],
)
def test_accents_are_dropped_only_where_this_saves_a_segment(written: str, bare: str) -> None:
    room = 70 - len(written)  # of the one segment that UCS-2 has
    assert prepare(written + "." * room) == written + "." * room
    assert prepare(written + "." * (room + 1)) == bare + "." * (room + 1)
    assert segments(prepare(written + "é" * (room + 1))) == 1  # what the alphabet has stays
    long = written + "." * (160 - len(bare) - 1)
    assert encoding_of(prepare(long)) is Encoding.GSM7


@pytest.mark.parametrize("written", ["être reçu", "À l’hôtel", "naïf"])
def test_accents_can_be_kept_at_their_price(written: str) -> None:
    assert prepare(written, keep_accents=True) == written
    assert encoding_of(written) is Encoding.UCS2


def test_keeping_accents_changes_nothing_where_gsm7_has_them() -> None:
    assert prepare("l’été…", keep_accents=True) == "l'été..."


@pytest.mark.parametrize(
    "written",
    ["Потрібна довідка – п’ять днів", "أحتاج إلى شهادة، «من فضلك»", "d’accord 😀 être", "日本語…", "Ελλάδα œuvre"],
)
def test_another_script_travels_as_it_was_written(written: str) -> None:
    assert prepare(written) == written
    assert encoding_of(written) is Encoding.UCS2


def _units(part: str, encoding: Encoding) -> int:
    if encoding is Encoding.UCS2:
        return len(part.encode("utf-16-le")) // 2
    return len(part) + sum(character in EXTENSION for character in part)


@given(MIXED)
def test_segments_joined_are_the_text_and_none_overflows(text: str) -> None:
    parts = split(text)
    encoding = encoding_of(text)
    room = {Encoding.GSM7: (160, 153), Encoding.UCS2: (70, 67)}[encoding][len(parts) > 1]
    assert "".join(parts) == text
    assert max(_units(part, encoding) for part in parts) <= room


@given(MIXED)
def test_nothing_becomes_a_question_mark_and_preparing_twice_is_preparing_once(text: str) -> None:
    assert "?" not in prepare(text)
    assert prepare(prepare(text)) == prepare(text)
