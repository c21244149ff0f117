"""Birth dates: a day after words that say that somebody was born then. A year alone is kept, and so is any other date."""

import re
from bisect import bisect_right
from collections.abc import Iterator

_BORN = re.compile(r"\bn[ée]e?s?\b|\bnaissances?\b|\bddn\b|\bborn\b|date of birth|\bdob\b|\bnacid[oa]\b|\bnasc", re.IGNORECASE)
_BETWEEN = re.compile(r"[^.!?\n]{0,28}\n?")  # between such a word and the date, which may be on the next line
_MONTH = (
    r"(?:janv(?:ier)?|f[ée]vr?(?:ier)?|mars|avr(?:il)?|mai|juin|juil(?:let)?|ao[uû]t|sept?(?:embre)?|oct(?:obre)?|nov(?:embre)?|"
    r"d[ée]c(?:embre)?|january|february|march|april|may|june|july|august|september|october|november|december)"
)
_DATE = re.compile(
    rf"(?<![\d/.-])(?:\d{{1,2}} ?[/.-] ?\d{{1,2}} ?[/.-] ?(?:\d{{4}}|\d{{2}})|"
    rf"\d{{4}}-\d\d-\d\d|\d{{1,2}}(?:er|st|nd|rd|th)? {_MONTH}\.?,? \d{{4}}|"
    rf"\d{{1,2}} \d{{1,2}} (?:19|20)\d\d|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d)(?![\d/])",
    re.IGNORECASE,
)


def find_birth_dates(text: str) -> Iterator[tuple[int, int]]:
    """Yields the positions of birth dates."""
    born = [found.end() for found in _BORN.finditer(text)]
    for found in _DATE.finditer(text) if born else ():
        nearest = bisect_right(born, found.start())
        if nearest and _BETWEEN.fullmatch(text, born[nearest - 1], found.start()):
            yield found.span()
