"""The office that a message asks for, and the fact about it. Pure, on folded words."""

import re
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from core.yaml_text import load as load_yaml
from places.offices.kinds import kind_in
from places.words import key_of

type Asks = Literal["where", "hours", "phone"]
_FILE = Path(__file__).with_name("request.yml")
_MOST_WORDS = 25  # a longer message that names an office asks for more than its address
_ASKED: tuple[Asks, ...] = ("hours", "phone", "where")

# Of the town hall of another place than where the citizen lives: "la mairie du lieu de naissance". A third of the pages with a
# link to town halls have such words; of these half mean another one.
_OTHER_TOWN = re.compile(
    r"\b(?:lieu|commune|mairie|ville)s? (?:"
    r"(?:de l[’']|d[’']|de |du |des )(?:la |leur |sa |son |votre |l[’'])?"
    r"(?:naissance|mariage|décès|évé?nement|accouchement|inhumation|célébration|travaux|terrain|biens?|logement|établissement"
    r"|manifestation|union|défunt|cimetière|implantation|accueil|situation|déroulement|hébergement)"
    r"|où |dont |dans laquelle |choisie )",
    re.IGNORECASE,
)


class Request(NamedTuple):
    """The ``kind`` of the office (``kinds.yml``), and what is ``asked`` about it."""

    kind: str
    asked: Asks


def request_in(text: str, place_words: tuple[str, ...] = (), *, after_office: bool = False) -> Request | None:
    """Returns the office that ``text`` asks for; ``None`` if it asks for none. ``place_words``: the folded words of its places.

    A bare name of an office is a request only with a place ("mairie de Rennes"), or if another office was shown just before
    (``after_office``: "et la CAF ?"). Otherwise it is the name of a subject.
    """
    plain = key_of(text)
    if len(plain.split()) > _MOST_WORDS:
        return None
    found = kind_in(plain)
    if found is None or _pattern("not").search(plain):
        return None
    kind, match = found
    marked = _marked(plain, match.span(), place_words)
    if asked := _asked_in(marked):
        return Request(kind, asked)
    return Request(kind, "where") if (after_office or "HERE" in marked) and _is_bare(marked) else None


def request_by_name(plain: str, name: tuple[int, int], place_words: tuple[str, ...] = (), *, bare: bool) -> Asks | None:
    """Returns what is asked about the office that is named from ``name[0]`` to ``name[1]`` in the folded words ``plain``.

    ``bare``: the name by itself is a request, too.
    """
    if len(plain.split()) > _MOST_WORDS or _pattern("not").search(plain):
        return None
    marked = _marked(plain, name, place_words)
    if asked := _asked_in(marked):
        return asked
    return "where" if _pattern("way_to_named").search(marked) or (bare and _is_bare(marked)) else None


def _marked(plain: str, office: tuple[int, int], place_words: tuple[str, ...]) -> str:
    """Returns ``plain`` with KIND instead of the office, and HERE instead of the places and their prepositions."""
    marked = f"{plain[: office[0]]}KIND{plain[office[1] :]}"
    for place in place_words:
        marked = re.sub(rf"(?:\b(?:a|de|d|du|des|au|aux|sur|en|l) )?\b{re.escape(place)}\b", "HERE", marked)
    return re.sub(r"(?:HERE ?)+(?=HERE)", "", marked)


def _asked_in(marked: str) -> Asks | None:
    return next((asked for asked in _ASKED if _pattern(asked).search(marked)), None)


def _is_bare(marked: str) -> bool:
    return all(word in _words()["around"] or word in ("KIND", "HERE") for word in marked.split())


def errand_in(text: str) -> str | None:
    """Returns the kind of office for a question about where to do something.

    ``None`` if ``text`` asks for no place, or for something that is not done at an office.
    """
    plain = key_of(text)
    if not _pattern("place_of_errand").search(plain):
        return None
    return next((kind for kind, words in _errands() if words.search(plain)), None)


@cache
def _errands() -> tuple[tuple[str, re.Pattern[str]], ...]:
    content: dict[str, list[str]] = load_yaml(_FILE.with_name("errands.yml").read_text(encoding="utf-8"))
    return tuple((kind, re.compile(rf"\b(?:{'|'.join(words)})\b")) for kind, words in content.items())


def asks_nearest(text: str) -> bool:
    """Decides whether ``text`` asks for the nearest office, wherever it is."""
    return _pattern("nearest").search(key_of(text)) is not None


def names_another_town(text: str) -> bool:
    """Decides whether the text of a page may mean the town hall of another place than where its reader lives."""
    return _OTHER_TOWN.search(text) is not None


def follow_up_in(text: str) -> Asks | None:
    """Returns what ``text`` asks about the office that was shown just before; ``None`` if it asks nothing about it."""
    plain = key_of(text)
    if not _pattern("follow_up").fullmatch(plain):
        return None
    if re.search(r"\b(?:numero|telephone|tel|mail|courriel)\b", plain):
        return "phone"
    return "where" if re.search(r"\b(?:adresse|ou)\b", plain) else "hours"


@cache
def _words() -> dict[str, list[Any]]:
    content: dict[str, list[Any]] = load_yaml(_FILE.read_text(encoding="utf-8"))
    return content


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_words()[name])})(?!\w)")
