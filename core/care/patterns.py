"""The small language in which ``lexicon.yml`` is written, turned into regular expressions over keys.

``a|b`` one of these words; ``a_b`` two words as one alternative; ``suicid*`` any word that begins so; ``word?`` may be absent;
``!a|b`` none of these words comes next; ``<3>`` up to three words of any kind; ``$name`` the words listed under ``words``;
``^`` in front: the message begins here; ``$`` as last word or alternative: it ends here. Spelling does not matter
(``core.care.keys``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from core.care.keys import fold, key

_GAP = re.compile(r"<(\d+)>")


type Spelling = Callable[[str], str]


def by_sound(word: str) -> str:
    """A folded word of a pattern, for ``keys(text)``; ``*`` at its end stands for whatever follows."""
    if not word.endswith("*"):
        return re.escape(key(word))
    stem = word.removesuffix("*")
    # "frappe*", "enfant*": also "frappe" and "enfants", whose keys end before the beginning asked for does.
    ends = "|".join(re.escape(key(one)) for one in (stem, f"{stem}e"))
    return rf"(?:{re.escape(key(stem, whole=False))}\S*|(?:{ends})(?= ))"


def by_letter(word: str) -> str:
    """The same for ``f" {fold(text)} "``: what French ears make of other languages is of no use."""
    return re.escape(word.removesuffix("*")) + (r"\S*" if word.endswith("*") else "")


def compile_all(patterns: Iterable[str], words: Mapping[str, str], spelling: Spelling) -> re.Pattern[str] | None:
    """One expression for all ``patterns``, ``None`` for none. Raises ``ValueError`` for words that are not listed."""
    compiled = [_compile(pattern, words, spelling) for pattern in patterns]
    return re.compile("|".join(f"(?:{one})" for one in compiled)) if compiled else None


def _compile(pattern: str, words: Mapping[str, str], spelling: Spelling) -> str:
    parts = pattern.split()
    start, end = parts[0] == "^", parts[-1] == "$"
    inner = "".join(_part(part, words, spelling) for part in parts[start : len(parts) - end])
    return ("^ " if start else "(?<= )") + inner + ("$" if end else "")


def _part(part: str, words: Mapping[str, str], spelling: Spelling) -> str:
    gap = _GAP.fullmatch(part)
    if gap:
        return rf"(?:\S+ ){{0,{gap[1]}}}"
    if part.startswith("!"):
        return f"(?!{_part(part[1:], words, spelling)})"
    written = part.removesuffix("?").split("|")
    alternatives: list[str] = []
    for alternative in written:
        if not alternative.startswith("$"):
            alternatives.append(alternative)
        elif alternative != "$":
            if alternative[1:] not in words:
                raise ValueError(f"lexicon.yml lists no words {alternative}")
            alternatives.extend(words[alternative[1:]].split("|"))
    spelled = "|".join(dict.fromkeys(_words(one, spelling) for one in alternatives))
    end = "|$" if "$" in written else ""
    return f"(?:(?:{spelled}) {end}){'?' if part.endswith('?') else ''}"


def _words(written: str, spelling: Spelling) -> str:
    """One alternative, whose words are joined by ``_``, as its words stand in a message."""
    star = "*" if written.endswith("*") else ""
    folded = fold(written.removesuffix("*").replace("_", " ")).split()
    return " ".join(spelling(word) for word in [*folded[:-1], folded[-1] + star])
