"""Numbers that identify people, and e-mail addresses: NIR, numéro fiscal, IBAN, payment card, telephone.

What only looks like one stays: SIREN and SIRET, amounts, CERFA and article numbers, short public numbers (3939, 115, 112) and
the 08 numbers of public services, which belong to nobody in particular.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers
from phonenumbers import Leniency, PhoneNumberMatcher, PhoneNumberType
from stdnum import iban, luhn
from stdnum.fr import nif, nir

_SEPARATOR = "[ .\\-\u00a0\u202f\u2009_/]?"
_START = r"(?<![0-9A-Za-z])"
_END = r"(?![0-9A-Za-z])"

_EMAIL = re.compile(r"[\w.+%'\-]+\s?[@＠]\s?[\w\-]+(?:\.[\w\-]+)+")
# Sex, year, month (also the fictive 20-42 and 50-99), department (2A, 2B), commune, order, and the key if it is there.
_NIR = re.compile(
    _START
    + _SEPARATOR.join([r"([1-478])", r"(\d\d)", r"(0[1-9]|1[0-2]|[2-9]\d)", r"(\d\d|2[ABab])", r"(\d{3})", r"(\d{3})"])
    + rf"(?:{_SEPARATOR}(?:cl[ée] ?:? ?)?(\d\d))?"
    + _END
)
_NIR_WORDS = re.compile(r"s[ée]cu\b|s[ée]curit[ée] sociale|\bnir\b|\binsee\b|carte vitale|social security", re.IGNORECASE)
_NIR_SPACED = re.compile(r"\d[ .\-\u00a0\u202f]\d\d[ .\-\u00a0\u202f]\d\d[ .\-\u00a0\u202f]")
_IBAN = re.compile(rf"{_START}[A-Za-z]{{2}}{_SEPARATOR}\d{_SEPARATOR}\d(?:{_SEPARATOR}[A-Za-z0-9]){{11,30}}")
_IBAN_FR = re.compile(r"FR\d{12}[A-Z0-9]{11}\d{2}")
_CARD = re.compile(rf"{_START}\d(?:{_SEPARATOR}\d){{12,18}}{_END}")
_CARD_SHAPE = re.compile(r"4\d{12}|3[47]\d{13}|[2-6]\d{15}|[456]\d{18}")
_DINERS = re.compile(r"3\d{3}\D\d{6}\D\d{4}")  # 14 digits like a SIRET, but written in other groups
_PHONE_FR = re.compile(
    rf"(?<![0-9A-Za-z+])(?:(?:\+|00){_SEPARATOR}33{_SEPARATOR}(?:\(0\))?|0){_SEPARATOR}[1-79](?:{_SEPARATOR}\d\d){{4}}(?!\d)"
)
_PUBLIC_KINDS = frozenset(
    {PhoneNumberType.TOLL_FREE, PhoneNumberType.SHARED_COST, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.UAN}
)
_TAX = re.compile(rf"{_START}[0-3](?:{_SEPARATOR}\d){{12}}{_END}")
_TAX_WORDS = re.compile(r"fiscal|\bspi\b|imp[ôo]ts?\b|t[ée]l[ée]d[ée]clar|tax (?:number|id)", re.IGNORECASE)
_MAYBE_SPOKEN = re.compile(r"aroba[sz]|[(\[]at[)\]]| at ", re.IGNORECASE)
_SPOKEN_EMAIL = re.compile(
    r"[\w.+-]+\s?(?:\(at\)|\[at\]|\barobase\b|\barobaz\b| at (?=[\w-]+ ?(?:\.|\bdot\b|\bpoint\b)))"
    r"\s?[\w-]+(?:\s?(?:\.|\bpoint\b|\bdot\b|\(dot\))\s?[\w-]+)+",
    re.IGNORECASE,
)


def _compact(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", text).upper()


def find_emails(text: str) -> Iterator[tuple[int, int]]:
    """E-mail addresses, also as people write them who were told not to ("arobase", "(at)")."""
    if "@" in text or "＠" in text:
        yield from (match.span() for match in _EMAIL.finditer(text))
    if _MAYBE_SPOKEN.search(text):
        yield from (match.span() for match in _SPOKEN_EMAIL.finditer(text))


def find_tax_numbers(text: str) -> Iterator[tuple[int, int]]:
    """13 digits whose last three prove the others; or, mistyped, where the words say what it is."""
    for found in _TAX.finditer(text):
        if nif.is_valid(_compact(found.group())) or _TAX_WORDS.search(text):
            yield found.span()


def find_ibans(text: str) -> Iterator[tuple[int, int]]:
    """The pattern runs on into the words that follow: the longest valid beginning is the IBAN."""
    at = 0
    while found := _IBAN.search(text, at):
        at = found.start() + 2
        for end in range(found.end(), found.start() + 14, -1):
            if end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
                continue  # in the middle of a word
            if not text[end - 1].isalnum():
                continue
            compact = _compact(text[found.start() : end])
            if iban.is_valid(compact) or _IBAN_FR.fullmatch(compact):
                yield found.start(), end
                at = end
                break


def find_nirs(text: str) -> Iterator[tuple[int, int]]:
    """With its key, a NIR proves itself. Mistyped or without key, its spacing or the words around it tell."""
    for found in _NIR.finditer(text):
        number, key = "".join(found.groups()[:6]).upper(), found.group(7)
        proven = key is not None and nir.is_valid(number + key)
        if proven or _NIR_WORDS.search(text) or _NIR_SPACED.match(found.group()):
            yield found.span()


def find_cards(text: str) -> Iterator[tuple[int, int]]:
    """Payment cards, by their shape and their last digit."""
    for found in _CARD.finditer(text):
        digits = _compact(found.group())
        if (_CARD_SHAPE.fullmatch(digits) or _DINERS.fullmatch(found.group())) and luhn.is_valid(digits):
            yield found.span()


def phone_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where telephone numbers stand.

    The library knows every country; the pattern adds what it finds too loosely spaced, and overseas numbers.
    """
    if sum(character.isdigit() for character in text) < 7:
        return
    taken: list[tuple[int, int]] = []
    for match in PhoneNumberMatcher(text, "FR", leniency=Leniency.VALID):
        taken.append((match.start, match.end))
        if phonenumbers.number_type(match.number) not in _PUBLIC_KINDS:
            yield match.start, match.end
    for found in _PHONE_FR.finditer(text):
        if not any(start < found.end() and found.start() < end for start, end in taken):
            yield found.span()
