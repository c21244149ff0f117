"""Stems of words in other languages: an inflected form in a message matches the dictionary form in the glossary.

Accents, and other signs that citizens omit on a telephone, are removed. English, Spanish and Portuguese words are equal if
their Snowball stems are. Arabic, Turkish and Ukrainian have too many inflections for that: a word of a message matches a
glossary stem that it begins with, if the rest may be an ending.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache

import snowballstemmer

from core.text.folding import unaccented

LANGUAGES = ("en", "es", "pt", "ar", "tr", "uk")
_WORD = re.compile(r"[^\W_]+")
_FORMS = str.maketrans(
    {"ı": "i", "ß": "ss", "œ": "oe", "æ": "ae", "ى": "ي", "ة": "ه", "ـ": "", "'": "", "’": "", "ʼ": "", "`": "", "‘": ""}
)
_SNOWBALL = {"en": "english", "es": "spanish", "pt": "portuguese"}
_stemmers = {code: snowballstemmer.stemmer(name) for code, name in _SNOWBALL.items()}
_stemming = threading.Lock()  # a stemmer is not thread-safe

# Words between the words of a term ("permiso de conducir"). They are ignored in messages and in the glossary.
_LINKS = {
    "en": "a an the of for to in on my our your his her their s",
    "es": "de del la el los las lo un una mi mis su sus en a al para por con",
    "pt": "de do da dos das o a os as um uma meu minha meus minhas no na em ao para por com",
    "ar": "في من على الى عن مع",
    "tr": "bir ve icin ile",
    "uk": "в у на за до з із для по про",
}
_LINK_WORDS = {code: frozenset(words.split()) for code, words in _LINKS.items()}

_TURKISH_INFINITIVE = re.compile(r"(?:mek|mak)$")
_TURKISH_POSSESSIVE = re.compile(r"(?:s[iu]|[iu])$")
_TURKISH_NOMINAL = re.compile(  # after a short stem: plural, possessive, case; "ev" is in "evimde", not in "evlenmek"
    r"(?:l[ea]r)?(?:[iu]?m[iu]z|[iu]?n[iu]z|[iu]?m|[iu]n|s[iu]|[iu])?n?(?:[yn]?[iuea]|[dt][ea]n?|n?[iu]n|y?l[ea])?(?:ki)?"
)
_SOFTENED = {"k": "g", "p": "b", "t": "d"}  # kayıp → kaybı, ekmek → ekmeği (ğ is folded to g; ç and c are one already)
_UKRAINIAN_ENDING = re.compile(
    r"(?:уватися|юватися|итися|ітися|атися|ятися|тися|увати|ювати|ити|іти|ати|яти|ти|ння|ття|"
    r"ами|ями|ого|ому|ими|іи|ии|ою|ею|ів|ам|ям|ах|ях|ом|ем|им|их|ок|а|я|о|е|є|у|ю|и|і|ь|ї)$"
)
_ARABIC_ENDING = re.compile(r"(?:هما|كما|كم|هم|هن|نا|ها|ات|ون|ين|ان|يه|ه|ي|ك)$")
_ARABIC_ARTICLE = re.compile(r"^(?:وال|بال|كال|فال|لل|ال)")
_ARABIC_PARTICLE = re.compile(r"^[وفبلك]")
_ENDING_LETTERS = {"ar": 3, "tr": 14, "uk": 5}
_SHORT = 4  # stems below this length only match with a short ending
_LONG = 7  # Turkish nouns below this length only match with endings of nouns ("süre" is not in "sürekli")
_VERB = "-"  # marks the stem of a Turkish verb, which takes more endings than can be listed


def fold(text: str) -> str:
    """Returns ``text`` in lower case, without accents, vowel signs and apostrophes, with one form of letters that citizens
    interchange.
    """
    return unaccented(text.casefold().translate(_FORMS), "NFKD").translate(_FORMS)


def words(text: str, language: str) -> list[str]:
    """Returns the folded words of ``text`` in order, without the small words that may occur inside a term."""
    links = _LINK_WORDS[language]
    return [word for word in _WORD.findall(fold(text)) if word not in links]


@lru_cache(maxsize=20_000)
def stem(word: str, language: str) -> str:
    """Returns the stem of one folded word of the glossary."""
    if language in _stemmers:
        with _stemming:
            return str(_stemmers[language].stemWord(word))
    if language == "tr":
        verb = _cut(_TURKISH_INFINITIVE, word, 2)
        return _cut(_TURKISH_POSSESSIVE, word, _SHORT) if verb == word else verb + _VERB
    if language == "uk":
        return _cut(_UKRAINIAN_ENDING, word, 3)
    return _cut(_ARABIC_ENDING, _cut(_ARABIC_ARTICLE, word, 3), 3)


def word_forms(word: str, language: str) -> tuple[str, ...]:
    """Returns the forms by which one folded word of a message is compared: its stem, or the readings that ``matches`` tries."""
    return (stem(word, language),) if language in _stemmers else tuple(dict.fromkeys(_forms(word, language)))


def beginning(root: str, language: str) -> str:
    """Returns the beginning under which the stem of a glossary word is looked up: one of ``beginnings`` of its forms."""
    if language in _stemmers:
        return root
    bare = root.removesuffix(_VERB)
    return bare[: 3 if len(bare) > 3 else 2]  # the last letter may soften


def beginnings(form: str, language: str) -> tuple[str, ...]:
    """Returns the beginnings of the stems that one form of a word may match."""
    return (form,) if language in _stemmers else (form[:2], form[:3])


def matches(forms: Sequence[str], root: str, language: str) -> bool:
    """Decides whether a word of a message, given by its ``word_forms``, is a form of the glossary word with the stem
    ``root``.
    """
    if language in _stemmers:
        return forms[0] == root
    begins = _beginnings_of(root, language)
    return any(_is_form(form, root, language) for form in forms if form.startswith(begins))


@lru_cache(maxsize=20_000)
def _beginnings_of(root: str, language: str) -> tuple[str, str]:
    """Returns how a form of the glossary stem ``root`` begins: with the stem itself, or with its last letter softened."""
    bare = root.removesuffix(_VERB)
    softened = bare[:-1] + _SOFTENED[bare[-1]] if language == "tr" and len(bare) > 2 and bare[-1] in _SOFTENED else bare
    return bare, softened


def _is_form(word: str, root: str, language: str) -> bool:
    """Decides whether what follows the stem in ``word``, which begins with it, may be an ending."""
    verb = root.endswith(_VERB)
    root = root.removesuffix(_VERB)
    rest = word[len(root) :]
    if len(rest) > _ENDING_LETTERS[language]:
        return False
    if language == "tr":
        return verb or len(root) >= _LONG or bool(_TURKISH_NOMINAL.fullmatch(rest))
    return len(root) >= _SHORT or len(rest) <= 2


def _forms(word: str, language: str) -> Iterator[str]:
    """Yields the readings of ``word``: Arabic writes the article and short prepositions in one word with the noun."""
    yield word
    if language == "ar":
        bare = _cut(_ARABIC_ARTICLE, word, 3)
        if bare != word:
            yield bare
        shorter = _cut(_ARABIC_PARTICLE, word, 3)
        if shorter != word:
            yield shorter
            yield _cut(_ARABIC_ARTICLE, shorter, 3)


def _cut(pattern: re.Pattern[str], word: str, least: int) -> str:
    """Returns ``word`` without the matches of ``pattern``, unless fewer than ``least`` letters would remain."""
    shorter = pattern.sub("", word)
    return shorter if len(shorter) >= least else word
