"""Corrects the patterns' alert by the meaning of a message's sentences, which a classifier judges.

Words of danger often mean something else ("un placement sans risque", "ce formulaire m'étouffe"). Longer messages mention
dangers in passing, in words that no pattern has (docs/care.md).
"""

import re
from dataclasses import dataclass, replace

from core.care.detector import LONG_WORDS, MOST_KINDS, Alert, Care, CareDetector, uncertain_alert

_SHORT_WORDS = 12  # up to this length the classifier judges messages in which no pattern matches
_MOST_SENTENCES = 24  # one takes about 7 ms
# Other kinds in such a message are judged as well: "je suis à bout" may be written in a car, with a baby.
_JOINED = frozenset({Care.SUICIDE, Care.HUNGER})
_EMPTY_WORDS = 2  # "Bonjour." and "Mme Petit" mean nothing, and resemble what frightened people write
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?…;:])(?<!\bM\.)(?<!\bMr\.)(?<!\bMme\.)(?<!\bDr\.)\s+|\n+")
_LEARNT = "fr"  # the language of the model's training data


@dataclass(frozen=True, slots=True)
class SentencesToJudge:
    """Sentences of one message: ``alarmed``, in which a pattern matches a danger, and ``others``."""

    alarmed: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DangerJudgement:
    """The classifier's judgement. ``confirmed``: no sentence is alarmed, or one of the alarmed ones may be about a danger.

    ``kinds``: the kinds of danger in all sentences. ``sure``: few everyday messages come as near to a danger.
    """

    confirmed: bool
    kinds: tuple[Care, ...] = ()
    sure: bool = True


def sentences_to_judge(text: str, alert: Alert | None, language: str, detector: CareDetector) -> SentencesToJudge | None:
    """Returns the sentences of ``text`` (in ``language``) whose meaning decides whether ``alert`` is kept, or whether there is
    a danger that no pattern matches. ``None`` if there is nothing to judge.

    If a message has too many sentences, the longest are judged.
    """
    if language != _LEARNT or (alert.language != _LEARNT if alert else _is_short(text)):
        return None
    sentences = sentences_of(text)
    alarmed = (tuple(one for one in sentences if detector.detect(one)) or (text,))[:_MOST_SENTENCES] if alert else ()
    others = [one for one in sentences if one not in alarmed and len(one.split()) > _EMPTY_WORDS]
    if not alarmed and not others:
        return None
    others.sort(key=len, reverse=True)
    return SentencesToJudge(alarmed, tuple(others[: _MOST_SENTENCES - len(alarmed)]))


def _is_short(text: str) -> bool:
    return len(text.split()) <= _SHORT_WORDS


def sentences_of(text: str) -> tuple[str, ...]:
    """Returns the sentences of ``text``, each once."""
    return tuple(dict.fromkeys(one.strip() for one in _BETWEEN_SENTENCES.split(text) if one.strip()))


def judged_alert(text: str, alert: Alert | None, judgement: DangerJudgement) -> Alert | None:
    """Returns the alert for ``text`` from the patterns' ``alert`` and the meaning ``judgement``.

    As with patterns, a long message gets an answer below the numbers, except below those against suicide. If the meaning is not
    ``sure``, the alert is doubtful, except that of a suicide.
    """
    found = _judged(text, alert, judgement)
    if found is None or judgement.sure or Care.SUICIDE in found.kinds:
        return found
    return replace(found, answer_too=True, doubtful=True)


def _judged(text: str, alert: Alert | None, judgement: DangerJudgement) -> Alert | None:
    if alert and judgement.confirmed:
        # Words show that somebody is in danger better than who: a beaten child, or a person beaten in front of a child.
        more = judgement.kinds if _JOINED.issuperset(alert.kinds) else judgement.kinds[:1]
        if Care.SUICIDE in alert.kinds and _is_short(text):  # "jveu en finir" says nothing else
            more = ()
        if Care.VIOLENCE in alert.kinds:  # the line against suicide does not help a person threatened by somebody else
            more = tuple(kind for kind in more if kind != Care.SUICIDE)
        kinds = tuple(dict.fromkeys((*alert.kinds, *more)))[:MOST_KINDS]
        no_page = Care.SUICIDE in kinds and Care.SUICIDE not in alert.kinds
        return replace(alert, kinds=kinds, answer_too=alert.answer_too and not no_page)
    if not judgement.kinds:
        return None
    long_message = len(text.split()) > LONG_WORDS and Care.SUICIDE not in judgement.kinds
    alert_found = uncertain_alert(judgement.kinds, _LEARNT)
    return replace(alert_found, answer_too=True) if long_message else alert_found
