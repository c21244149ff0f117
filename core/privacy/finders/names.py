"""Names of people, with capitals or without: pairs of words that are only names, and single names after an announcing word.

The lists alone are not enough: "pierre", "rose" and "petit" are words, "martin" is a feast day. Every word has a strength as
first name and as surname, 0 to 3; the required strength depends on the words before it.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from core.privacy.finders.lexicon import Lexicon, fold, lexicon

_TOKEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_GAP = re.compile(r"[ \u00a0\u202f]{1,2}")
# For lower-case text: with IGNORECASE each takes four times as long.
_ANNOUNCED = re.compile(
    r"(?:m['’ ]?app?el+es?|me nom+e|s['’ ]?app?el+ent?|(?:pré)?nom(?: de famille| de naissance| d['’ ]usage|"
    r" d['’ ]?[ée]pou(?:se|x)|"
    r" marital| de jeune fille)?(?: est| c['’]est|\s*[:=])|prenom(?: est|\s*[:=])|nomm[ée]e?|au nom de|signé[e]?|"
    r"my name is|me llamo|nom de naissance|nom d['’ ]?[ée]pou(?:se|x)|nom de jeune fille)\s*$"
)
_PRESENTED = re.compile(r"(?:je suis|c['’ ]est|ici|i am|i['’]m)\s*$")
_SIGNED = re.compile(
    r"(?:cordialement|bien à vous|merci(?: d['’]avance| beaucoup)?|salutations|respectueusement|à bientôt)[\s,.!;:-]*$"
)
_BREAK = re.compile(r"[.,;:!?\n]")
_NOTHING_MORE = re.compile(r"[ .!,)\n]*+$")
_FREQUENT_FIRST_NAME = 3_000
_FREQUENT_SURNAME = 8_000
_COMMON = 20  # a word that pages use this often is an ordinary word first
_MOST_TOKENS = 4
_MOST_SIBLINGS = 12  # names in a row, with "et" between them
_LONGEST = 40  # letters of a name
_BEFORE = 40  # characters before a name that are read


class _Token(NamedTuple):
    start: int
    end: int
    text: str
    folded: str
    capital: bool
    first: int
    last: int
    never: bool


def find_names(text: str) -> Iterator[tuple[int, int]]:
    """Yields the positions of people's names in ``text``."""
    known = lexicon()
    shouting = sum(map(str.isupper, text)) > sum(map(str.islower, text))
    tokens = [_token(match, shouting=shouting) for match in _TOKEN.finditer(text)]
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if not (token.first or token.last) and token.folded not in known.words["particles"]:  # most words, and all hostile ones
            at += 1
            continue
        run = _run(text, tokens, at, known)
        length = _name(text, tokens, at, run, known)
        if length:
            yield tokens[at].start, tokens[at + length - 1].end
        at += max(length, 1)


def _token(match: re.Match[str], *, shouting: bool) -> _Token:
    text = match.group()
    if len(text) > _LONGEST:  # keeps the cache of words small
        return _Token(match.start(), match.end(), text, "", False, 0, 0, True)
    folded, capital = fold(text), text[0].isupper() and not shouting
    return _Token(match.start(), match.end(), text, folded, capital, *_strengths(folded, capital))


@lru_cache(maxsize=16_384)
def _strengths(word: str, capital: bool) -> tuple[int, int, bool]:
    """Returns the strength of a folded word as a first name and as a surname, and whether it is never part of a name."""
    known = lexicon()
    if word in known.words["never"]:
        return 0, 0, True
    first = _strength(word, known.first, known, frequent=_FREQUENT_FIRST_NAME, capital=capital)
    return first, _strength(word, known.last, known, frequent=_FREQUENT_SURNAME, capital=capital), False


def _strength(word: str, names: dict[str, int], known: Lexicon, *, frequent: int, capital: bool) -> int:
    """Returns 0 for no name, 1 for rather a word, 2 for rather a name; one more with a capital."""
    parts = [part for part in word.split("-") if part]
    rank = names.get(word)
    if rank is None and len(parts) > 1 and all(part in names for part in parts):
        return 3
    used = known.ordinary.get(word, 0)
    if rank is None:
        return int(capital and len(word) > 2 and not used)
    if used >= _COMMON and not (capital and rank < frequent):
        return 1 if rank < frequent // 4 else 0
    strength = 2 if used <= 1 else int(rank < frequent)
    return strength + capital if strength else 0


def _run(text: str, tokens: Sequence[_Token], at: int, known: Lexicon) -> int:
    """Returns how many tokens from ``at`` on may be one name: only spaces between them; particles, but not at its end."""
    length = 0
    for count, token in enumerate(tokens[at : at + _MOST_TOKENS + 1]):
        if count and not _GAP.fullmatch(text, tokens[at + count - 1].end, token.start):
            apostrophe = text[tokens[at + count - 1].end : token.start] in {"'", "’"}
            if not (apostrophe and tokens[at + count - 1].folded in {"d", "o"}):
                break
        particle = token.folded in known.words["particles"]
        if not particle and (token.never or not (token.first or token.last)):
            break
        length = length if particle else count + 1
    return length


def _name(text: str, tokens: Sequence[_Token], at: int, run: int, known: Lexicon) -> int:
    """Returns how many of the ``run`` tokens at ``at`` are a name; 0: none."""
    if not run or _public(text, tokens, at, known):
        return 0
    some = tokens[at : at + run]
    particles = known.words["particles"]
    whole = [token for token in some if token.folded not in particles]
    head = text[max(0, some[0].start - _BEFORE) : some[0].start].lower()
    titled = _title(text, tokens, at, known)
    if titled or _ANNOUNCED.search(head):
        pair = len(whole) > 1 and some[0] is whole[0] and _pair(whole, 2)
        return _run_length(some, known, 1 if titled or pair else 2)
    if _signed(text, head, some[-1].end) and all(max(token.first, token.last) >= 1 for token in whole):
        return run if max(max(token.first, token.last) for token in whole) >= 2 else 0
    return _unannounced(text, tokens, at, some, head, known)


def _unannounced(text: str, tokens: Sequence[_Token], at: int, some: Sequence[_Token], head: str, known: Lexicon) -> int:
    """Returns how many of ``some``, the tokens from ``at`` on, are a name without an announcing word; 0: none."""
    whole = [token for token in some if token.folded not in known.words["particles"]]
    # "Usager poli", "saint malo": the first word is not a name.
    if some[0] is not whole[0] or some[0].folded in known.words["roles"] | known.words["places"]:
        return 0
    needed = 2 if _PRESENTED.search(head) else 3
    if len(whole) > 1 and _pair(whole, needed):
        return _run_length(some, known, 1) if len(whole) > 2 else len(some)
    if some[0].first >= 2 and _after_kin(text, tokens, at, known):
        return 1
    if some[0].capital and max(some[0].first, some[0].last) >= 3 and _after_role(text, tokens, at, known):
        return _run_length(some, known, 3)
    return 0


def _pair(whole: Sequence[_Token], needed: int) -> bool:
    one, two = whole[0], whole[1]
    straight = one.first and two.last and one.first + two.last >= needed
    # "dupont marie": the reverse order only if no other reading is possible
    turned = one.last >= 2 and two.first >= 2
    return bool(straight or turned)


def _run_length(some: Sequence[_Token], known: Lexicon, least: int) -> int:
    """Returns how many tokens, the first of at least strength ``least``, are names after an announcing word."""
    count = length = 0
    for token in some:
        count += 1
        if token.folded in known.words["particles"]:
            continue
        strength = max(token.first, token.last)
        if strength < (least if not length else 1):
            break
        length = count
    return length


def _title(text: str, tokens: Sequence[_Token], at: int, known: Lexicon) -> bool:
    if not at:
        return False
    before, between = tokens[at - 1], text[tokens[at - 1].end : tokens[at].start]
    if before.folded not in known.words["titles"] or between.strip(" .\u00a0\u202f"):
        return False
    # "me", "m" and "pr" are also other words, if they are not written as titles.
    if before.folded == "m" and "." in between:
        return True
    return before.folded not in {"me", "m", "pr"} or (before.text[0].isupper() and ("." in between or tokens[at].capital))


def _after_kin(text: str, tokens: Sequence[_Token], at: int, known: Lexicon) -> bool:
    """Decides whether the words before are "mon fils", "mes enfants Léa et"; not "fils" alone, which is too frequent."""
    for _ in range(_MOST_SIBLINGS):
        if at < 3 or tokens[at - 1].folded != "et" or tokens[at - 2].first < 2:
            break
        at -= 2
    if at < 2 or text[tokens[at - 1].end : tokens[at].start].strip(" ,:(\u00a0"):
        return False
    return tokens[at - 1].folded in known.words["kin"] and tokens[at - 2].folded in known.words["mine"]


def _after_role(text: str, tokens: Sequence[_Token], at: int, known: Lexicon) -> bool:
    """Decides whether a word such as "usager" comes right before: a name may follow it, and so may any other word."""
    before = tokens[at - 1] if at else None
    return (
        before is not None
        and before.folded in known.words["roles"]
        and bool(_GAP.fullmatch(text, before.end, tokens[at].start))
    )


def _public(text: str, tokens: Sequence[_Token], at: int, known: Lexicon) -> bool:
    """Decides whether one of the three words before shows that this is the name of a law, a street or a school."""
    for back in range(1, min(3, at) + 1):
        token = tokens[at - back]
        if _BREAK.search(text, token.end, tokens[at - back + 1].start):
            return False
        if token.folded in known.words["public"]:
            return True
        if token.folded not in known.words["particles"] and token.folded not in {"l", "en", "a", "jean", "charles"}:
            return False
    return False


def _signed(text: str, head: str, end: int) -> bool:
    """Decides whether a name would be a signature: alone after the greeting, or on the last line."""
    if not _NOTHING_MORE.match(text, end):
        return False
    return bool(_SIGNED.search(head)) or (head.rstrip(" ").endswith("\n"))
