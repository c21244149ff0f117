"""Step: the classifier takes a message for one about a person in danger (intents ``crisis_…``)."""

from __future__ import annotations

from collections.abc import Callable

from actions.messages.follow_up_parser import pattern
from actions.messages.plain_words import plain
from actions.replies.utterance import Reply, Utterance
from actions.turn.turn import Turn
from core.care import load_detector
from core.turns import Outcome

_PREFIX = "crisis_"
_FRAGMENT = 4  # words: what is left of "je crève de chaud dans mon logement" says nothing


class Danger:
    """Says which kind it is, and no word: the worker puts the numbers first, as it does for what it recognises itself.

    Where ``confirms`` sees no danger in the message's meaning, it passes; so does where something happened ("dans le train"),
    once a page is talked about. Idioms that only sound like a danger are left out before it looks.
    """

    def __init__(self, confirms: Callable[[str], bool] | None = None) -> None:
        self._confirms = confirms
        self._beside_idioms = load_detector().beside_idioms

    def __call__(self, turn: Turn) -> Reply | None:
        """Returns the kind of danger; ``None`` for what is none."""
        if (turn.focus and only_where(turn.text)) or not self._is_danger(turn.text):
            return None
        return Reply((Utterance(None, {"outcome": Outcome.CRISIS, "care": turn.intent.removeprefix(_PREFIX)}),))

    def _is_danger(self, text: str) -> bool:
        if self._confirms is None:
            return True
        beside = self._beside_idioms(text)
        return self._confirms(beside) if beside == text else len(beside.split()) > _FRAGMENT and self._confirms(beside)


def only_where(text: str) -> bool:
    """Decides whether ``text`` says where something happened, and nothing else."""
    return pattern("happened_in").match(plain(text)) is not None
