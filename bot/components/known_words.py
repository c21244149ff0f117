"""Small talk uses words from the examples of small talk; a message with other words is an enquiry."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from core.text.folding import fold

_FILE = "vocabulary.json"
_FUZZY_LENGTH = 4  # shorter words are too similar to each other to be taken for a misspelling
_CLOSE = 0.8  # difflib's ratio: twice the matching letters, divided by the letters of both words


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class KnownWords(GraphComponent):  # type: ignore[misc]
    """Comes after the classifiers, because a neural classifier is confident even about unknown words.

    An intent that is not in ``open`` (names, or patterns such as ``crisis_*``) is kept only if at most ``unknown`` (0 to 1) of
    the message's words are missing in the examples of that intent and of the ``courtesies``, which fit any intent. Misspelt
    words count as known.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"open": ["enquiry"], "fallback": "nlu_fallback", "courtesies": [], "unknown": 0.5}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource, words: dict[str, list[str]]) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._set(words)

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> KnownWords:
        return cls(config, model_storage, resource, {})

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> KnownWords:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, json.loads((folder / _FILE).read_text(encoding="utf-8")))

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the words of each intent that is not open."""
        words: dict[str, set[str]] = {}
        for example in training_data.intent_examples:
            if not any(fnmatchcase(str(example.get("intent")), name) for name in self._config["open"]):
                words.setdefault(example.get("intent"), set()).update(_words(example))
        listed = {intent: sorted(own) for intent, own in sorted(words.items())}
        self._set(listed)
        with self._storage.write_to(self._resource) as folder:
            (folder / _FILE).write_text(json.dumps(listed, ensure_ascii=False), encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Replaces the intent of messages whose words do not belong to it."""
        for message in messages:
            intent = (message.get("intent") or {}).get("name")
            if intent in self._known and self._unknown_share(intent, _words(message)) > self._config["unknown"]:
                fallback = {"name": self._config["fallback"], "confidence": 1.0}
                ranking = message.get("intent_ranking") or []
                message.set("intent", fallback, add_to_output=True)
                message.set("intent_ranking", [fallback, *ranking], add_to_output=True)
        return messages

    def _set(self, words: dict[str, list[str]]) -> None:
        shared = {word for intent in self._config["courtesies"] for word in words.get(intent, ())}
        self._known = {intent: {word: frozenset(word) for word in shared | set(own)} for intent, own in words.items()}

    def _unknown_share(self, intent: str, words: Iterable[str]) -> float:
        """Returns the share of ``words`` that ``intent`` does not know; 1 if there are no words."""
        listed = list(words)
        unknown = [word for word in listed if not _is_known(word, self._known[intent])]
        return len(unknown) / len(listed) if listed else 1.0


def _is_known(word: str, vocabulary: Mapping[str, frozenset[str]]) -> bool:
    """Decides whether ``word``, or a similar one, is in ``vocabulary`` (word → its letters)."""
    if word in vocabulary:
        return True
    if len(word) < _FUZZY_LENGTH:
        return False
    # difflib takes 10 µs for a pair. A letter that the other word lacks cannot match, which excludes most pairs.
    own = frozenset(word)
    likely = [
        other
        for other, letters in vocabulary.items()
        if len(own - letters) <= _unmatched(len(word), len(other)) and len(letters - own) <= _unmatched(len(other), len(word))
    ]
    return bool(difflib.get_close_matches(word, likely, n=1, cutoff=_CLOSE))


def _unmatched(length: int, other: int) -> float:
    """Returns how many letters of a word of ``length`` may be without a match in a similar one of length ``other``."""
    return length - _CLOSE / 2 * (length + other) + 1e-9


def _words(message: Message) -> list[str]:
    """Returns the message's words in lower case without accents; signs and numbers are left out."""
    plain = (fold(token.text) for token in message.get("text_tokens") or ())
    return [word for word in plain if any(character.isalpha() for character in word)]
