"""Telephone numbers: French ones by their form, those of other countries by a library.

Numbers in 08 of public services and other toll-free or premium numbers identify nobody: they are kept.
"""

import re
from collections.abc import Iterator

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType, ValidationResult

from core.privacy.finders.groups import Chain, Window, chains

_FRENCH = re.compile(r"0[1-79]\d{8}")
_ABROAD = re.compile(r"330?[1-79]\d{8}")  # the zero in brackets: "+33 (0)6"
_WITHOUT_PLUS = frozenset({(11,), (2, 1, 2, 2, 2, 2)})  # "33 6 12 34 56 78"
_PAIRS = frozenset({(2, 2, 2, 2, 2), (4, 2, 2, 2), (2, 8), (10,)})
_SIZES = _PAIRS | {(1, 3, 3, 3), (1, 3, 2, 2, 2), (2, 4, 4), (2, 2, 3, 3), (2, 3, 3, 2), (3, 3, 2, 2), (4, 4, 2)}
_SIZES |= {(1, 1, 2, 2, 2, 2)}  # "0 6 12 34 56 78"
_JOINED_PAIRS = frozenset({(2, 4, 2, 2), (2, 2, 4, 2), (2, 2, 2, 4)})  # as where an invisible character stood between two pairs
_YEAR = re.compile(r"(?:19|20)\d\d")  # "01 02 2024 10 h" is a date
_FEW = 3  # groups: the number may be cut anywhere, as at the end of a line
# Lists of two digits after these words also begin with a zero.
_LISTED = re.compile(r"\b(?:d[ée]p(?:artement|t)s?|articles?|cases?|bus|lots?|semaines?|tirages?)\W*$", re.IGNORECASE)
_VAT = re.compile(r"FR ?$", re.IGNORECASE)  # "FR 33 …" and "FR 00 …" are numbers of companies
_FIRST = "03"  # of a number without plus
_SHORTEST, _LONGEST = 8, 15  # digits of an international number, including the country code
_MOST_LOOKUPS = 40  # per text; each takes about 20 µs
_PUBLIC_KINDS = frozenset(
    {PhoneNumberType.TOLL_FREE, PhoneNumberType.SHARED_COST, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.UAN}
)


def phone_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yields the positions of telephone numbers in ``text`` (folded), including the sign +, in their order."""
    library = _Library()
    for chain in chains(text):
        first = done = 0  # groups
        while first < len(chain.spans):
            window = _phone_at(chain, first, library, fresh=first == done)
            if window:
                yield window.plus.start() if window.plus else window.start, window.end
                done = window.last
            first = window.last if window else first + 1


def french_phone_at(chain: Chain, first: int) -> Window | None:
    """Returns the French number that begins with group ``first``."""
    if not _FRENCH.fullmatch(chain.after(first, 10)):
        return None
    window = chain.window(first, 10)
    return window if window and _is_written_as_one(window) else None


def _is_written_as_one(window: Window) -> bool:
    if window.scattered:  # digit by digit; "0 1 2 3 4 5 6 7 8 9" is counting
        return {*window.gaps()} in ({" "}, {"\n"}, {"-"}, {"."}) and window.joined != "0123456789"
    if window.plain():
        if window.sizes in _JOINED_PAIRS:
            return not any(map(_YEAR.fullmatch, window.groups))
        return window.last - window.first <= _FEW or window.sizes in _SIZES
    if window.sizes not in _PAIRS or _LISTED.search(window.chain.text, max(0, window.start - 16), window.start):
        return False
    return not window.crowded(2) or _is_among_phones(window)


def _is_among_phones(window: Window) -> bool:
    """Decides whether the numbers around ``window`` are telephone numbers too, and no list of other numbers."""
    chain, start, end = window.chain, window.chain.before[window.first], window.chain.before[window.last]
    before, after = chain.joined[max(0, start - 10) : start], chain.joined[end : end + 10]
    return all(not digits or _FRENCH.fullmatch(digits) for digits in (before, after))


class _Library:
    """Asks ``phonenumbers`` about international numbers, a few times per text; beyond that the answer is yes."""

    def __init__(self) -> None:
        self._left = _MOST_LOOKUPS

    def certainty(self, digits: str) -> int:
        """Returns 2 if ``digits`` (country code first) are a real number, 1 if they have a possible length, else 0."""
        if not self._left:
            return 2
        self._left -= 1
        try:
            number = phonenumbers.parse(f"+{digits}")
        except NumberParseException:
            return 0
        kind = phonenumbers.number_type(number)
        if kind == PhoneNumberType.UNKNOWN:  # the library does not have every range
            return int(phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE)
        return 0 if kind in _PUBLIC_KINDS else 2


def _phone_at(chain: Chain, first: int, library: _Library, *, fresh: bool) -> Window | None:
    """Returns the telephone number that begins with group ``first``.

    ``fresh``: only telephone numbers stand before it in its chain.
    """
    window = _international_at(chain, 0, 0, library) if not first and Window(chain, 0, 1).plus else None
    if window or chain.after(first, 1) not in _FIRST:
        return window
    window = french_phone_at(chain, first)
    if window or _VAT.search(chain.text, max(0, chain.spans[first][0] - 3), chain.spans[first][0]):
        return window
    if chain.after(first, 2) == "00" and (fresh or _stands_apart(chain, first)):
        return _international_at(chain, first, 2, library)
    return _without_plus_at(chain, first)


def _stands_apart(chain: Chain, first: int) -> bool:
    """Decides whether another item ends before group ``first``; "727,00 / 81" is an amount."""
    return chain.gap(first - 1) in ",\n" and chain.text[chain.spans[first][0] - 1] not in ",.:"


def _without_plus_at(chain: Chain, first: int) -> Window | None:
    window = chain.window(first, 11) if _ABROAD.fullmatch(chain.after(first, 11)) else None
    return window if window and window.sizes in _WITHOUT_PLUS and window.plain() else None


def _international_at(chain: Chain, first: int, prefix: int, library: _Library) -> Window | None:
    """Returns the surest number, then one followed by nothing or another number, then the longest: lengths may vary."""
    if chain.after(first, prefix + 1)[prefix:] == "0":  # no country code begins so
        return None
    windows = [
        window
        for length in range(_LONGEST, _SHORTEST - 1, -1)
        if (window := chain.window(first, prefix + length)) and not window.amount_follows
    ]
    if chain.after(first, prefix + 2)[prefix:] == "33":
        return next((window for window in windows if _ABROAD.fullmatch(window.joined, prefix)), None)
    best: tuple[int, bool] = (0, False)
    found = None
    for window in windows:
        rest = chain.after(window.last, 10)
        worth = (library.certainty(window.joined[prefix:]), not rest or bool(_FRENCH.fullmatch(rest)) or rest.startswith("00"))
        if worth[0] and worth > best:
            best, found = worth, window
    return found
