"""Finds the help that must come first in the reply to a message, by patterns and therefore deterministic.

Recall counts more than precision: one number too many does no harm, one too few may. An ambiguous message ("suicide de mon
locataire") gets the numbers and its answer too; plain paperwork ("assurance incendie") gets no numbers.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from core.care.keys import fold, keys, words_of
from core.care.patterns import Spelling, by_letter, by_sound, compile_all
from core.yaml_text import load as load_yaml

LEXICON = Path(__file__).with_name("lexicon.yml")
MOST_KINDS = 2  # kinds of help in one reply
_NEUTRAL = "ailleurs"  # a word that no pattern has
_BY_SOUND = "fr"  # the language whose misspellings the sound keys cover
_OTHERS = "other languages"
type _ByLanguage = dict[str, re.Pattern[str]]


class Care(StrEnum):
    """Kinds of danger, the most urgent first."""

    FIRE = "fire"
    MEDICAL = "medical"
    SUICIDE = "suicide"
    CHILD = "child"
    VIOLENCE = "violence"
    TRAFFICKING = "trafficking"
    HOMELESS = "homeless"
    HUNGER = "hunger"


class LaterSign(StrEnum):
    """A sign that adds to a danger or a death mentioned shortly before. Alone, the message names no danger."""

    SILENT = "silent"  # cannot speak: the feared person is present
    DESPAIR = "despair"  # wants to follow the dead person, or sees no reason to go on
    NOWHERE = "nowhere"  # has no place to go, or no money to leave
    AGAIN = "again"  # afraid, lost, let down


# For these, a page could only delay help, or do harm.
_NEVER_ANSWERED = frozenset({Care.FIRE, Care.MEDICAL, Care.SUICIDE})
_CALM_IF_LONG = frozenset({Care.FIRE, Care.MEDICAL})
LONG_WORDS = 40  # nobody writes so many next to a person who does not breathe


@dataclass(frozen=True, slots=True)
class Alert:
    """The dangers of a message. ``language``: of the words that matched. ``answer_too``: the message also asks a question.

    ``doubtful``: everyday messages come as near to a danger as this one.
    """

    kinds: tuple[Care, ...]
    language: str
    answer_too: bool
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class _Signs:
    kind: Care
    language: str
    sure: re.Pattern[str] | None
    maybe: re.Pattern[str] | None
    unless: re.Pattern[str] | None


class CareDetector:
    """Immutable and thread-safe. ``lexicon`` is the parsed ``lexicon.yml``. Raises ``ValueError`` if it is ill-formed."""

    def __init__(self, lexicon: Mapping[str, Any]) -> None:
        words = dict(lexicon["words"])
        self._signs = tuple(
            _Signs(
                kind,
                language,
                *(compile_all(signs.get(name) or (), words, _spelling(language)) for name in ("sure", "maybe", "unless")),
            )
            for kind in Care
            for language, signs in lexicon[kind].items()
        )
        others = (signs for kind in Care for language, signs in lexicon[kind].items() if language != _BY_SOUND)
        named = (pattern for signs in others for name in ("sure", "maybe") for pattern in signs.get(name) or ())
        # Nearly all messages are about no danger: one search decides this for all languages but French, where a search for all
        # kinds takes as long as one for each.
        self._any_other = compile_all(named, words, by_letter)
        self._french = tuple(signs for signs in self._signs if signs.language == _BY_SOUND)
        self._restated = tuple((re.compile(pattern, re.IGNORECASE), words) for pattern, words in lexicon["restated"].items())
        self._question, self._person, self._idioms = (
            compile_all(lexicon[name], words, by_letter) for name in ("question", "person", "elsewhere")
        )
        self._since = {since: _by_language(lexicon["since"][since], words) for since in LaterSign}
        self._any_since = _combined((one for since in LaterSign for one in lexicon["since"][since].items()), words)
        self._mourning, self._long_ago = (_by_language(lexicon[name], words) for name in ("mourning", "long_ago"))

    def detect(self, text: str) -> Alert | None:
        """Returns the alert that ``text`` (masked, any language) calls for, or ``None``."""
        return self.analyse(text).alert

    def analyse(self, text: str) -> AnalysedMessage:
        """Returns ``text`` prepared once for all checks, with its alert."""
        folded = fold(text)
        prepared, rest = _Prepared.of(folded), self._with_neutral_idioms(folded)
        return AnalysedMessage(self._alert(text, prepared if rest == folded else _Prepared.of(rest)), prepared)

    def _alert(self, text: str, prepared: _Prepared) -> Alert | None:
        sure: dict[Care, str] = {}
        maybe: dict[Care, str] = {}
        others = self._any_other and self._any_other.search(prepared.letters)
        for signs in self._signs if others else self._french:
            form = prepared.form_for(signs.language)
            if signs.sure and signs.sure.search(form):
                sure.setdefault(signs.kind, signs.language)
            elif signs.maybe and signs.maybe.search(form) and not (signs.unless and signs.unless.search(form)):
                maybe.setdefault(signs.kind, signs.language)
        found = sure or maybe
        if not found:
            return None
        calm_and_long = _CALM_IF_LONG.issuperset(sure) and len(words_of(prepared.letters)) > LONG_WORDS
        answer_too = not sure or calm_and_long or (_NEVER_ANSWERED.isdisjoint(sure) and self._asks(text, prepared.letters))
        return Alert(tuple(found)[:MOST_KINDS], next(iter(found.values())), answer_too)

    def without_idioms(self, text: str) -> str:
        """Returns ``text`` unchanged, or folded and without the phrases that only sound like a danger, if it has any."""
        written = f" {fold(text)} "
        rest = self._idioms.sub("", written) if self._idioms else written
        return text if rest == written else " ".join(words_of(rest))

    def later_sign(self, text: str | AnalysedMessage) -> tuple[LaterSign, str] | None:
        """Returns what ``text`` adds to a danger that the citizen mentioned before, and in which language."""
        prepared = _prepared(text)
        if not prepared.first_language(self._any_since):
            return None
        signs = ((sign, prepared.first_language(patterns)) for sign, patterns in self._since.items())
        return next(((sign, language) for sign, language in signs if language), None)

    def mourning_language(self, text: str | AnalysedMessage) -> str:
        """Returns the language in which ``text`` tells of a close person's recent death; empty if it does not."""
        prepared = _prepared(text)
        language = prepared.first_language(self._mourning)
        return "" if language and prepared.first_language(self._long_ago) else language

    def _with_neutral_idioms(self, written: str) -> str:
        """Returns the text with a neutral word for each phrase that only sounds like a danger ("au Secours populaire")."""
        return self._idioms.sub(f"{_NEUTRAL} ", f" {written} ").strip() if self._idioms else written

    def in_page_terms(self, text: str) -> str:
        """Returns ``text`` in the words that the pages use for the same things ("suicide de" → "décès de")."""
        for pattern, words in self._restated:
            text = pattern.sub(words, text)
        return text

    def _asks(self, text: str, letters: str) -> bool:
        """Decides whether the message also asks a question. The bare name of a subject ("violence conjugale") is a question."""
        if "?" in text or (self._question and self._question.search(letters)):
            return True
        return not (self._person and self._person.search(letters)) and letters.isascii()


class _Prepared(NamedTuple):
    """A folded text, once for patterns by letter and once for patterns by sound."""

    letters: str
    sounds: str

    @classmethod
    def of(cls, folded: str) -> _Prepared:
        return cls(f" {folded} ", f" {keys(folded.split())} ")

    def form_for(self, language: str) -> str:
        return self.sounds if language == _BY_SOUND else self.letters

    def first_language(self, patterns: _ByLanguage) -> str:
        """Returns the first language whose pattern matches the text; empty if none does."""
        return next((one for one, pattern in patterns.items() if pattern.search(self.form_for(one))), "")


@dataclass(frozen=True, slots=True)
class AnalysedMessage:
    """A message after detection: its alert, and its words in the form that patterns match."""

    alert: Alert | None
    prepared: _Prepared


def _prepared(text: str | AnalysedMessage) -> _Prepared:
    return text.prepared if isinstance(text, AnalysedMessage) else _Prepared.of(fold(text))


def _by_language(lexicon: Mapping[str, Iterable[str]], words: Mapping[str, str]) -> _ByLanguage:
    compiled = {language: compile_all(patterns, words, _spelling(language)) for language, patterns in lexicon.items()}
    return {language: pattern for language, pattern in compiled.items() if pattern}


def _combined(patterns: Iterable[tuple[str, Iterable[str]]], words: Mapping[str, str]) -> _ByLanguage:
    """Returns ``patterns`` of all languages as two expressions, by sound and by letter: two searches, not many."""
    by_spelling = defaultdict[str, list[str]](list)
    for language, some in patterns:
        by_spelling[language if language == _BY_SOUND else _OTHERS].extend(some)
    return _by_language(by_spelling, words)


def uncertain_alert(kinds: tuple[Care, ...], language: str) -> Alert:
    """Returns the alert for ``kinds`` that a less certain method detected: the numbers come with an answer where possible."""
    return Alert(kinds, language, _NEVER_ANSWERED.isdisjoint(kinds))


@cache
def load_detector(path: Path = LEXICON) -> CareDetector:
    """Returns the detector of the lexicon at ``path``. It is compiled once per process."""
    return CareDetector(load_yaml(path.read_text(encoding="utf-8")))


def _spelling(language: str) -> Spelling:
    return by_sound if language == _BY_SOUND else by_letter
