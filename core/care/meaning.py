"""What is asked of a message's meaning, and what becomes of the patterns' alarm by it.

Words of danger are often said of something else ("un placement sans risque", "ce formulaire m'étouffe"), and in more than a
few words dangers are told in passing, in words that no pattern knows (docs/care.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from core.care.detector import MOST_KINDS, Alert, Care, CareDetector, told

_SHORT_WORDS = 12  # up to so many words the classifier is asked for what no pattern sees
_LETTER_WORDS = 40  # nobody writes more beside somebody who does not breathe
_MOST_SENTENCES = 24  # looking at one takes some 7 ms
# What else such a message tells is asked for as well: "je suis à bout" may be written in a car, with a baby.
_JOINED = frozenset({Care.SUICIDE, Care.HUNGER})
_SENTENCE_END = re.compile(r"(?<=[.!?…;:])\s+|\n+")
_LEARNT = "fr"  # the language that the second look has learnt from


@dataclass(frozen=True, slots=True)
class Asked:
    """Sentences of one message: ``alarmed``, in which a pattern sees a danger, and ``others``."""

    alarmed: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Meant:
    """``confirmed``: no sentence is alarmed, or one of those may be about a danger. ``kinds``: of what any sentence tells."""

    confirmed: bool
    kinds: tuple[Care, ...] = ()


def to_ask(text: str, alert: Alert | None, language: str, detector: CareDetector) -> Asked | None:
    """Returns the sentences of ``text``, written in ``language``, whose meaning tells whether ``alert`` stands, or whether
    there is a danger that no pattern sees; ``None`` where nothing is to be asked.

    Of a message with more sentences than can be looked at, the longest: "Bonjour." and "Merci d'avance." say least.
    """
    if language != _LEARNT or (alert.language != _LEARNT if alert else _is_short(text)):
        return None
    sentences = sentences_of(text)
    alarmed = (tuple(one for one in sentences if detector.detect(one)) or (text,))[:_MOST_SENTENCES] if alert else ()
    others = sorted((one for one in sentences if one not in alarmed), key=len, reverse=True)
    return Asked(alarmed, tuple(others[: _MOST_SENTENCES - len(alarmed)]))


def _is_short(text: str) -> bool:
    return len(text.split()) <= _SHORT_WORDS


def sentences_of(text: str) -> tuple[str, ...]:
    """Returns the sentences of ``text``, each once."""
    return tuple(dict.fromkeys(one.strip() for one in _SENTENCE_END.split(text) if one.strip()))


def by_meaning(text: str, alert: Alert | None, meant: Meant) -> Alert | None:
    """Returns what ``text`` calls for, in which patterns see ``alert``, and which is ``meant`` so.

    As with patterns, a letter is answered under the numbers, but under those against suicide.
    """
    if alert and meant.confirmed:
        # Words tell that somebody is in danger better than who: a child that is beaten, or who is beaten before a child.
        more = meant.kinds if _JOINED.issuperset(alert.kinds) else meant.kinds[:1]
        if Care.SUICIDE in alert.kinds and _is_short(text):  # "jveu en finir" tells nothing else
            more = ()
        if Care.VIOLENCE in alert.kinds:  # the line against suicide is no help to who is threatened by somebody else
            more = tuple(kind for kind in more if kind != Care.SUICIDE)
        kinds = tuple(dict.fromkeys((*alert.kinds, *more)))[:MOST_KINDS]
        no_page = Care.SUICIDE in kinds and Care.SUICIDE not in alert.kinds
        return replace(alert, kinds=kinds, answer_too=alert.answer_too and not no_page)
    if not meant.kinds:
        return None
    letter = len(text.split()) > _LETTER_WORDS and Care.SUICIDE not in meant.kinds
    found = told(meant.kinds, _LEARNT)
    return replace(found, answer_too=True) if letter else found
