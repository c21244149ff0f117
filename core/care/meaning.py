"""What is asked of a long message's meaning, and what becomes of the patterns' alarm by it.

In a few words, words of danger mean danger. In a long message they are often said of something else ("un placement sans
risque", "l'huissier peut-il me mettre dehors ?"), and dangers are told in passing, in words that no pattern knows
(docs/care.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from core.care.detector import MOST_KINDS, Alert, Care, CareDetector, told

_SHORT_WORDS = 15  # up to so many words nothing is asked
_LETTER_WORDS = 40  # nobody writes more beside somebody who does not breathe
_MOST_SENTENCES = 24  # looking at one takes some 7 ms
# Never doubted: thoughts of suicide, which are told in few words within a long message, and hunger.
_DOUBTED = frozenset({Care.CHILD, Care.VIOLENCE, Care.TRAFFICKING, Care.HOMELESS})
_DOUBTED_IN_LETTERS = _DOUBTED | {Care.FIRE, Care.MEDICAL}
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
    there is a danger that no pattern sees; ``None`` where the patterns' word holds. None are alarmed where it is not doubted.

    Of a message with more sentences than can be looked at, the longest: "Bonjour." and "Merci d'avance." say least.
    """
    words = len(text.split())
    if words <= _SHORT_WORDS or language != _LEARNT:
        return None
    sentences = sentences_of(text)
    alarmed: tuple[str, ...] = ()
    if alert and alert.language != _LEARNT:
        return None
    if alert and not _JOINED.issuperset(alert.kinds):
        doubted = _DOUBTED_IN_LETTERS if words > _LETTER_WORDS else _DOUBTED
        if not doubted.issuperset(alert.kinds):
            return None
        alarmed = (tuple(one for one in sentences if detector.detect(one)) or (text,))[:_MOST_SENTENCES]
    others = sorted((one for one in sentences if one not in alarmed), key=len, reverse=True)
    return Asked(alarmed, tuple(others[: _MOST_SENTENCES - len(alarmed)]))


def sentences_of(text: str) -> tuple[str, ...]:
    """Returns the sentences of ``text``, each once."""
    return tuple(dict.fromkeys(one.strip() for one in _SENTENCE_END.split(text) if one.strip()))


def by_meaning(text: str, alert: Alert | None, meant: Meant) -> Alert | None:
    """Returns what ``text`` calls for, in which patterns see ``alert``, and which is ``meant`` so.

    As with patterns, a letter is answered under the numbers, but under those against suicide.
    """
    if alert and meant.confirmed:
        more = dict.fromkeys((*alert.kinds, *meant.kinds)) if _JOINED.issuperset(alert.kinds) else alert.kinds
        return replace(alert, kinds=tuple(more)[:MOST_KINDS])
    if not meant.kinds:
        return None
    letter = len(text.split()) > _LETTER_WORDS and Care.SUICIDE not in meant.kinds
    found = told(meant.kinds, _LEARNT)
    return replace(found, answer_too=True) if letter else found
