"""Tells which alarms of the patterns the meaning of a message may take back.

In a few words, words of danger mean danger. In a long message they are often said of something else: of ten mails about
everyday life one had some ("un placement sans risque", "l'huissier peut-il me mettre dehors ?"; docs/care.md).
"""

from __future__ import annotations

import re

from core.care.detector import Alert, Care, CareDetector

_SHORT_WORDS = 15  # up to so many words are not doubted
_LETTER_WORDS = 40  # nobody writes more beside somebody who does not breathe
# Never doubted: thoughts of suicide, which are told in few words within a long message, and hunger.
_DOUBTED = frozenset({Care.CHILD, Care.VIOLENCE, Care.TRAFFICKING, Care.HOMELESS})
_DOUBTED_IN_LETTERS = _DOUBTED | {Care.FIRE, Care.MEDICAL}
_SENTENCE_END = re.compile(r"(?<=[.!?…;:])\s+|\n+")
_LEARNT = "fr"  # the language that the second look has learnt from


def doubtful_sentences(text: str, alert: Alert, detector: CareDetector) -> tuple[str, ...]:
    """Returns the sentences of ``text`` that raised ``alert``, where their meaning is to confirm it; none where it stands."""
    words = len(text.split())
    doubted = _DOUBTED_IN_LETTERS if words > _LETTER_WORDS else _DOUBTED
    if words <= _SHORT_WORDS or alert.language != _LEARNT or not doubted.issuperset(alert.kinds):
        return ()
    sentences = tuple(one for one in _SENTENCE_END.split(text) if one.strip())
    return tuple(one for one in sentences if detector.detect(one)) or (text,)
