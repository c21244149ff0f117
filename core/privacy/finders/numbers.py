"""Numbers that identify people and have a check digit: NIR, numéro fiscal, IBAN, payment card.

Similar numbers are kept: SIREN and SIRET, amounts, CERFA and article numbers. A number is found in any grouping; the more
unusual the grouping, the more evidence is required.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from stdnum import iban, luhn, numdb

from core.privacy.finders.groups import Window, chains, word_chains
from core.privacy.finders.phones import french_phone_at

_FEW = 4  # groups: the number may be cut anywhere, as at the end of a line

# Sex, year, month (also the fictive 20-42 and 50-99), department (2A, 2B), commune, order.
_NIR = re.compile(r"[1-478]\d\d(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d\d|2[ABab])\d{6}(?:\d\d)?")
_NIR_LIKELY = re.compile(r"[12]\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[1-8]\d|9[0-57-9]|2[ABab])\d{6}")  # the values of most people
_NIR_LENGTHS = (15, 13)  # with its key and without
_NIR_BIRTH = frozenset({1, 3, 5})  # after how many digits a group ends
_NIR_COMMUNE = _NIR_BIRTH | {7, 10}
_NIR_CUTS = _NIR_COMMUNE | {13}
_NIR_KEY = re.compile(r"\W{0,3}cl[ée]\W{0,3}\d\d(?!\w)", re.IGNORECASE)
_NIR_WORDS = re.compile(
    r"s[ée]cu\b|s[ée]curit[ée] sociale|\bnir\b|\binsee\b|carte vitale|\bcpam\b|\bameli\b|assurance maladie|social security",
    re.IGNORECASE,
)

_TAX = re.compile(r"[0-3]\d{12}")
_TAX_LENGTHS = (13,)
_TAX_SIZES = frozenset({(13,), (2, 2, 3, 3, 3), (1, 3, 3, 3, 3), (4, 3, 3, 3)})
_TAX_WORDS = re.compile(r"fiscal|\bspi\b|imp[ôo]ts?\b|t[ée]l[ée]d[ée]clar|tax (?:number|id)", re.IGNORECASE)

_IBAN = re.compile(r"[A-Z]{2}\d\d")
_IBAN_FR = re.compile(r"FR\d{12}[A-Z0-9]{11}\d{2}")

# By the first digits: Visa, Mastercard and Maestro, others; Mastercard again; JCB; American Express; Diners.
_CARD = re.compile(
    r"4\d{12}|[456]\d{15}|[456]\d{18}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|35\d{14}|3[47]\d{13}|3[0689]\d{12}"
)
_CARD_LENGTHS = (19, 16, 15, 14, 13)
_CARD_SIZES = frozenset({(4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4)})
_SIRET = 14  # digits, like a Diners card, with the same check digit: a card of this length must have its own grouping


def find_nirs(text: str) -> Iterator[tuple[int, int]]:
    """Yields the positions of NIR. A valid key is enough; mistyped or without key, the grouping or nearby words decide."""
    announced = bool(_NIR_WORDS.search(text))
    for window in _windows(text, _NIR_LENGTHS, "123478", _NIR):
        usual = window.is_cut_at(_NIR_CUTS)
        if (usual and _is_spaced_as_nir(window, announced=announced)) or (
            (usual or _stands_alone(window, announced=announced)) and _has_key(window.joined.upper())
        ):
            key = _NIR_KEY.match(text, window.end)
            yield window.start, key.end() if key else window.end


def _has_key(number: str) -> bool:
    """Decides whether a NIR ends with its key: 97 minus the other digits modulo 97, with 2A as 19 and 2B as 18 (INSEE)."""
    digits = number[:13].replace("2A", "19").replace("2B", "18")
    return len(number) == 15 and int(number[13:]) == 97 - int(digits) % 97


def _is_spaced_as_nir(window: Window, *, announced: bool) -> bool:
    """Decides whether the groups or the digits look like those of a NIR.

    In a possible list (uneven separators), nearby words (``announced``) must confirm the groups, or both groups and digits must
    fit.
    """
    cuts, likely = frozenset(window.cuts), bool(_NIR_LIKELY.match(window.joined))
    if window.plain():
        return announced or likely or cuts >= _NIR_BIRTH
    return cuts >= _NIR_BIRTH if announced else cuts >= _NIR_COMMUNE and likely and not window.crowded(3)


def find_tax_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Yields the positions of tax numbers: 13 digits with right check digits, or mistyped but named by nearby words."""
    announced = bool(_TAX_WORDS.search(text))
    for window in _windows(text, _TAX_LENGTHS, "0123", _TAX):
        proven = int(window.joined[:10]) % 511 == int(window.joined[10:])
        if (
            (proven or announced)
            and not window.amount_follows
            and _is_cut_as_tax_number(window, proven=proven, announced=announced)
        ):
            yield window.start, window.end


def _is_cut_as_tax_number(window: Window, *, proven: bool, announced: bool) -> bool:
    if window.sizes in _TAX_SIZES or (proven and _stands_alone(window, announced=announced)):
        return True
    return announced and window.plain() and not window.scattered


def find_ibans(text: str) -> Iterator[tuple[int, int]]:
    """Yields the positions of IBAN with the right length and check digits; of French ones also mistyped, by their form."""
    for chain in word_chains(text):
        for first in range(len(chain.spans)):
            head = chain.after(first, 4).upper()
            window = chain.window(first, _iban_length(head[:2])) if _IBAN.fullmatch(head) else None
            if window and _is_iban(window):
                yield window.start, window.end


def _is_iban(window: Window) -> bool:
    written = window.joined.upper()
    if iban.is_valid(written, check_country=False):
        return not _is_two_phones(window)
    return bool(_IBAN_FR.fullmatch(written)) and (window.plain() or not any(cut % 4 for cut in window.cuts))


@lru_cache(maxsize=1024)
def _iban_length(country: str) -> int:
    """Returns the number of characters of the country's IBAN; 0 if it has none."""
    known = numdb.get("iban").info(country)[0][1]
    return 4 + sum(map(int, re.findall(r"\d+", known["bban"]))) if known else 0


def _is_two_phones(window: Window) -> bool:
    """Decides whether it is a word and two telephone numbers ("de 06 12 34 56 78 06 98 76 54 32")."""
    one = french_phone_at(window.chain, window.first + 1)
    two = one and french_phone_at(window.chain, one.last)
    return bool(two and two.last == window.last)


def find_cards(text: str) -> Iterator[tuple[int, int]]:
    """Yields the positions of payment cards, by their form and their last digit."""
    for window in _windows(text, _CARD_LENGTHS, "23456", _CARD):
        if _is_grouped_as_card(window) and luhn.is_valid(window.joined):
            yield window.start, window.end


def _is_grouped_as_card(window: Window) -> bool:
    if window.sizes in _CARD_SIZES:
        return (window.plain() and "\n" not in window.gaps()) or not window.crowded(4)
    if len(window.joined) == _SIRET:
        return False
    if window.last - window.first == 1:
        return True
    return _stands_alone(window) and not any(len(group) == _SIRET and luhn.is_valid(group) for group in window.groups)


def _windows(text: str, lengths: Sequence[int], digits: str, shape: re.Pattern[str]) -> Iterator[Window]:
    """Yields groups of one of ``lengths``, the first length first, that begin with one of ``digits`` and have ``shape``."""
    for chain in chains(text):
        for length in lengths:
            for window in chain.windows(length, digits):
                if shape.fullmatch(window.joined) and not (window.word_follows or window.plus):
                    yield window


def _stands_alone(window: Window, *, announced: bool = False) -> bool:
    """Decides whether it is one number, however it is grouped: no groups around it, or words that name it, and no list."""
    if window.whole and (window.scattered or window.plain()):
        return True
    return (window.whole or announced) and window.last - window.first <= _FEW and "," not in window.gaps()
