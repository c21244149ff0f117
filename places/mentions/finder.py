"""Finds the place where the writer of a message lives, or where they ask for an office. Pure, without a model.

The words before a name decide: an office ("la mairie de"), a home ("j'habite à"), or a plain "à" in a part of the sentence
that is about no journey, birth or job. After "rue de", a title or a relative, it is the name of something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from places.communes.index import Places
from places.communes.place import Place
from places.mentions import context
from places.mentions.candidates import Candidate, Token, candidates_in, read_tokens

# Of a message: a citizen's town stands before these limits. The last one: words that may be a misspelt name.
_MOST_CHARACTERS, _MOST_NAMES, _MOST_UNKNOWN = 2_000, 20, 40
_FAR = 14  # words before a name that are examined
# When a place is chosen without a question among several of one name: its inhabitants, and how many times as many as the next.
_OF_SEVERAL = ((5_000, 10), (20_000, 5))
_MANY = 5  # places of one name ("Saint-Paul"): the citizen is always asked, however large one of them is
# Inhabitants of a place whose name is an ordinary word ("tours") in lower case, to count after "à", and at the start.
_TOWN, _CITY = 10_000, 20_000
_PARTS = frozenset({"mais", "maintenant", "desormais", "puis", "aujourd", "actuellement", "donc", "ou", "quand", "comment"})
_BEFORE_WORDS = frozenset({"a", "au", "aux", "sur", "de", "d"})
_TO = frozenset({"a", "aux", "au", "sur", "dans", "en", "in"})
_AROUND = context.word_set("around")
_ARTICLES = frozenset({"le", "la", "les", "l"})
_ARTICLE_TOWN = 20_000  # inhabitants of "La Garde", to count where it is written "la garde"
_JOINING = context.word_set("joining")
_LONGEST_MISSPELT = 4  # words
_ALONE_FROM, _ALONE_LETTERS = 30_000, 6  # inhabitants and letters of a misspelt name that is the whole message


class Mention(NamedTuple):
    """A place that counts: the one in ``places``, or several among which only the citizen can choose.

    ``said``: its words, folded. ``asked``: an office is asked for there; otherwise somebody lives there.
    """

    places: tuple[Place, ...]
    said: str
    asked: bool


def find(text: str, places: Places, *, near: str = "") -> tuple[Mention, ...]:
    """Returns the places in ``text`` that count, in their order.

    ``near``: the département that decides between places of the same name, if there is one.
    """
    tokens = read_tokens(text[:_MOST_CHARACTERS])
    if not tokens:
        return ()
    candidates = candidates_in(tokens, places, _MOST_NAMES)
    whole = " ".join(token.word for token in tokens if not token.is_mark)
    office = context.has_office(whole)
    mentions: list[Mention] = []
    taken: set[int] = set()
    for number, candidate in enumerate(candidates):
        if number in taken:
            continue
        beside = _beside(candidates, number, tokens)
        asked = _counts(tokens, candidate, office, told_apart=bool(beside))
        taken |= set(beside)
        if asked is None:
            continue
        meant = _meant(candidate, [candidates[one] for one in beside], near)
        if not meant and candidate.places[0].kind == "commune":  # "colombe dans le 92" is misspelt: none there
            meant = places.nearly(_said(tokens, candidate), candidates[beside[0]].places[0].departement)
        if meant:
            mentions.append(Mention(meant, _said(tokens, candidate), asked))
    return tuple(mentions) or _misspelt(tokens, candidates, places)


def _said(tokens: Sequence[Token], found: Candidate) -> str:
    return " ".join(token.word for token in tokens[found.start : found.end])


def _left(tokens: Sequence[Token], at: int, *, part: bool = False) -> str:
    """Returns the words before word number ``at`` in its sentence; with ``part``, in its part of the sentence."""
    words: list[str] = []
    for token in reversed(tokens[:at]):
        if token.is_mark and not (token.word in "()" and not part):
            break
        if part and token.word in _PARTS:
            break
        words.append(token.word)
        if len(words) == _FAR:
            break
    return " ".join(reversed(words))


def _counts(tokens: Sequence[Token], found: Candidate, office: bool, *, told_apart: bool) -> bool | None:  # noqa: PLR0911, PLR0912 - a rule a line, in one place
    """Returns whether an office is asked for in the place; ``None`` if the name does not count.

    ``told_apart``: a département or postal code stands next to it, so it is certainly a name.
    """
    left, right = _left(tokens, found.start), " ".join(token.word for token in tokens[found.end : found.end + 3])
    if found.contracted:
        left = f"{left} {tokens[found.start].word}".strip()
    first = tokens[found.start]
    if first.word.isdigit() and len(first.word) == 5:
        return _postal_code_counts(tokens, found, left, right, office)
    if context.is_named_after(left) or context.is_left(left) or _said(tokens, found) in context.abroad():
        return None
    if found.places[0].kind == "departement":
        strong = context.follows_office(left) or context.follows_home(left)
        return context.follows_office(left) if strong and not context.is_elsewhere(left) else None
    largest = found.places[0].population
    last = left.rpartition(" ")[2]
    word = not told_apart and _is_word(tokens, found)
    if word and (found.contracted or first.word in _ARTICLES) and largest < _ARTICLE_TOWN:
        return None  # "la crèche", "l'hôpital", "du quartier"
    if word and largest < _TOWN:
        return None
    if word and _is_alone(tokens, found):
        return office
    if word and last not in _BEFORE_WORDS and not context.follows_at_once(left):
        return True if office and not left and largest >= _CITY else None
    if context.follows_office(left):
        return True
    part = _left(tokens, found.start, part=True)
    if found.contracted:
        part = f"{part} {first.word}".strip()
    if context.is_elsewhere(context.without_moved_in(part)):
        return None
    if context.follows_home(left):
        return False
    if word and last != "a":
        return None
    if last in _TO or found.contracted or left.endswith("dans le"):  # "dans le 5e arrondissement"
        return office
    return office if _stands_alone(tokens, found, left, office) else None


def _is_word(tokens: Sequence[Token], found: Candidate) -> bool:
    """Decides whether the name, as it is written, is just as likely to be an ordinary word."""
    words = [token for token in tokens[found.start + found.contracted : found.end] if token.word not in _JOINING]
    shouted = all(token.raw.isupper() for token in tokens if len(token.raw) > 1)
    begins = found.start == 0 or tokens[found.start - 1].is_mark  # there, a capital letter says nothing
    capitals = words[1:] if begins and not found.contracted else words
    named = any(token.raw[:1].isupper() and len(token.raw) > 1 for token in capitals) and not shouted
    return len(words) < 2 and not named and all(len(token.word) == 1 or context.is_ordinary(token.raw) for token in words)


def _postal_code_counts(tokens: Sequence[Token], found: Candidate, left: str, right: str, office: bool) -> bool | None:
    if context.is_number(left, right):
        return None
    alone = all(token.is_mark or token.word in _AROUND for token in (*tokens[: found.start], *tokens[found.end :]))
    home = context.follows_home(left)
    return office if office or home or alone or left.rpartition(" ")[2] in _TO else None


def _is_alone(tokens: Sequence[Token], found: Candidate) -> bool:
    others = (*tokens[: found.start], *tokens[found.end :])
    return all(token.is_mark or token.word in _AROUND or token.word.isdigit() for token in others)


def _stands_alone(tokens: Sequence[Token], found: Candidate, left: str, office: bool) -> bool:
    """Decides whether the name is the whole message, or stands alone in a message that asks for an office."""
    if _is_alone(tokens, found):
        return True
    if len(tokens) - found.end + found.start <= 8 and all(
        tokens[at].is_mark or tokens[at].word in _AROUND for at in range(found.start)
    ):
        behind = tokens[found.end].word if found.end < len(tokens) else ""
        if behind in (",", "(") and _only_departement(tokens[found.end + 1 :]):
            return True
    starts = not left or all(word in _AROUND for word in left.split())
    if found.places[0].kind == "epci":
        return starts
    if not office:
        return False
    ends = found.end == len(tokens) or tokens[found.end].is_mark
    return starts or (ends and context.has_office(left))


def _only_departement(tokens: Sequence[Token]) -> bool:
    return len(tokens) <= 5 and bool(tokens) and tokens[0].word in ("dans", "en", "departement")


def _beside(candidates: Sequence[Candidate], number: int, tokens: Sequence[Token]) -> list[int]:
    """Returns the numbers of the candidates that identify a commune: a département or postal code next to it."""
    found = candidates[number]
    if found.places[0].kind == "departement":
        return []
    near: list[int] = []
    for other in range(number + 1, min(number + 3, len(candidates))):
        one = candidates[other]
        gap = tokens[found.end : one.start]
        is_code = tokens[one.start].word.isdigit() or tokens[found.start].word.isdigit()
        if len(gap) <= (2 if is_code else 4) and (one.places[0].kind == "departement" or is_code):
            near.append(other)
    return near


def _meant(found: Candidate, beside: Sequence[Candidate], near: str) -> tuple[Place, ...]:
    """Returns the place that is meant, or the places to choose from."""
    those = found.places
    for other in beside:
        if other.places[0].kind == "departement":
            those = tuple(one for one in those if one.departement == other.places[0].departement)
        else:  # a postal code and a name
            codes = {one.code for one in other.places} | {one.within for one in other.places if one.within}
            both = tuple(one for one in those if one.code in codes or one.within in codes)
            narrower = tuple(one for one in other.places if one.within and one.within in {place.code for place in those})
            those = narrower or both or those
    if len(those) > 1 and near and (local := [one for one in those if one.departement == near]):
        those = tuple(local)
    if len(those) > 1 and not _is_code(found):
        first, second = those[0], those[1]
        if len(those) < _MANY and any(
            first.population >= max(known, times * second.population) for known, times in _OF_SEVERAL
        ):
            return (first,)
    return those


def _is_code(found: Candidate) -> bool:
    """Decides whether ``found`` is a postal code of several communes: then the largest is not necessarily meant."""
    shared = set(found.places[0].postal_codes).intersection(*(one.postal_codes for one in found.places))
    return bool(shared) and len({one.name for one in found.places}) > 1


def _misspelt(tokens: Sequence[Token], candidates: Sequence[Candidate], places: Places) -> tuple[Mention, ...]:
    """Returns a misspelt name found where a name is expected: after an office or "j'habite", before an office, or alone."""
    covered = {at for one in candidates for at in range(one.start, one.end)}
    departement = next((one.places[0].departement for one in candidates if one.places[0].kind == "departement"), None)
    office = context.has_office(" ".join(token.word for token in tokens))
    unknown = (
        at
        for at, token in enumerate(tokens)
        if at not in covered and token.word.isalpha() and (departement or not _is_no_name(token))
    )
    for at in islice(unknown, _MOST_UNKNOWN):
        left = _left(tokens, at)
        asked, alone = context.follows_office(left), False
        if not asked and not context.follows_home(left):
            alone = at == 0 and (len(tokens) <= 2 or office)
            if not alone:
                continue
        if context.is_named_after(left) or context.is_left(left):
            continue
        if not asked and context.is_elsewhere(context.without_moved_in(_left(tokens, at, part=True))):
            continue
        if (mention := _nearest(tokens[at : at + _LONGEST_MISSPELT], places, departement, alone=alone)) is not None:
            return (mention._replace(asked=asked or office),)
    return ()


def _is_no_name(token: Token) -> bool:
    return token.word in _AROUND or context.is_ordinary(token.raw) or context.is_word(token.word)


def _nearest(tokens: Sequence[Token], places: Places, departement: str | None, *, alone: bool) -> Mention | None:
    for count in range(len(tokens), 0, -1):
        span = tokens[:count]
        if any(one.is_mark for one in span):
            continue
        said = " ".join(one.word for one in span)
        if said in context.abroad():
            return None
        found = places.nearly(said, departement)
        if found and (not alone or (found[0].population >= _ALONE_FROM and len(said) >= _ALONE_LETTERS)):
            return Mention(found, said, asked=False)
    return None
