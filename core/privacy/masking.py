"""Masks data that identifies a person in a text: numbers, addresses, plates, birth dates, files, names (ADR 0018).

Similar data is kept: SIREN and SIRET, amounts, dates of laws, CERFA and article numbers, opening hours, short public numbers
(3939, 115, 112), names of laws, streets and schools.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from core.privacy.finders.cases import find_cases
from core.privacy.finders.dates import find_birth_dates
from core.privacy.finders.emails import find_emails
from core.privacy.finders.names import find_names
from core.privacy.finders.numbers import find_cards, find_ibans, find_nirs, find_tax_numbers
from core.privacy.finders.phones import phone_spans
from core.privacy.finders.places import find_addresses, find_plates
from core.privacy.folded import folded
from core.privacy.invisible import visible

MASK = "•••"  # no word, so that it means the same in every language and nothing to classifiers
_BLANK = "•"

# Words around personal data that are not a question: "je m'appelle …", "mon numéro est le …".
_FRAME = re.compile(
    r"\b(?:je|j|m|me|mon|ma|mes|le|la|l|c|est|et|appelle|suis|nom|prénom|prenom|numéro|numero|num|n|tel|tél|téléphone|portable|mail|email|e-mail|"
    r"adresse|mme|mr|monsieur|madame|bonjour|merci|voici|voilà|iban|rib|carte|nir|sécu|de|d|au|à|a|né|née|plaque|dossier|nous|sommes|"
    r"my|name|is|i|am|hello|here|number|phone)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Span:
    """The position (``text[start:end]``) and kind of one piece of data."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without data that identifies people.

    ``kinds``, sorted: the kinds found among ``address birth card case email iban name nir phone plate tax``.
    """

    text: str
    kinds: tuple[str, ...] = ()

    @property
    def nothing_left(self) -> bool:
        """Decides whether the text was only personal data, so that there is nothing to answer."""
        return bool(self.kinds) and not _WORD.search(_FRAME.sub("", self.text))


def mask(text: str) -> Masked:
    """Returns the visible ``text``, with ``MASK`` instead of everything that ``find`` finds.

    Invisible characters are removed: people still read a number that one of them splits.
    """
    text = visible(text)
    spans = find(text)
    if not spans:
        return Masked(text)
    return Masked(_replaced(text, spans), tuple(sorted({span.kind for span in spans})))


def find(text: str) -> list[Span]:
    """Returns the personal data in ``text``, in its order, without overlaps: the surest kind is searched first and wins.

    The search runs on a folded copy, so that spacing and the form of digits make no difference.
    """
    copy = folded(text)
    searched = copy.text
    covered = bytearray(len(searched))
    spans: list[Span] = []
    digits = sum(map(str.isdigit, searched))
    for kind, finder, least in _FINDERS:
        if digits < least:
            continue  # most messages have none, and cost less this way
        found = []
        for start, end in finder(searched):
            if start < end and not any(covered[start:end]):
                covered[start:end] = b"\1" * (end - start)
                found.append(Span(kind, start, end))
        if found:
            spans += found
            searched = _replaced(searched, sorted(found, key=_start), blank=True)
    return [Span(span.kind, *copy.original(span.start, span.end)) for span in sorted(spans, key=_start)]


def _start(span: Span) -> int:
    return span.start


def _replaced(text: str, spans: Iterable[Span], *, blank: bool = False) -> str:
    """Returns ``text`` with ``MASK`` instead of ``spans`` (in order). ``blank``: with as many neutral characters instead."""
    pieces: list[str] = []
    done = 0
    for span in spans:
        pieces += (text[done : span.start], _BLANK * (span.end - span.start) if blank else MASK)
        done = span.end
    return "".join((*pieces, text[done:]))


# Kind, finder, and the number of digits without which the finder finds nothing.
_FINDERS: tuple[tuple[str, Callable[[str], Iterator[tuple[int, int]]], int], ...] = (
    ("email", find_emails, 0),
    ("iban", find_ibans, 12),
    ("nir", find_nirs, 11),
    ("tax", find_tax_numbers, 13),
    ("card", find_cards, 12),
    ("phone", phone_spans, 7),
    ("plate", find_plates, 3),
    ("address", find_addresses, 1),
    ("birth", find_birth_dates, 4),
    ("case", find_cases, 1),
    ("name", find_names, 0),
)
