"""Finds the topic of a message among those that another administration handles, by the examples that the desk has written."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import structlog
from pydantic import BaseModel, ConfigDict

from retrieval.contracts import Topic, Vectors
from retrieval.query.synonym_lists import state_of

log = structlog.get_logger(__name__)

TOPICS_FILE = "topics.desk.json"  # in the state folder; the publisher writes it
# The least cosine of a message and an example. The example must be nearer than any text of a page, too. Chosen on
# tests/evaluation/questions/topics.jsonl, checked on the project's other questions (docs/adr/0081).
LEAST = 0.68
# The least cosine of a message and the topic's name: an example may be near by its place alone ("… sur le trottoir").
LEAST_OF_NAME = 0.54


class EmbeddedTopics(BaseModel):
    """The content of the file: the topics in use, and the vectors of ``texts_of`` them (float32, base64).

    ``model``: the weights that embedded them.
    """

    model_config = ConfigDict(frozen=True)

    model: str
    topics: tuple[Topic, ...]
    text_vectors: str

    @classmethod
    def of(cls, topics: Sequence[Topic], vectors: Vectors, model: str) -> EmbeddedTopics:
        """Returns the content for ``topics`` and the ``vectors`` of ``texts_of`` them."""
        written = base64.b64encode(np.asarray(vectors, "<f4").tobytes()).decode("ascii")
        return cls(model=model, topics=tuple(topics), text_vectors=written)

    def matrix(self) -> Vectors:
        """Returns the vectors, a row for each text. Raises ``ValueError`` if they do not fit the texts."""
        rows = len(texts_of(self.topics))
        return np.frombuffer(base64.b64decode(self.text_vectors), "<f4").reshape(rows, -1).astype(np.float32)


class TopicList:
    """The topics in use, read again when the ``file`` changes. If it cannot be read, this is logged and the previous ones stay.

    Vectors of another ``model`` are not used: the publisher embeds the examples again.
    """

    def __init__(self, model: str, file: Path | None = None) -> None:
        self._model, self._file = model, file
        self._seen: tuple[int, int] | None = None
        self._use((), np.zeros((0, 0), np.float32))
        self.refresh()

    @classmethod
    def fixed(cls, topics: Sequence[Topic], vectors: Vectors) -> TopicList:
        """Returns a list that follows no file; ``vectors`` are those of ``texts_of`` the topics."""
        made = cls("")
        made._use(tuple(topics), vectors)
        return made

    @property
    def topics(self) -> tuple[Topic, ...]:
        """Returns the topics in use."""
        return self._topics

    def refresh(self) -> None:
        """Reads the file again if it has changed, appeared or disappeared."""
        seen = state_of(self._file) if self._file else None
        if self._file is None or seen == self._seen:
            return
        self._seen = seen
        try:
            found = EmbeddedTopics.model_validate_json(self._file.read_bytes()) if seen else None
            if found is None or found.model != self._model:
                self._use((), np.zeros((0, 0), np.float32))
            else:
                self._use(found.topics, found.matrix())
        except (OSError, ValueError) as error:
            log.error("topics_refused", reason=type(error).__name__)
            return
        log.info("topics_loaded", topics=len(self._topics))

    def of(self, vector: Vectors, nearest_page: float) -> Topic | None:
        """Returns the topic of a message; ``None`` if no topic has both an example and a name that are near it, or if a page is
        nearer than the example.

        Of several such topics, it is the one whose two nearest examples are nearest. ``nearest_page`` is the highest cosine of
        the message and a text of a page.
        """
        topics, owners, names, examples = self._current
        if not topics:
            return None
        near = examples @ vector
        named = set(np.flatnonzero(names @ vector >= LEAST_OF_NAME).tolist())
        candidates = {owners[row] for row in np.flatnonzero(near >= max(LEAST, nearest_page))} & named

        def nearness(number: int) -> float:
            own = [cosine for owner, cosine in zip(owners, near.tolist(), strict=True) if owner == number]
            return float(sum(sorted(own)[-2:]))

        return topics[max(candidates, key=nearness)] if candidates else None

    def nearness(self, vectors: Vectors) -> Vectors:
        """Returns for each of ``vectors`` the highest cosine with an example; 0 without any."""
        _, owners, _, examples = self._current
        return (vectors @ examples.T).max(axis=1) if owners else np.zeros(len(vectors), np.float32)

    def _use(self, topics: tuple[Topic, ...], matrix: Vectors) -> None:
        """Takes ``topics`` and the vectors of ``texts_of`` them."""
        owners = tuple(number for number, topic in enumerate(topics) for _ in topic.examples)
        self._topics = topics
        # Replaced in one step: turns read it in other threads.
        self._current = (topics, owners, matrix[: len(topics)], matrix[len(topics) :])


def texts_of(topics: Sequence[Topic]) -> list[str]:
    """Returns what is embedded of ``topics``: their names, then all their examples."""
    return [topic.name for topic in topics] + [example for topic in topics for example in topic.examples]
