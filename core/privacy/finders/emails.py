"""E-mail addresses, also in disguised spelling ("arobase", "(at)"), or with a domain that was not finished ("jean@gmail").

The search starts at the sign and goes backwards and forwards: a pattern that begins with the name would read a long word
again from each of its letters.
"""

import re
from collections.abc import Iterator

_AT = re.compile("@")
_NAME_BACKWARDS = re.compile(r"\s?[\w.+%'\-]++")
_DOMAIN = re.compile(r"\s?[\w\-]++(?:\.[\w\-]++)++|(?<=[\w.]@)[^\W\d_][\w\-]++")

_MAYBE_SPOKEN = re.compile(r"aroba[sz]|[(\[]at[)\]]| at ", re.IGNORECASE)
_SPOKEN_AT = re.compile(
    r"\(at\)|\[at\]|\barobase\b|\barobaz\b|(?<=\w) at (?=[\w-]++ ?(?:\.|\bdot\b|\bpoint\b))",
    re.IGNORECASE,
)
_SPOKEN_NAME_BACKWARDS = re.compile(r"\s?[\w.+-]++")
_SPOKEN_DOMAIN = re.compile(r"\s?[\w-]+(?:\s?(?:\.|\bpoint\b|\bdot\b|\(dot\))\s?[\w-]+)+", re.IGNORECASE)


def find_emails(text: str) -> Iterator[tuple[int, int]]:
    """Yields the positions of e-mail addresses in ``text`` (folded)."""
    if "@" in text:
        yield from _around(text, _AT, _NAME_BACKWARDS, _DOMAIN)
    if _MAYBE_SPOKEN.search(text):
        yield from _around(text, _SPOKEN_AT, _SPOKEN_NAME_BACKWARDS, _SPOKEN_DOMAIN)


def _around(
    text: str, sign: re.Pattern[str], name_backwards: re.Pattern[str], domain: re.Pattern[str]
) -> Iterator[tuple[int, int]]:
    done = 0
    for found in sign.finditer(text):
        if found.start() < done:
            continue
        name = name_backwards.match(text[done : found.start()][::-1])
        rest = domain.match(text, found.end())
        if name and rest:
            yield found.start() - name.end(), rest.end()
        done = rest.end() if name and rest else found.end()
