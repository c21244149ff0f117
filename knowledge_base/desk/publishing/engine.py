"""The action server's explanations: why a question gets its answer, and what would change."""

from typing import Any

import httpx
from pydantic import BaseModel

from core.action_server import action_server
from core.problems import Problem
from core.reply_explanation import ReplyExplanation
from core.settings import Settings
from retrieval.contracts import Status
from retrieval.explanation import Explanation
from retrieval.synonym_trial import Trial, TrialResult
from retrieval.topic_trial import TopicTrial, TopicTrialResult

_SECONDS = 10.0
_STATUS_SECONDS = 1.0


class EngineClient:
    """Asks the action server over loopback, with the secret. ``transport`` is for tests."""

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._settings, self._transport = settings, transport

    async def refused(self) -> str:
        """Returns why the active index is not in use; empty if it is, or if the action server does not answer."""
        try:
            async with action_server(self._settings, seconds=_STATUS_SECONDS, transport=self._transport) as client:
                answer = await client.get("/health")
            return Status.model_validate_json(answer.content).refused if answer.is_success else ""
        except (httpx.HTTPError, ValueError):
            return ""

    async def explain(self, query: str, *, locale: str, collection: str, entry: str) -> Explanation:
        """Returns the explanation of a search. Raises ``Problem`` (503) without an answer or a snapshot."""
        body = {"query": query, "locale": locale, "collection": collection or None, "entry": entry}
        return await self._asked("/explain", body, Explanation)

    async def explain_reply(self, message: str, *, language: str) -> ReplyExplanation:
        """Returns why the first ``message`` of a conversation gets its reply. Raises the same."""
        return await self._asked("/explain/reply", {"message": message, "language": language}, ReplyExplanation)

    async def try_group(self, trial: Trial) -> TrialResult:
        """Returns the effect of a group of synonyms. Raises the same."""
        return await self._asked("/synonyms/try", trial.model_dump(mode="json"), TrialResult)

    async def try_topic(self, trial: TopicTrial) -> TopicTrialResult:
        """Returns the effect of another administration's topic. Raises the same."""
        return await self._asked("/topics/try", trial.model_dump(mode="json"), TopicTrialResult)

    async def _asked[T: BaseModel](self, path: str, body: dict[str, Any], kind: type[T]) -> T:
        try:
            async with action_server(self._settings, seconds=_SECONDS, transport=self._transport) as client:
                answer = (await client.post(path, json=body)).raise_for_status()
                return kind.model_validate_json(answer.content)
        except (httpx.HTTPError, ValueError) as error:
            raise Problem(503, "publishing.engine_silent") from error
