"""Undoes changes of the package's maker to texts: spaces after full stops, lost no-break spaces, masked "@"."""

import re

from knowledge_base.entries.markdown import NBSP, readable

_ENDINGS = "fr|com|org|net|eu|info"
_ADDRESS = re.compile(rf"(?<![\w.])(?:https?://)?(?:www\. )?[\w@-]+\. (?:[\w-]+\. )?(?:{_ENDINGS})\b(?!['’])")
_MAIL = re.compile(r"(?<!\S)(?:[\w-]+\. )+(?=[\w-]+@)")
_FILE = re.compile(r"(?<=[\w)])\. (?=(?:pdf|docx?|xlsx?|html?|php)\b)")
_NUMBER = re.compile(r"(?<=\d)(?<!\b[12]\d\d\d)\. (?=\d)")  # an amount, a docket, a numbered heading; but not "en 2025. 3 mois"
_CAPITALS = re.compile(r"\b(?:[A-Z]\. ){2,}(?:[A-Z]\b\.?)?")  # D.R.E.E.T.S.
_CLOSED = re.compile(r"(?<=[.!?…]) +(?=[,)\]])")
_BEFORE_MARK = re.compile(r" (?=[:;!?»%€](?:\s|$|[.,)]))")
_AFTER_QUOTE = re.compile(r"(?<=«) ")


def repaired(text: str) -> str:
    """Returns the ministry's original ``text``, as far as rules can restore it; spaces at its ends stay."""
    text = readable(text).replace("_@", "@")
    for whole in (_MAIL, _ADDRESS, _CAPITALS):
        text = whole.sub(lambda found: _joined(found[0]), text)
    for dot in (_FILE, _NUMBER):
        text = dot.sub(".", text)
    return _AFTER_QUOTE.sub(NBSP, _BEFORE_MARK.sub(NBSP, _CLOSED.sub("", text)))


def _joined(text: str) -> str:
    last = " " if text.endswith(" ") and text[-3:-2].isupper() else ""  # after an abbreviation the sentence continues
    return text.replace(". ", ".") + last
