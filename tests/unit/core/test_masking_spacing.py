"""A number is masked in whatever way it is written: lines, spaces, punctuation, digits of other scripts. Other figures stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.privacy.masking import MASK, find, mask

_NUMBERS = {
    "nir": ("1", "85", "05", "78", "006", "084", "91"),
    "nir of Corsica": ("1", "85", "05", "2A", "006", "084", "35"),
    "iban": ("FR76", "3000", "6000", "0112", "3456", "7890", "189"),
    "iban with letters": ("NL91", "ABNA", "0417", "1643", "00"),
    "card": ("4111", "1111", "1111", "1111"),
    "phone": ("06", "12", "34", "56", "78"),
    "phone abroad": ("+32", "475", "12", "34", "56"),
    "tax": ("30", "23", "217", "600", "053"),
}
_SEPARATORS = {
    "nothing": "",
    "doubled spaces": "  ",
    "tab": "\t",
    "line": "\n",
    "line of Windows": "\r\n",
    "empty line": "\n\n",
    "comma": ",",
    "comma and space": ", ",
    "semicolon": "; ",
    "point": ".",
    "slash": "/",
    "colon": ":",
    "bar": " | ",
    "underscore": "_",
    "bullet": "•",
    "hyphen with spaces": " - ",
    "U+2011": "\u2011",
    "U+2013": "\u2013",
    "U+2212": "\u2212",
    "no-break space": "\u00a0",
    "narrow no-break space": "\u202f",
    "ideographic space": "\u3000",
    "line separator": "\u2028",
}
_FULLWIDTH = {ord(sign): chr(ord(sign) + 0xFEE0) for sign in "+0123456789ABDEFGILNRT"}
_ARABIC = {ord("0") + digit: chr(0x660 + digit) for digit in range(10)}


@pytest.mark.parametrize("separator", _SEPARATORS.values(), ids=_SEPARATORS)
@pytest.mark.parametrize(("kind", "groups"), _NUMBERS.items(), ids=_NUMBERS)
def test_mask_number_with_any_separator_is_masked(kind: str, groups: tuple[str, ...], separator: str) -> None:
    masked = mask(f"voilà : {separator.join(groups)}, merci")
    assert (masked.text, masked.kinds) == (f"voilà : {MASK}, merci", (kind.split(maxsplit=1)[0],))


@pytest.mark.parametrize(("kind", "groups"), _NUMBERS.items(), ids=_NUMBERS)
def test_mask_number_over_two_lines_is_masked_wherever_the_line_ends(kind: str, groups: tuple[str, ...]) -> None:
    for at in range(1, len(groups)):
        masked = mask(f"mon numéro est {' '.join(groups[:at])}\n{' '.join(groups[at:])}")
        assert (masked.text, masked.kinds) == (f"mon numéro est {MASK}", (kind.split(maxsplit=1)[0],)), at


@pytest.mark.parametrize("digits", [_FULLWIDTH, _ARABIC], ids=["fullwidth", "arabic"])
@pytest.mark.parametrize(("kind", "groups"), _NUMBERS.items(), ids=_NUMBERS)
def test_mask_number_in_other_digits_is_masked(kind: str, groups: tuple[str, ...], digits: dict[int, str]) -> None:
    masked = mask(f"é  {' '.join(groups).translate(digits)} !")
    assert (masked.text, masked.kinds) == (f"é  {MASK} !", (kind.split(maxsplit=1)[0],))


def test_mask_number_in_keycaps_is_masked_with_their_marks() -> None:
    keycaps = "".join(f"{digit}\ufe0f\u20e3" for digit in "0612345678")
    assert mask(f"☎️ {keycaps}!").text == f"☎️ {MASK}!"


@pytest.mark.parametrize("separator", [" ", "", "  ", ".", "-", "\u2011", "\t", "\n", ", "])
@pytest.mark.parametrize("between", [" ", "  ", "\n", ", ", " / ", "\t", "\u2011"])
def test_mask_two_telephone_numbers_in_a_row_are_two(separator: str, between: str) -> None:
    one, two = (separator.join(number.split()) for number in ("06 12 34 56 78", "07 98 76 54 32"))
    masked = mask(f"au {one}{between}{two}")
    assert (masked.text, masked.kinds) == (f"au {MASK}{between}{MASK}", ("phone",))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("de 06 12 34 56 22 06 98 76 54 32", 2),  # its check digits would be right for a German IBAN's
        ("0612345678 0798765432", 2),
        ("06123456780798765432", 2),
        ("06 12 34 56 78 06 98 76 54 32 06 11 22 33 44", 3),
        ("+33 6 12 34 56 78 07 98 76 54 32", 2),
        ("+33 7 50 97 76 87 06 20 38 32 76", 2),  # as a NIR, its key would be right
        ("+49 151 23456789 06 12 34 56 78", 2),
        ("0032 475 12 34 56 06 12 34 56 78", 2),
        ("06 12 34 56 78\n+32 475 12 34 56", 2),
    ],
)
def test_find_telephone_numbers_in_a_row_takes_them_for_nothing_else(text: str, count: int) -> None:
    assert [span.kind for span in find(text)] == ["phone"] * count


@pytest.mark.parametrize(
    "text",
    [
        "SIRET 732 829 320 00074\n2021, 2022",
        "cerfa n° 12345*06, 12100*02\n14011*03",
        "les départements 02, 08, 10, 51, 52",
        "2, 3, 4 ou 5 enfants",
        "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10",
        "0 1 2 3 4 5 6 7 8 9",
        "09:00 10:30 12:00 14:30 16:00 17:30",
        "01/01/2020-31/12/2020",
        "2021\t6845\t8279\t5341\n2022 ; 6267",
        "2021\t7290\t9119\n2022\t2282\t598\n2023 ; 9363",
        "SIRET 698 002 524 00040, a changé d'adresse",
        "279,22 / 727,00 / 81,36 / 708,89",
        "n° de TVA FR 33 349 576 561, FR 33349576561, FR 00 313 739 609",
        "code Insee 75056, 69123, 13055",
        "année;montant\n2021;1250\n2022;1310",
        "+12 345 678 €, +1 250 000 habitants",
        "sauf erreur, 12 345 678 901 234 € d'impôts",
        "le 3939,\nle 115",
        "le 01 02 2024 10 h, le 02 03 2025 12 h",
        "une voiture et deux enfants, de 10 et 16 ans",
        "une voiture du 20 au 25, ma moto depuis 12 mai 25",
    ],
)
def test_mask_ordinary_figures_stay(text: str) -> None:
    assert mask(text).text == text


@pytest.mark.parametrize(
    "number", ["09 0042 09 50", "09 00 4209 50", "09-73-12-4032", "09 00\u200b42 09 50", "09.73.12.40\u00ad32"]
)
def test_mask_phone_with_two_pairs_in_one_group_is_masked(number: str) -> None:
    assert mask(f"rappelez au {number} le soir").text == f"rappelez au {MASK} le soir"


def test_mask_nir_without_key_and_without_words_is_masked() -> None:
    assert mask("mon numéro est 1850578006084 merci").text == f"mon numéro est {MASK} merci"
    assert mask("2991399006084").text == "2991399006084"  # nobody is born in a thirteenth month


def test_mask_text_around_a_number_stays_as_it_was_written() -> None:
    around = "é\u0301  ½ \u2011\tﬁn\u00a0: {}\r\n\r\n…  ﷺ"
    assert mask(around.format("０６\t12\u2028 34\u201156  78")).text == around.format(MASK)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("née le\n12/03/1985", f"née le\n{MASK}"),
        ("n° de dossier :\n12345678", f"n° de dossier :\n{MASK}"),
        ("ma plaque AB\u2011123\u2011CD", f"ma plaque {MASK}"),
        ("ma voiture 123 abc 75", f"ma voiture {MASK}"),
        ("12\u00a0 rue\tdes  Lilas", MASK),
        ("jean.dupont＠exemple．fr", MASK),
    ],
)
def test_mask_other_kinds_with_other_spacing_are_masked(text: str, masked: str) -> None:
    assert mask(text).text == masked


@given(st.text(alphabet="0612345678 \n\t,.-+/:•FRé２\u0301\u2011⑽", max_size=60))
def test_mask_again_of_any_figures_changes_nothing_more(text: str) -> None:
    once = mask(text).text
    assert mask(once).text == once


@given(st.text(max_size=60))
def test_find_spans_are_in_the_text_and_in_order(text: str) -> None:
    ends = [0]
    for span in find(text + " 06 12\n34 56 78 " + text):
        assert ends[-1] <= span.start < span.end
        ends.append(span.end)
