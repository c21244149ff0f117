"""Puts the date of an old page after its amounts, rates and deadlines: "86 € (au 12/05/2020)". Pure functions."""

import re
from dataclasses import replace
from datetime import date

from actions.replies.pieces import Kind, Piece, joined, pieces_of

_NUMBER = r"\d[\d\u00a0\u202f .,]*"
_AMOUNT = rf"{_NUMBER}\s?(?:€|euros?\b|EUR\b|centimes?\b)(?:\s?(?:TTC|HT|bruts?|nets?)\b)?"
_RATE = rf"{_NUMBER}\s?(?:%|‰)"
_TIME = rf"{_NUMBER}\s?(?:jours?|semaines?|mois)(?:\s(?:ouvrables|ouvrés|calendaires|francs))?\b(?!\s?/)"
# Years are mostly an age, and hours mostly opening hours: they are a time limit only after such a word.
_LIMITED = (
    r"(?:\b(?:délais?|durées?|pendant|dans les|dans un|tous les|toutes les|sous|valables?|validité|prescri\w+|au bout de|reste)"
    r"\b[^.;:]{0,40}?)"
)
_LIMIT = rf"{_LIMITED}(?:{_NUMBER}\s?(?:ans?|années?|(?:heures?|h)(?:\s?\d\d)?)\b)"
_FIGURE = re.compile(rf"(?:{_AMOUNT}|{_RATE}|{_TIME}|{_LIMIT})", re.IGNORECASE)
_FURTHER = re.compile(rf"\s?(?:à|-|–)\s?(?:{_AMOUNT}|{_RATE}|{_TIME})", re.IGNORECASE)
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_LABEL = re.compile(r"\*\*[^*]+\*\* : ")
_DAY = re.compile(r" \(au \d\d/\d\d/\d{4}\)")
_LINK_TARGET = re.compile(r"\]\([^)\s]*\)")


def is_dated(text: str, day: date) -> bool:
    """Decides whether ``text`` already has ``day`` after a figure."""
    return f"(au {day:%d/%m/%Y})" in text


def with_dates(markdown: str, day: date) -> str:
    """Returns ``markdown`` with ``day`` after the first figure of each sentence, list item and row, and no figure in bold.

    A figure is an amount, a rate or a time. ``day``: when the page was verified.
    """
    return joined([replace(piece, text=_dated(piece, day)) for piece in pieces_of(markdown)])


def without_dates(text: str) -> str:
    """Returns ``text`` without what ``with_dates`` added. Bold figures are not restored."""
    return _DAY.sub("", text)


def has_figure(text: str) -> bool:
    """Decides whether ``text`` states an amount, a rate or a time."""
    return _FIGURE.search(_without_targets(text)) is not None


def _dated(piece: Piece, day: date) -> str:
    if label := _LABEL.match(piece.text):  # the name of a case states nothing
        return label[0] + _dated(replace(piece, text=piece.text[label.end() :]), day)
    if piece.kind is Kind.LINK or (piece.kind is Kind.HEADING and not piece.is_table_header):
        return piece.text
    text = _BOLD.sub(lambda bold: bold[1] if _FIGURE.search(bold[1]) else bold[0], piece.text)
    if is_dated(text, day):
        return text
    found = next(_FIGURE.finditer(_without_targets(text)), None)
    if found is None:
        return text
    end = found.end()
    if further := _FURTHER.match(_without_targets(text), end):  # "17 € à 42 €" is one figure
        end = further.end()
    is_in_label = text.rfind("[", 0, end) > text.rfind("]", 0, end)
    closing = re.match(r"[^\[\]\n]*\]\([^)\s]*\)", text[end:]) if is_in_label else None
    end += closing.end() if closing else 0  # after a link, not inside it
    return f"{text[:end].rstrip()} (au {day:%d/%m/%Y}){text[end:]}"


def _without_targets(text: str) -> str:
    """Returns ``text`` with the addresses of its links replaced by blanks of the same length."""
    return _LINK_TARGET.sub(lambda found: "]" + " " * (len(found[0]) - 1), text)
