"""The effect of a topic of another administration: the same questions, without it and with it, on the same snapshot."""

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from retrieval.contracts import Topic
from retrieval.decision.topics import LEAST, TopicList, texts_of
from retrieval.pinned_service import PinnedSearchService
from retrieval.synonym_trial import Compared, compare_searches

MOST_ASKED = 500  # questions in one trial: all are embedded, and only those near an example are searched for
_AT_ONCE = 32  # questions embedded at once: citizens' turns come in between
_MARGIN = 0.05  # a search corrects the spelling of a question before it embeds it


class TopicTrial(BaseModel):
    """A trial: questions, each with its language; the first ``typed`` ones are an editor's. ``add`` is added to the topics in
    use for the trial, ``drop`` is removed from them.
    """

    model_config = ConfigDict(frozen=True)

    questions: tuple[tuple[str, str], ...] = Field(max_length=MOST_ASKED)
    typed: int = 0
    collection: str | None = None
    add: Topic | None = None
    drop: Topic | None = None


class TopicTrialResult(BaseModel):
    """The result: of each typed question, and of the other ones that get another reply, by their number."""

    model_config = ConfigDict(frozen=True)

    typed: tuple[Compared, ...]
    changed: dict[int, Compared]


def try_topic(engine: PinnedSearchService, trial: TopicTrial) -> TopicTrialResult:
    """Asks the questions twice: with the topics of ``engine``, and with those of the trial."""
    dropped = [trial.drop] if trial.drop else []
    left = [topic for topic in engine.topics.topics if topic not in dropped]
    topics = [*left, trial.add] if trial.add else left
    other = engine.with_topics(TopicList.fixed(topics, engine.embed(texts_of(topics))))
    touching = [topic for topic in (trial.add, trial.drop) if topic]
    examples = TopicList.fixed(touching, engine.embed(texts_of(touching)))
    texts = [text for text, _ in trial.questions] or [""]
    batches = [engine.embed(texts[start : start + _AT_ONCE]) for start in range(0, len(texts), _AT_ONCE)]
    near = examples.nearness(np.concatenate(batches)) >= LEAST - _MARGIN
    compared = {
        number: compare_searches(engine, other, *question, trial.collection)
        for number, question in enumerate(trial.questions)
        if near[number] or number < trial.typed
    }
    return TopicTrialResult(
        typed=tuple(compared[number] for number in range(trial.typed)),
        changed={number: one for number, one in compared.items() if number >= trial.typed and one.changed},
    )
