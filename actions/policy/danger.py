"""Step: the classifier detects a person in danger (intents ``crisis_…``)."""

from collections.abc import Callable

from actions.messages.follow_up_parser import pattern
from actions.messages.plain_words import plain
from actions.replies.utterance import Reply, Utterance
from actions.turn.turn import Turn
from core.care import load_detector
from core.turns import Outcome

_PREFIX = "crisis_"
_FRAGMENT = 4  # words: the fragment left of "je crève de chaud dans mon logement" says nothing


class Danger:
    """Names the kind of danger and utters nothing: the worker puts the numbers first, as for the dangers that it detects
    itself.

    Passes if ``confirms`` sees no danger in the message's meaning, and for a mere place ("dans le train") once a page is in
    focus. Idioms that only sound like a danger are removed first.
    """

    def __init__(self, confirms: Callable[[str], bool] | None = None) -> None:
        self._confirms = confirms
        self._without_idioms = load_detector().without_idioms

    def __call__(self, turn: Turn) -> Reply | None:
        """Returns the reply with the kind of danger; ``None`` if there is none."""
        if (turn.focus and only_where(turn.text)) or not self._is_danger(turn.text):
            return None
        return Reply((Utterance(None, {"outcome": Outcome.CRISIS, "care": turn.intent.removeprefix(_PREFIX)}),))

    def _is_danger(self, text: str) -> bool:
        if self._confirms is None:
            return True
        rest = self._without_idioms(text)
        return (rest == text or len(rest.split()) > _FRAGMENT) and self._confirms(rest)


def only_where(text: str) -> bool:
    """Decides whether ``text`` only says where something happened."""
    return pattern("happened_in").match(plain(text)) is not None
