"""Which alarms of the patterns wait for what the message means."""

from __future__ import annotations

import pytest

from core.care import doubtful_sentences, load_detector

_DETECTOR = load_detector()
_EVICTED = "J'ai 79 ans et une petite pension. Mon propriétaire veut vendre, est-ce qu'il peut me mettre dehors comme ça ?"


def _doubtful(text: str) -> tuple[str, ...]:
    alert = _DETECTOR.detect(text)
    assert alert, text
    return doubtful_sentences(text, alert, _DETECTOR)


def test_doubtful_sentences_in_a_long_message_are_those_that_raised_the_alarm() -> None:
    assert _doubtful(_EVICTED) == ("Mon propriétaire veut vendre, est-ce qu'il peut me mettre dehors comme ça ?",)


@pytest.mark.parametrize(
    "text",
    [
        "il peut me mettre dehors comme ça ?",
        "Je vous écris parce que je ne vois plus d'issue. Je veux mourir. Qui peut m'aider à remplir le dossier ?",
        "Un huissier a bloqué mon compte pour une vieille dette, il ne me reste plus rien pour manger ce mois-ci.",
        "Mon mari est tombé dans l'escalier, il ne respire plus, je suis seule avec lui à la maison, que dois-je faire ?",
        "My husband hits me every night when the children are asleep and I do not know where I could go with them",
    ],
    ids=["short", "suicide", "hunger", "medical", "English"],
)
def test_doubtful_sentences_where_time_or_meaning_leaves_no_doubt_are_none(text: str) -> None:
    assert _doubtful(text) == ()
