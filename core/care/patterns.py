"""The small language in which ``lexicon.yml`` is written, turned into regular expressions over keys.

``a|b`` one of these words; ``a_b`` two words as one alternative; ``suicid*`` any word that begins so; ``word?`` may be absent;
``!a|b`` none of these words comes next; ``<3>`` up to three words of any kind in the same sentence; ``$name`` the words listed
under ``words``; ``^`` in front: the message begins here; ``$`` as last word or alternative: it ends here. Spelling does not
matter (``core.care.keys``).
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from core.care.keys import SENTENCE_END, fold, key

_GAP = re.compile(r"<(\d+)>")
_END = re.escape(SENTENCE_END)


# A folded word of a pattern as expressions for it. Each non-empty one begins with a literal letter.
type Spelling = Callable[[str], Sequence[str]]


def by_sound(word: str) -> Sequence[str]:
    """Returns the expressions of a folded word of a pattern, for ``keys(text)``. A ``*`` at its end matches any ending."""
    if not word.endswith("*"):
        return [re.escape(key(word))]
    stem = word.removesuffix("*")
    # "frappe*", "enfant*": also "frappe" and "enfants", whose keys end before the requested beginning does.
    ends = (rf"{re.escape(key(one))}(?= )" for one in (stem, f"{stem}e"))
    return [rf"{re.escape(key(stem, whole=False))}\S*", *ends]


def by_letter(word: str) -> Sequence[str]:
    """Returns the same for ``f" {fold(text)} "``: French sound rules are of no use for other languages."""
    return [re.escape(word.removesuffix("*")) + (r"\S*" if word.endswith("*") else "")]


def compile_all(patterns: Iterable[str], words: Mapping[str, str], spelling: Spelling) -> re.Pattern[str] | None:
    """Returns one expression for all ``patterns``, ``None`` for none. Raises ``ValueError`` for words that are not listed.

    Patterns are grouped by their first letter, so that of hundreds only those with a word's first letter are tried. Common
    prefixes of words and gaps are matched once.
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
    """Returns one expression for ``patterns``, each a sequence of expressions; common prefixes stand in it once."""
    rests = defaultdict[str, list[tuple[str, ...]]](list)
    for first, *rest in patterns:
        rests[first].append(tuple(rest))
    each = []
    for first, some in rests.items():
        longer = [rest for rest in some if rest]
        # Where one pattern ends and another continues, the longest match counts: phrases are removed whole.
        each.append(first + (_together(longer) + ("?" if () in some else "") if longer else ""))
    return f"(?:{'|'.join(each)})"


def _by_initial(parts: Sequence[str], words: Mapping[str, str], spelling: Spelling) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yields expressions that together match what ``parts`` do, each with its first letter; empty: any letter."""
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
        return rf"(?:(?!{_END} )\S+ ){{0,{gap[1]}}}"
    if part.startswith("!"):
        return f"(?!{_part(part[1:], words, spelling)})"
    end = "|$" if "$" in part.removesuffix("?").split("|") else ""
    return f"(?:(?:{'|'.join(_spelled(part, words, spelling))}) {end}){'?' if part.endswith('?') else ''}"


def _spelled(part: str, words: Mapping[str, str], spelling: Spelling) -> Sequence[str]:
    """Returns the expressions of all alternatives of ``part``, except the end of the message."""
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
    """Returns the expressions of one alternative, whose words are joined by ``_`` in the pattern."""
    star = "*" if written.endswith("*") else ""
    *before, last = fold(written.removesuffix("*").replace("_", " ")).split()
    return [" ".join([*(spelling(word)[0] for word in before), end]) for end in spelling(last + star)]
