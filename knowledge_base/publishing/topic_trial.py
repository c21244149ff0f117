"""Tries a topic of another administration before it counts: on an editor's questions, golden ones and citizens' of a month."""

from collections.abc import Awaitable, Callable, Sequence

from core.database import Database
from core.privacy.masking import mask
from core.turns import Outcome
from knowledge_base.publishing.questions import questions
from knowledge_base.publishing.synonym_trial import ChangedRealQuestion, GroupTrialResult
from knowledge_base.quality.demand.signals import ENQUIRIES
from retrieval.contracts import Topic
from retrieval.topic_trial import MOST_ASKED, TopicTrial, TopicTrialResult

_OUTCOMES = (*ENQUIRIES, Outcome.OUT_OF_SCOPE)
_TYPED = 5
_BY_ITSELF = 3  # examples that are tried if no question is typed

type AskTopic = Callable[[TopicTrial], Awaitable[TopicTrialResult]]


async def try_topic(
    database: Database,
    ask: AskTopic,
    *,
    add: Topic | None,
    drop: Topic | None,
    typed: Sequence[str],
    collection: str,
    most: int,
) -> GroupTrialResult:
    """Returns the effect of adding ``add`` and removing ``drop`` on ``typed`` questions (without any: on the first examples),
    all golden questions, and ``most`` real ones. Raises the exceptions of ``ask``.
    """
    touched = add or drop
    own = [mask(one).text for one in typed[:_TYPED]] or list(touched.examples[:_BY_ITSELF] if touched else ())
    replayed = (await questions(database, most=most, outcomes=_OUTCOMES)).selected[: MOST_ASKED - len(own)]
    pairs = (*((one, "fr") for one in own), *((one.question, one.locale) for one in replayed))
    trial = TopicTrial(questions=pairs, typed=len(own), collection=collection or None, add=add, drop=drop)
    result = await ask(trial)
    changed = [ChangedRealQuestion(replayed[number - len(own)], one) for number, one in sorted(result.changed.items())]
    return GroupTrialResult(result.typed, tuple(changed), len(replayed), len(replayed), ())
