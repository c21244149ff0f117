"""Finds the place where the writer of a message lives, or where they ask for an office. Pure, without a model.

The words before a name decide: an office ("la mairie de"), a home ("j'habite à"), or a plain "à" in a part of the sentence
that is about no journey, birth or job. After "rue de", a title or a relative, it is the name of something else.
"""

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from places.communes.index import Places
from places.communes.place import Place
from places.mentions import context
from places.mentions.candidates import Candidate, Token, candidates_in, read_tokens

# Of a message: a citizen's town stands before these limits. The last one: words that may be a misspelt name.
_MOST_CHARACTERS, _MOST_NAMES, _MOST_UNKNOWN = 2_000, 20, 40
_MAX_WORDS_BEFORE = 14  # words before a name that are examined
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

    ``words``: its words, folded. ``for_office``: an office is asked for there; otherwise somebody lives there.
    """

    places: tuple[Place, ...]
    words: str
    for_office: bool


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
    used: set[int] = set()
    for number, candidate in enumerate(candidates):
        if number in used:
            continue
        neighbours = _neighbours(candidates, number, tokens)
        for_office = _asks_for_office(tokens, candidate, office, is_disambiguated=bool(neighbours))
        used |= set(neighbours)
        if for_office is None:
            continue
        resolved = _resolve(candidate, [candidates[one] for one in neighbours], near)
        if not resolved and candidate.places[0].kind == "commune":  # "colombe dans le 92" is misspelt: none there
            resolved = places.nearest(_words_of(tokens, candidate), candidates[neighbours[0]].places[0].departement)
        if resolved:
            mentions.append(Mention(resolved, _words_of(tokens, candidate), for_office))
    return tuple(mentions) or _misspelt(tokens, candidates, places)


def _words_of(tokens: Sequence[Token], candidate: Candidate) -> str:
    return " ".join(token.word for token in tokens[candidate.start : candidate.end])


def _words_before(tokens: Sequence[Token], at: int, *, part: bool = False) -> str:
    """Returns the words before word number ``at`` in its sentence; with ``part``, in its part of the sentence."""
    words: list[str] = []
    for token in reversed(tokens[:at]):
        if token.is_mark and not (token.word in "()" and not part):
            break
        if part and token.word in _PARTS:
            break
        words.append(token.word)
        if len(words) == _MAX_WORDS_BEFORE:
            break
    return " ".join(reversed(words))


def _asks_for_office(tokens: Sequence[Token], candidate: Candidate, office: bool, *, is_disambiguated: bool) -> bool | None:  # noqa: PLR0911, PLR0912 - a rule a line, in one place
    """Returns whether an office is asked for in the place; ``None`` if the name does not count.

    ``is_disambiguated``: a département or postal code stands next to it, so it is certainly a name.
    """
    left, right = (
        _words_before(tokens, candidate.start),
        " ".join(token.word for token in tokens[candidate.end : candidate.end + 3]),
    )
    if candidate.contracted:
        left = f"{left} {tokens[candidate.start].word}".strip()
    first = tokens[candidate.start]
    if first.word.isdigit() and len(first.word) == 5:
        return _postal_code_counts(tokens, candidate, left, right, office)
    if context.is_named_after(left) or context.is_moved_from(left) or _words_of(tokens, candidate) in context.abroad():
        return None
    if candidate.places[0].kind == "departement":
        strong = context.follows_office(left) or context.follows_home(left)
        return context.follows_office(left) if strong and not context.is_elsewhere(left) else None
    largest = candidate.places[0].population
    last = left.rpartition(" ")[2]
    is_ordinary_word = not is_disambiguated and _is_word(tokens, candidate)
    if is_ordinary_word and (candidate.contracted or first.word in _ARTICLES) and largest < _ARTICLE_TOWN:
        return None  # "la crèche", "l'hôpital", "du quartier"
    if is_ordinary_word and largest < _TOWN:
        return None
    if is_ordinary_word and _is_alone(tokens, candidate):
        return office
    if is_ordinary_word and last not in _BEFORE_WORDS and not context.follows_directly(left):
        return True if office and not left and largest >= _CITY else None
    if context.follows_office(left):
        return True
    part = _words_before(tokens, candidate.start, part=True)
    if candidate.contracted:
        part = f"{part} {first.word}".strip()
    if context.is_elsewhere(context.without_moved_in(part)):
        return None
    if context.follows_home(left):
        return False
    if is_ordinary_word and last != "a":
        return None
    if last in _TO or candidate.contracted or left.endswith("dans le"):  # "dans le 5e arrondissement"
        return office
    return office if _stands_alone(tokens, candidate, left, office) else None


def _is_word(tokens: Sequence[Token], candidate: Candidate) -> bool:
    """Decides whether the name, as it is written, is just as likely to be an ordinary word."""
    words = [token for token in tokens[candidate.start + candidate.contracted : candidate.end] if token.word not in _JOINING]
    shouted = all(token.raw.isupper() for token in tokens if len(token.raw) > 1)
    begins = candidate.start == 0 or tokens[candidate.start - 1].is_mark  # there, a capital letter says nothing
    capitals = words[1:] if begins and not candidate.contracted else words
    has_capital = any(token.raw[:1].isupper() and len(token.raw) > 1 for token in capitals) and not shouted
    return len(words) < 2 and not has_capital and all(len(token.word) == 1 or context.is_ordinary(token.raw) for token in words)


def _postal_code_counts(tokens: Sequence[Token], candidate: Candidate, left: str, right: str, office: bool) -> bool | None:
    if context.is_number(left, right):
        return None
    alone = all(token.is_mark or token.word in _AROUND for token in (*tokens[: candidate.start], *tokens[candidate.end :]))
    home = context.follows_home(left)
    return office if office or home or alone or left.rpartition(" ")[2] in _TO else None


def _is_alone(tokens: Sequence[Token], candidate: Candidate) -> bool:
    others = (*tokens[: candidate.start], *tokens[candidate.end :])
    return all(token.is_mark or token.word in _AROUND or token.word.isdigit() for token in others)


def _stands_alone(tokens: Sequence[Token], candidate: Candidate, left: str, office: bool) -> bool:
    """Decides whether the name is the whole message, or stands alone in a message that asks for an office."""
    if _is_alone(tokens, candidate):
        return True
    if len(tokens) - candidate.end + candidate.start <= 8 and all(
        tokens[at].is_mark or tokens[at].word in _AROUND for at in range(candidate.start)
    ):
        behind = tokens[candidate.end].word if candidate.end < len(tokens) else ""
        if behind in (",", "(") and _only_departement(tokens[candidate.end + 1 :]):
            return True
    starts = not left or all(word in _AROUND for word in left.split())
    if candidate.places[0].kind == "epci":
        return starts
    if not office:
        return False
    ends = candidate.end == len(tokens) or tokens[candidate.end].is_mark
    return starts or (ends and context.has_office(left))


def _only_departement(tokens: Sequence[Token]) -> bool:
    return len(tokens) <= 5 and bool(tokens) and tokens[0].word in ("dans", "en", "departement")


def _neighbours(candidates: Sequence[Candidate], number: int, tokens: Sequence[Token]) -> list[int]:
    """Returns the numbers of the candidates that identify a commune: a département or postal code next to it."""
    candidate = candidates[number]
    if candidate.places[0].kind == "departement":
        return []
    near: list[int] = []
    for other in range(number + 1, min(number + 3, len(candidates))):
        one = candidates[other]
        gap = tokens[candidate.end : one.start]
        is_code = tokens[one.start].word.isdigit() or tokens[candidate.start].word.isdigit()
        if len(gap) <= (2 if is_code else 4) and (one.places[0].kind == "departement" or is_code):
            near.append(other)
    return near


def _resolve(candidate: Candidate, neighbours: Sequence[Candidate], near: str) -> tuple[Place, ...]:
    """Returns the place that is meant, or the places to choose from."""
    options = candidate.places
    for other in neighbours:
        if other.places[0].kind == "departement":
            options = tuple(one for one in options if one.departement == other.places[0].departement)
        else:  # a postal code and a name
            codes = {one.code for one in other.places} | {one.within for one in other.places if one.within}
            both = tuple(one for one in options if one.code in codes or one.within in codes)
            narrower = tuple(one for one in other.places if one.within and one.within in {place.code for place in options})
            options = narrower or both or options
    if len(options) > 1 and near and (local := [one for one in options if one.departement == near]):
        options = tuple(local)
    if len(options) > 1 and not _is_code(candidate):
        first, second = options[0], options[1]
        if len(options) < _MANY and any(
            first.population >= max(minimum, times * second.population) for minimum, times in _OF_SEVERAL
        ):
            return (first,)
    return options


def _is_code(candidate: Candidate) -> bool:
    """Decides whether ``candidate`` is a postal code of several communes: then the largest is not necessarily meant."""
    shared = set(candidate.places[0].postal_codes).intersection(*(one.postal_codes for one in candidate.places))
    return bool(shared) and len({one.name for one in candidate.places}) > 1


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
        left = _words_before(tokens, at)
        for_office, alone = context.follows_office(left), False
        if not for_office and not context.follows_home(left):
            alone = at == 0 and (len(tokens) <= 2 or office)
            if not alone:
                continue
        if context.is_named_after(left) or context.is_moved_from(left):
            continue
        if not for_office and context.is_elsewhere(context.without_moved_in(_words_before(tokens, at, part=True))):
            continue
        if (mention := _nearest(tokens[at : at + _LONGEST_MISSPELT], places, departement, alone=alone)) is not None:
            return (mention._replace(for_office=for_office or office),)
    return ()


def _is_no_name(token: Token) -> bool:
    return token.word in _AROUND or context.is_ordinary(token.raw) or context.is_word(token.word)


def _nearest(tokens: Sequence[Token], places: Places, departement: str | None, *, alone: bool) -> Mention | None:
    for count in range(len(tokens), 0, -1):
        span = tokens[:count]
        if any(one.is_mark for one in span):
            continue
        words = " ".join(one.word for one in span)
        if words in context.abroad():
            return None
        nearest = places.nearest(words, departement)
        if nearest and (not alone or (nearest[0].population >= _ALONE_FROM and len(words) >= _ALONE_LETTERS)):
            return Mention(nearest, words, for_office=False)
    return None
