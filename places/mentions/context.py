"""The words around the name of a place: an office, a home, a street … Pure, on folded words."""

import re
from functools import cache, lru_cache
from pathlib import Path

import simplemma
from babel import Locale

from core.yaml_text import load as load_yaml
from places.words import key_of

_FILE = Path(__file__).with_name("words.yml")
_TO = r"(?:a|au|aux|sur|de|du|d|des|dans|en|in|at|vers|ici|le|la|l|les)"
_QUALIFIERS = (
    r"(?: (?:annexe|de garde|municipale?|principale?|horr?aires?|adresse|numero|tel|telephone|locale?|judiciaire|rdv"
    r"|centrale?|svp|generale?|departementale?))*"
)
# Words that may stand between an office, or "j'habite", and the place: "mairie annexe du 6e arrondissement de", "vis seule à".
_BETWEEN = r"(?: (?!et |mais |ou )[\w]+){0,3}?"


_MOVED_IN = re.compile(r"(?:^| )(?:j ai|on a|nous avons|avons|viens de?|venons de?) demenag\w+")

_MOVED_FROM = re.compile(r"(?:^| )(?:demenag|part|quitt)\w*(?: \w+){0,4} (?:de|d|depuis)$")
_LONGEST_WORD = 30  # letters; French has none longer
_ACCENTS = {"e": "éèê", "a": "âà", "o": "ô", "i": "îï", "c": "ç", "u": "û"}
_LIVES = re.compile(r"\b(?:(?:co)?habit\w*|vis|vivons|resid\w+|demeur\w+|domicilie\w*)$")


@cache
def _words() -> dict[str, list[str]]:
    content: dict[str, list[str]] = load_yaml(_FILE.read_text(encoding="utf-8"))
    return content


@cache
def word_set(name: str) -> frozenset[str]:
    """Returns the list of words called ``name`` in the file."""
    return frozenset(_words()[name])


@cache
def _pattern(name: str, before: str, after: str) -> re.Pattern[str]:
    return re.compile(f"{before}(?:{'|'.join(_words()[name])}){after}")


def _ends_with(text: str, name: str, after: str) -> bool:
    return _pattern(name, r"(?:^| )", f"{after}$").search(text) is not None


def is_named_after(left: str) -> bool:
    """Decides whether the words after ``left`` are the name of a street, a school or a person."""
    return _ends_with(left, "named_after", "")


def follows_office(left: str) -> bool:
    """Decides whether the words after ``left`` say where an office is: "la mairie annexe de"."""
    return _ends_with(left, "offices", f"(?:{_QUALIFIERS}|{_BETWEEN} {_TO})(?: {_TO})*")


def follows_home(left: str) -> bool:
    """Decides whether the words after ``left`` say where the writer lives, or near which place they ask: "j'habite à"."""
    return _ends_with(
        left, "living", f"(?: (?:desormais|maintenant|actuellement|toujours|bien|aussi|ici))?(?:{_BETWEEN} {_TO})?(?: {_TO})*"
    )


def follows_directly(left: str) -> bool:
    """Decides whether an office or a home ("j'habite") is the last word before the name."""
    return _ends_with(left, "offices", "") or _LIVES.search(left) is not None


def is_elsewhere(left: str) -> bool:
    """Decides whether ``left`` is about a journey, a birth, a job …"""
    return _pattern("elsewhere", r"(?:^| )", r"(?= |$)").search(left) is not None


def has_office(text: str) -> bool:
    """Decides whether ``text`` names an office, or asks for hours, an address, a telephone number."""
    return any(_pattern(name, r"(?:^| )", r"(?= |$)").search(text) for name in ("offices", "asking"))


def is_number(left: str, right: str) -> bool:
    """Decides whether five digits between ``left`` and ``right`` are an amount or a reference."""
    is_amount = _pattern("amounts", "^", r"(?= |$)").match(right) is not None
    return is_amount or _ends_with(left, "numbered", "")


@cache
def abroad() -> frozenset[str]:
    """Returns the folded names of countries and of cities elsewhere."""
    countries = Locale("fr").territories.values()
    return frozenset({*_words()["abroad"], *(key_of(name) for name in countries)} - word_set("french"))


def is_ordinary(raw: str) -> bool:
    """Decides whether ``raw`` is an ordinary French word, even if it may be a name too, also when written without accents."""
    word = raw.lower()
    return len(word) <= _LONGEST_WORD and _is_ordinary(word)


@lru_cache(maxsize=16_384)  # a word without its accents costs twelve look-ups
def _is_ordinary(word: str) -> bool:
    if word in word_set("ordinary") or simplemma.is_known(word, "fr"):
        return True
    accented = (f"{word[:at]}{letter}{word[at + 1 :]}" for at, plain in enumerate(word) for letter in _ACCENTS.get(plain, ""))
    return any(simplemma.is_known(one, "fr") for one in accented)


def is_moved_from(left: str) -> bool:
    """Decides whether the words after ``left`` say which place somebody moves away from: "déménagé en mai de"."""
    return _MOVED_FROM.search(left) is not None


def without_moved_in(left: str) -> str:
    """Returns ``left`` without "j'ai déménagé": this person lives there already, one who is moving does not yet."""
    return _MOVED_IN.sub(" ", left)


def is_word(word: str) -> bool:
    """Decides whether ``word`` is in the lists of this file, and therefore not a misspelt name."""
    return any(_pattern(name, "^", "$").match(word) for name in ("offices", "asking", "living", "elsewhere"))
