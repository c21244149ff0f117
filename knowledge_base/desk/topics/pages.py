"""The list of topics that others handle, and the page of one: edit, try, put in use, remove."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import ValidationError

from core.database import Database
from core.identity import Right, Staff
from core.problems import Problem
from core.settings import Settings
from desk import back, render
from knowledge_base.desk.access import Editor, Reader
from knowledge_base.desk.proposals import NEEDS_PUBLISHER, carry_out, stored_item
from knowledge_base.desk.publishing.engine import EngineClient
from knowledge_base.desk.topics.form import TopicForm, form_of
from knowledge_base.editing import listing
from knowledge_base.publishing.topic_trial import try_topic
from knowledge_base.topics import store
from knowledge_base.topics.checks import faults
from knowledge_base.topics.store import StoredTopic, TopicRefused
from retrieval.contracts import Topic

LIST = "/desk/topics"


def router(settings: Settings, database: Database, engine: EngineClient) -> APIRouter:
    """Returns the routes of ``/desk/topics``."""
    routes = APIRouter(include_in_schema=False)
    page = _TopicPage(settings, database, engine)

    @routes.get(LIST)
    async def overview(request: Request, staff: Reader) -> Response:
        everything = await store.stored_topics(database, gone=True)
        return render(
            request,
            staff,
            "topics/list.html",
            waiting=[one for one in everything if one.waits],
            used=[one for one in everything if one.state == "in_use"],
            gone=[one for one in everything if one.state == "gone"],
            names=await listing.names(database),
        )

    @routes.get(LIST + "/{name}")
    async def one(
        request: Request, name: str, staff: Reader, question: Annotated[str, Query(max_length=2000)] = ""
    ) -> Response:
        """Shows the page of one topic. ``question`` is one to try, if another page has sent it."""
        stored = await stored_item(store.proposals, database, name)
        form = TopicForm.of(stored.shown if stored else None, stored.version if stored else 0)
        return await page.show(request, staff, stored, form.model_copy(update={"questions": question}))

    @routes.post(LIST + "/{name}")
    async def act(request: Request, name: str, staff: Editor) -> Response:
        """Carries out an ``action``: try, keep, use; try_removal, remove, propose_removal; accept or drop a proposal."""
        stored = await stored_item(store.proposals, database, name)
        given = await request.form()
        try:
            form = form_of(given)
        except ValidationError:
            raise Problem(422) from None
        action = str(given.get("action", ""))
        if action in NEEDS_PUBLISHER and not staff.may(Right.PUBLISH_ENTRIES):
            raise Problem(403, "desk.desk_no_right")
        topic = form.topic() if action in ("try", "keep", "use") else None
        if topic and (wrong := faults(topic)):
            return await page.show(request, staff, stored, form, wrong=wrong, status=422)
        if stored is None and topic is None:
            raise Problem(422)
        try:
            if action == "try" and topic:
                await store.check_free(database, topic, name=stored.id if stored else "")
                return await page.tried(request, staff, stored, form, add=topic)
            if action == "try_removal" and stored:
                return await page.tried(request, staff, stored, TopicForm.of(stored.shown, form.seen), add=None)
            await carry_out(store.proposals, database, settings, action, stored, topic, seen=form.seen, author=staff.id)
        except TopicRefused as refused:
            if refused.code == "moved_on" and refused.other:  # the words stay as typed, from the version of the other person on
                stored, form = refused.other, form.model_copy(update={"seen": refused.other.version})
            return await page.show(request, staff, stored, form, refused=refused, status=409)
        removal = action == "accept" and stored is not None and stored.content is None
        return back(LIST, "did_remove" if removal else f"did_{action}")

    return routes


class _TopicPage:
    """The page of one topic, in each of its states."""

    def __init__(self, settings: Settings, database: Database, engine: EngineClient) -> None:
        self._settings, self._database, self._engine = settings, database, engine

    async def show(
        self,
        request: Request,
        staff: Staff,
        stored: StoredTopic | None,
        form: TopicForm,
        *,
        wrong: Sequence[tuple[str, str, str]] = (),
        status: int = 200,
        **values: Any,
    ) -> Response:
        """Shows the page. ``values``: ``refused``, ``tried`` and ``adding``, or ``silent``."""
        return render(
            request,
            staff,
            "topics/one.html",
            status=status,
            kept=stored,
            form=form,
            wrong=wrong,
            two_persons=self._settings.desk_two_persons,
            history=await store.history(self._database, stored.id) if stored else [],
            names=await listing.names(self._database),
            **{"refused": None, "tried": None, "adding": True, "silent": False, **values},
        )

    async def tried(
        self, request: Request, staff: Staff, stored: StoredTopic | None, form: TopicForm, *, add: Topic | None
    ) -> Response:
        """Shows the form with the effect of the change (``add`` ``None``: removal), or that the server does not answer."""
        try:
            found = await try_topic(
                self._database,
                self._engine.try_topic,
                add=add,
                drop=stored.used if stored else None,
                typed=form.typed_questions(),
                collection=self._settings.collection,
                most=self._settings.publish_questions,
            )
        except Problem:
            return await self.show(request, staff, stored, form, silent=True)
        return await self.show(request, staff, stored, form, tried=found, adding=add is not None)
