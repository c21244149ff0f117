"""Finds names of places, postal codes and départements in a message, whatever the message says about them."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from core.text.folding import compatible
from places.communes.index import Places
from places.communes.place import Place
from places.words import folded, short_written_out, tokens_in

_CONTRACTIONS = {"au": "le", "du": "le", "aux": "les", "des": "les"}
_ARTICLES = frozenset({"le", "la", "les", "l", *_CONTRACTIONS})
_DEPARTEMENT = re.compile(r"\d{2}|2[ab]|97\d")
_ORDINAL = re.compile(r"(\d{1,2})(?:er?|eme|ieme|nd|e?me)?")
_DISTRICT = frozenset({"arrondissement", "arrdt", "arr", "ardt"})
_COUNTED = frozenset({"ans", "an", "mois", "h", "heures", "heure", "euros", "jours", "km", "minutes"})
_TO_CITY = frozenset({"a", "de", "d"})
_TOWN = 5_000  # inhabitants from which a commune is meant rather than the département of the same name
_LONGEST = 9  # words of a name at most


class Token(NamedTuple):
    """One word or punctuation mark of a message, as written and folded."""

    raw: str
    word: str
    is_mark: bool


class Candidate(NamedTuple):
    """The possible ``places`` (the largest first) for the words from ``start`` to ``end``.

    ``contracted``: the first word is also a preposition ("au Mans").
    """

    start: int
    end: int
    places: tuple[Place, ...]
    contracted: bool = False


def read_tokens(text: str) -> list[Token]:
    """Returns the words and punctuation marks of ``text``."""
    words = ((raw, short_written_out(folded(raw))) for raw in tokens_in(compatible(text)))
    return [Token(raw, word, not word[0].isalnum()) for raw, word in words]


def candidates_in(tokens: Sequence[Token], places: Places, most: int) -> list[Candidate]:
    """Returns the first ``most`` names in order, without overlaps. Where several begin at one word, the longest counts."""
    candidates: list[Candidate] = []
    at = 0
    while at < len(tokens) and len(candidates) < most:
        one = _candidate_at(tokens, at, places, follows=bool(candidates) and candidates[-1].end == at)
        if one is None:
            at += 1
        else:
            candidates.append(one)
            at = one.end
    return candidates


def _candidate_at(tokens: Sequence[Token], at: int, places: Places, *, follows: bool) -> Candidate | None:  # noqa: PLR0911 - a rule a line, in one place
    token = tokens[at]
    if token.is_mark:
        return None
    if token.word.isdigit() and len(token.word) == 5:
        communes = places.with_postal_code(token.word)
        return Candidate(at, at + 1, communes) if communes else None
    if (number := _departement_number(tokens, at, places, follows=follows)) is not None:
        return number
    if token.word not in _ARTICLES and not places.begins_name(token.word):
        return None  # most words
    words = _words_from(tokens, at)
    article = tokens[at - 1].word if at and tokens[at - 1].word in _ARTICLES else ""
    if (departement := _departement(words, at, article, places)) is not None:
        return departement
    contracted = _CONTRACTIONS.get(token.word)
    if contracted and _departement(words[1:], at + 1, token.word, places):
        return None  # the name begins with the next word: "du Val-de-Marne" is not Le Val
    if contracted and (match := _longest([contracted, *words[1:]], places)):
        end, named_places = match
        return _with_district(tokens, Candidate(at, at + end, named_places, contracted=True), places)
    if token.word in _ARTICLES and len(words) > 1 and (region := _departement(words[1:], at + 1, token.word, places)):
        town = _longest(words, places)
        if town is None or town[1][0].population < _TOWN:
            return region._replace(start=at)  # "la Creuse"
    if article and not (article == "l" and token.word in ("hay", "ile", "isle")):
        return None  # "la campagne" is not "Campagne"; a name such as "La Rochelle" was already found from its article on
    if match := _longest(words, places):
        end, named_places = match
        return _with_district(tokens, Candidate(at, at + end, named_places), places)
    return None


def _words_from(tokens: Sequence[Token], at: int) -> list[str]:
    words: list[str] = []
    for token in tokens[at : at + _LONGEST]:
        if token.is_mark:
            break
        words.append(token.word)
    return words


def _longest(words: Sequence[str], places: Places) -> tuple[int, tuple[Place, ...]] | None:
    for count in range(min(places.longest.get(words[0], 0), len(words)), 0, -1):
        if named_places := places.with_name(" ".join(words[:count])):
            return count, named_places
    return None


def _departement(words: Sequence[str], at: int, article: str, places: Places) -> Candidate | None:
    """Returns a département by its name; it needs an article or "en" if a commune has the same name."""
    town = _longest(words, places) if words else None
    for count in range(min(4, len(words)), 0, -1):
        code = places.departement_named(" ".join(words[:count]))
        place = places.departement(code) if code else None
        if place is None:
            continue
        if town and town[0] > count:
            return None
        alone = count == 1 and not article and places.with_name(words[0])
        return None if alone or (count == 1 and not article and len(words[0]) < 4) else Candidate(at, at + count, (place,))
    return None


def _departement_number(tokens: Sequence[Token], at: int, places: Places, *, follows: bool) -> Candidate | None:
    """Returns a département by its number: "dans le 93", "(93)", "le département 35", or "Saint-Denis 93", where it follows a
    name (``follows``).
    """
    if not _DEPARTEMENT.fullmatch(tokens[at].word):
        return None
    previous = tokens[at - 1].word if at else ""
    further = tokens[at - 2].word if at > 1 else ""
    next_word = tokens[at + 1].word if at + 1 < len(tokens) else ""
    is_departement = (
        (follows and next_word not in _COUNTED)
        or previous in ("(", "departement", "dept", "dpt", "dep")
        or (previous == "le" and further in ("dans", "ds", "sur"))
    )
    place = places.departement(tokens[at].word)
    return Candidate(at, at + 1, (place,)) if is_departement and place else None


def _with_district(tokens: Sequence[Token], candidate: Candidate, places: Places) -> Candidate:
    """Returns ``candidate``, or the district of Paris, Lyon or Marseille if a number stands next to the name."""
    city = candidate.places[0]
    if places.district(city.code, 1) is None:
        return candidate
    if candidate.end < len(tokens) and (number := _ORDINAL.fullmatch(tokens[candidate.end].word)):
        next_word = tokens[candidate.end + 1].word if candidate.end + 1 < len(tokens) else ""
        place = places.district(city.code, int(number[1]))
        if place and next_word not in _COUNTED:
            return candidate._replace(end=candidate.end + 1 + (next_word in _DISTRICT), places=(place,))
    at = candidate.start - 1
    if at >= 0 and tokens[at].word in _TO_CITY:
        at -= 1
        if has_word := at >= 0 and tokens[at].word in _DISTRICT:
            at -= 1
        number = _ORDINAL.fullmatch(tokens[at].word) if at >= 0 else None
        place = places.district(city.code, int(number[1])) if number else None
        if place and (has_word or not tokens[at].word.isdigit()):
            return candidate._replace(start=at, places=(place,))
    return candidate
