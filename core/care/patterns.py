"""The small language in which ``lexicon.yml`` is written, turned into regular expressions over keys.

``a|b`` one of these words; ``a_b`` two words as one alternative; ``suicid*`` any word that begins so; ``word?`` may be absent;
``!a|b`` none of these words comes next; ``<3>`` up to three words of any kind; ``$name`` the words listed under ``words``;
``^`` in front: the message begins here; ``$`` as last word or alternative: it ends here. Spelling does not matter
(``core.care.keys``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from core.care.keys import fold, key

_GAP = re.compile(r"<(\d+)>")


# A folded word of a pattern as expressions for it; each but an empty one begins with a letter that stands for itself.
type Spelling = Callable[[str], Sequence[str]]


def by_sound(word: str) -> Sequence[str]:
    """Returns a folded word of a pattern, for ``keys(text)``; ``*`` at its end stands for whatever follows."""
    if not word.endswith("*"):
        return [re.escape(key(word))]
    stem = word.removesuffix("*")
    # "frappe*", "enfant*": also "frappe" and "enfants", whose keys end before the beginning asked for does.
    ends = (rf"{re.escape(key(one))}(?= )" for one in (stem, f"{stem}e"))
    return [rf"{re.escape(key(stem, whole=False))}\S*", *ends]


def by_letter(word: str) -> Sequence[str]:
    """Returns the same for ``f" {fold(text)} "``: what French ears make of other languages is of no use."""
    return [re.escape(word.removesuffix("*")) + (r"\S*" if word.endswith("*") else "")]


def compile_all(patterns: Iterable[str], words: Mapping[str, str], spelling: Spelling) -> re.Pattern[str] | None:
    """One expression for all ``patterns``, ``None`` for none. Raises ``ValueError`` for words that are not listed.

    What begins with the same letter stands together: of hundreds of patterns, those of a word's first letter are looked at.
    What begins with the same words and gaps is looked for once.
    """
    anywhere, begins = defaultdict[str, list[tuple[str, ...]]](list), list[tuple[str, ...]]()
    for pattern in patterns:
        parts = pattern.split()
        inner = parts[parts[0] == "^" : len(parts) - (parts[-1] == "$")]
        end = ("$",) if parts[-1] == "$" else ()
        for initial, expressions in _by_initial(inner, words, spelling):
            if parts[0] == "^":
                begins.append(("^ ", *expressions, *end))
            else:
                anywhere[initial].append((*expressions, *end))
    grouped = "|".join(_together(some) for some in anywhere.values())
    whole = [*([f"(?<= )(?:{grouped})"] if grouped else []), *([_together(begins)] if begins else [])]
    return re.compile("|".join(whole)) if whole else None


def _together(patterns: Iterable[tuple[str, ...]]) -> str:
    """One expression for ``patterns``, each a row of expressions; what several begin with stands in it once."""
    rests = defaultdict[str, list[tuple[str, ...]]](list)
    for first, *rest in patterns:
        rests[first].append(tuple(rest))
    each = []
    for first, some in rests.items():
        longer = [rest for rest in some if rest]
        # Where one pattern ends and another goes on, as much as may be: phrases are left out whole.
        each.append(first + (_together(longer) + ("?" if () in some else "") if longer else ""))
    return f"(?:{'|'.join(each)})"


def _by_initial(parts: Sequence[str], words: Mapping[str, str], spelling: Spelling) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Expressions that say together what ``parts`` do, each with the letter that it begins with; empty: with any."""
    first = parts[0] if parts else "!"
    if first.startswith("!") or "$" in first.removesuffix("?").split("|") or _GAP.fullmatch(first):
        yield "", tuple(_part(part, words, spelling) for part in parts)
        return
    rest = tuple(_part(part, words, spelling) for part in parts[1:])
    together = defaultdict[str, list[str]](list)
    for one in _spelled(first, words, spelling):
        together[one[0] if one[:1].isalnum() else ""].append(one)
    for initial, spelled in together.items():
        yield initial, (f"(?:{'|'.join(spelled)}) ", *rest)
    if first.endswith("?"):
        yield from _by_initial(parts[1:], words, spelling)


def _part(part: str, words: Mapping[str, str], spelling: Spelling) -> str:
    gap = _GAP.fullmatch(part)
    if gap:
        return rf"(?:\S+ ){{0,{gap[1]}}}"
    if part.startswith("!"):
        return f"(?!{_part(part[1:], words, spelling)})"
    end = "|$" if "$" in part.removesuffix("?").split("|") else ""
    return f"(?:(?:{'|'.join(_spelled(part, words, spelling))}) {end}){'?' if part.endswith('?') else ''}"


def _spelled(part: str, words: Mapping[str, str], spelling: Spelling) -> Sequence[str]:
    """Returns the expressions of all alternatives of ``part``, but for the message's end."""
    alternatives: list[str] = []
    for alternative in part.removesuffix("?").split("|"):
        if not alternative.startswith("$"):
            alternatives.append(alternative)
        elif alternative != "$":
            if alternative[1:] not in words:
                raise ValueError(f"lexicon.yml lists no words {alternative}")
            alternatives.extend(words[alternative[1:]].split("|"))
    return list(dict.fromkeys(spelled for one in alternatives for spelled in _words(one, spelling)))


def _words(written: str, spelling: Spelling) -> Sequence[str]:
    """One alternative, whose words are joined by ``_``, as its words stand in a message."""
    star = "*" if written.endswith("*") else ""
    *before, last = fold(written.removesuffix("*").replace("_", " ")).split()
    return [" ".join([*(spelling(word)[0] for word in before), end]) for end in spelling(last + star)]
