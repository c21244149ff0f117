"""The action server: Rasa's custom actions, and the search for the other processes, on loopback, protected by the secret."""

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import orjson
import structlog
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionNotFoundException

from actions import metrics
from actions.composer import FAMILY_STEPS
from actions.danger import router as danger
from actions.danger.model import SENTENCES, SecondLook, confirmer, read
from actions.handlers.call_back_form import call_back_actions
from actions.handlers.turn_action import TurnAction
from actions.policy.danger import Danger
from actions.server import embedding, search_prefetch
from actions.server.explanation import explain_reply
from actions.server.responses import responses_in_form
from core.entry import Entry
from core.reply_explanation import ReplyExplanation
from core.secrets import is_one_of
from core.settings import Settings
from core.telemetry import tracing
from retrieval.contracts import Embedder, RetrievalResult, Retriever, Status
from retrieval.explanation import Explanation
from retrieval.synonym_trial import Trial, TrialResult
from retrieval.topic_trial import TopicTrial, TopicTrialResult
from retrieval.turn_scoped_retriever import TurnScopedRetriever

AT_ONCE = (os.cpu_count() or 1) + 1  # turns: one is embedded while others run Python code (docs/adr/0061)
_GONE = 499  # nginx's status for a client that has left; nobody reads it
_PATIENCE_SECONDS = 0.2  # no client gives up sooner, and checking a connection takes 0.2 ms
log = structlog.get_logger(__name__)


class SearchRequest(BaseModel):
    """A query from the worker, the desks or the command line."""

    query: str = Field(min_length=1, max_length=10_000)
    locale: str = "fr"
    collection: str | None = None
    audience: str | None = None
    limit: int = Field(5, ge=1, le=100)


class ExplainRequest(BaseModel):
    """A query that an editor tries. ``entry``: the id of an entry to compare with the first result."""

    query: str = Field(min_length=1, max_length=10_000)
    locale: str = "fr"
    collection: str | None = None
    entry: str = ""


class ReplyRequest(BaseModel):
    """A first message, masked, whose reply is to be explained. ``language``: the one chosen by the citizen. ``collection``: to
    answer from, instead of the service's.
    """

    message: str = Field(min_length=1, max_length=10_000)
    language: str = "fr"
    collection: str | None = None


def create_app(settings: Settings, retriever: Retriever, embedder: Embedder | None = None) -> FastAPI:
    """Returns the application. Every route requires the header ``X-Guichet-Secret``. With ``embedder``, it embeds passages too.

    If an action raises, the response is 500 without the error's message: Rasa then ends the turn without outcome, and the
    input channel reports the failure.
    """

    def authenticate(request: Request) -> None:
        if not is_one_of(request.headers.get("x-guichet-secret", ""), settings.internal_secrets):
            raise HTTPException(401, "the secret is wrong or missing")

    app = FastAPI(
        title="Guichet actions",
        openapi_url=None,
        dependencies=[Depends(authenticate)],
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},  # our own are elsewhere
    )

    app.exception_handler(Exception)(_failed)
    app.exception_handler(HTTPException)(_refused)
    app.exception_handler(RequestValidationError)(_malformed)

    second_look = read(embedder) if embedder else None
    add_actions(app, build_executor(settings, retriever, embedder, second_look), retriever, authenticate)

    @app.post("/search")
    def search(request: SearchRequest) -> RetrievalResult:
        return retriever.search(
            request.query,
            locale=request.locale,
            collection=request.collection,
            audience=request.audience,
            limit=request.limit,
        )

    @app.get("/entries/{entry_id}")
    def entry(entry_id: str, collection: str | None = None) -> Entry:
        found = retriever.entry(entry_id, collection)
        if found is None:
            raise HTTPException(404, "there is no such entry in the active snapshot")
        return found

    if embedder is not None:
        app.include_router(embedding.router(embedder))
        app.include_router(danger.router(read(embedder, SENTENCES), embedder))

    if isinstance(retriever, TurnScopedRetriever):
        add_explanations(app, settings, retriever)
        app.include_router(search_prefetch.router(retriever, settings.collection or None))

    @app.get("/health/live")
    def live() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/health")
    def health() -> Status:
        try:
            return retriever.status()
        except LookupError as error:
            raise HTTPException(503, str(error)) from error

    return app


def add_actions(app: FastAPI, executor: ActionExecutor, retriever: Retriever, authenticate: Callable[[Request], None]) -> None:
    """Adds ``POST /webhook``: Rasa's custom actions, with a limit on concurrent runs."""
    room = asyncio.Semaphore(AT_ONCE)

    async def webhook(request: Request) -> Response:
        # Parsed here and routed by Starlette alone: FastAPI's handling of an endpoint took longer than reading a tracker.
        authenticate(request)
        try:
            call = orjson.loads(await request.body())
        except orjson.JSONDecodeError:
            call = None
        if not isinstance(call, dict):
            return problem(422, "the request is malformed: body")
        came = time.monotonic()
        async with room:
            # The client may have given up while others had their turn. Working for it would delay the next ones until they give
            # up too. Requests wait here, so that between two of them the loop notices disconnected clients.
            if time.monotonic() - came > _PATIENCE_SECONDS and await request.is_disconnected():
                metrics.GIVEN_UP.inc()
                return Response(status_code=_GONE)
            with tracing.continue_trace(request.headers.get("traceparent", "")):
                return await run(call)

    app.add_route("/webhook", webhook, methods=["POST"])

    async def run(call: dict[str, Any]) -> Response:
        name, tracker = str(call.get("next_action")), call.get("tracker") or {}
        # With these ids a conversation can be followed through the logs of all processes; they contain no text.
        structlog.contextvars.bind_contextvars(
            conversation=str(tracker.get("sender_id") or ""),
            message=_message(tracker),
        )
        call.setdefault("domain", {})  # Rasa leaves it out (endpoints.yml), the executor requires it
        try:
            if name not in executor.actions:
                raise ActionNotFoundException(name)
            with (
                metrics.counted(name),
                retriever.turn(_message(tracker)) if isinstance(retriever, TurnScopedRetriever) else nullcontext(),
            ):
                result = await executor.run(call)
        except ActionNotFoundException as error:
            raise HTTPException(404, f"there is no action {name}") from error
        except Exception as error:
            log.error("action_failed", action=name, error=type(error).__name__)
            return problem(500, "the action failed")
        log.info("action", action=name)
        said = result.model_dump() if result else {"events": [], "responses": []}
        said["responses"] = responses_in_form(said["responses"], _form(tracker))
        return Response(orjson.dumps(said), media_type="application/json")


def _message(tracker: dict[str, Any]) -> str:
    """Returns the id of the turn's message."""
    return str((tracker.get("latest_message") or {}).get("message_id") or "")


def _form(tracker: dict[str, Any]) -> int:
    """Returns the form of blocks that the calling worker reads: the oldest, if the worker or Rasa do not say."""
    form = ((tracker.get("latest_message") or {}).get("metadata") or {}).get("form")
    return form if isinstance(form, int) else 1


def add_explanations(app: FastAPI, settings: Settings, retriever: TurnScopedRetriever) -> None:
    """Adds ``POST /explain``, ``/explain/reply``, ``/synonyms/try`` and ``/topics/try``: why a question has its answer, and
    what would change it.
    """

    @app.post("/explain")
    def explain(request: ExplainRequest) -> Explanation:
        try:
            return retriever.explain(
                request.query, locale=request.locale, collection=request.collection, entry_id=request.entry
            )
        except LookupError as error:
            raise HTTPException(503, "there is no snapshot yet") from error

    @app.post("/explain/reply")
    async def explained_reply(request: ReplyRequest) -> ReplyExplanation:
        with retriever.turn():
            try:
                retriever.status()
            except LookupError as error:
                raise HTTPException(503, "there is no snapshot yet") from error
            here = settings.model_copy(update={"collection": request.collection or settings.collection})
            return await explain_reply(here, retriever, request.message, request.language)

    @app.post("/synonyms/try")
    def try_group(trial: Trial) -> TrialResult:
        try:
            return retriever.try_group(trial)
        except LookupError as error:
            raise HTTPException(503, "there is no snapshot yet") from error

    @app.post("/topics/try")
    def try_topic(trial: TopicTrial) -> TopicTrialResult:
        try:
            return retriever.try_topic(trial)
        except LookupError as error:
            raise HTTPException(503, "there is no snapshot yet") from error


def build_executor(
    settings: Settings, retriever: Retriever, embedder: Embedder | None = None, second_look: SecondLook | None = None
) -> ActionExecutor:
    """Returns all custom actions of ``domain.yml``, by name.

    Without ``second_look``, every danger found by the classifier counts.
    """
    executor = ActionExecutor()
    for name in FAMILY_STEPS:
        executor.register_action(TurnAction(name, settings, retriever))
    for action in call_back_actions(settings):
        executor.register_action(action)
    embed = retriever.embed if isinstance(retriever, TurnScopedRetriever) else None
    confirms = confirmer(second_look, embedder, embed) if second_look and embedder else None
    executor.register_action(TurnAction("action_care", settings, retriever, Danger(confirms)))
    return executor


def problem(status: int, detail: str) -> JSONResponse:
    """Returns an error in the format of RFC 9457."""
    body = {"type": "about:blank", "title": "Actions", "status": status, "detail": detail}
    return JSONResponse(body, status_code=status, media_type="application/problem+json")


async def _failed(request: Request, error: Exception) -> JSONResponse:
    log.error("action_server_failed", path=request.url.path, error=type(error).__name__)
    return problem(500, "the request could not be handled")


async def _refused(_request: Request, error: HTTPException) -> JSONResponse:
    return problem(error.status_code, str(error.detail))


async def _malformed(_request: Request, error: RequestValidationError) -> JSONResponse:
    wrong = ", ".join(".".join(str(part) for part in one["loc"]) for one in error.errors())
    return problem(422, f"the request is malformed: {wrong}")  # the request's content is not repeated
