"""The same as JSON: groups, and what one would change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from core.database import Database
from core.identity import Right, Staff
from core.problems import Problem
from core.settings import Settings
from core.web.numbers import RowNumber
from knowledge_base.desk.publishing.engine import EngineClient
from knowledge_base.desk.signed import Editor, Reader
from knowledge_base.desk.synonyms.form import QUESTIONS, GroupForm
from knowledge_base.publishing.trying_synonyms import try_group
from knowledge_base.synonyms import record
from knowledge_base.synonyms.checking import faults
from knowledge_base.synonyms.contracts import Kept, SynonymRefused
from retrieval.lexical.synonyms import Group
from retrieval.synonym_trial import Compared

_PATH = "/api/desk/synonyms"


class GroupView(BaseModel):
    """A group: ``used`` is what counts now, ``proposed`` what waits. ``version`` is to be sent back with a change."""

    id: str
    version: int
    state: str
    used: Group | None
    proposed: Group | None
    author: str
    at: datetime


class GroupAsked(BaseModel):
    """A group to keep: as a proposal, or (``use``) to count from now on. ``seen``: the version read, 0 for a new one."""

    group: Group
    seen: RowNumber = 0
    use: bool = False


class TrialAsked(BaseModel):
    """A group to try. Without ``questions`` its own words are asked; ``name`` is the group that it would take the place of."""

    group: Group
    name: str = Field("", max_length=64)
    questions: list[str] = Field(default_factory=list, max_length=QUESTIONS)


class TrialView(BaseModel):
    """``typed`` questions, and real ones that come to something else (``moved``) of the ``asked`` ones that hold its words.

    ``unheard`` meanings stand in no page.
    """

    typed: list[Compared]
    moved: list[Compared]
    asked: int
    worse: int
    better: int
    unheard: list[str]


def router(settings: Settings, database: Database, engine: EngineClient) -> APIRouter:
    """``/api/desk/synonyms``."""
    routes = APIRouter()

    @routes.get(_PATH)
    async def listed(staff: Reader) -> list[GroupView]:
        """The administration's groups, in use or proposed."""
        return [_view(one) for one in await record.kept(database)]

    @routes.post(_PATH, status_code=201)
    async def added(asked: GroupAsked, staff: Editor) -> GroupView:
        """Keep a new group."""
        return await keep(_clean(asked.group), staff, "", 0, asked.use)

    @routes.put(_PATH + "/{name}")
    async def changed(name: str, asked: GroupAsked, staff: Editor) -> GroupView:
        """Keep another version of a group."""
        return await keep(_clean(asked.group), staff, name, asked.seen, asked.use)

    @routes.delete(_PATH + "/{name}")
    async def removed(name: str, staff: Editor, seen: RowNumber, use: bool = False) -> GroupView:
        """Propose that a group be taken out, or (``use``) take it out."""
        return await keep(None, staff, name, seen, use)

    @routes.post(_PATH + "/try")
    async def tried(asked: TrialAsked, staff: Editor) -> TrialView:
        """What citizens would get with a group that is not in use."""
        with _refusals():
            used = (await record.get(database, asked.name)).used if asked.name else None
        found = await try_group(
            database,
            engine.try_group,
            add=_clean(asked.group),
            drop=used,
            typed=[one for one in asked.questions if one.strip()],
            collection=settings.collection,
        )
        moved = [one.compared for one in found.moved]
        return TrialView(
            typed=list(found.typed),
            moved=moved,
            asked=found.asked,
            worse=found.worse,
            better=found.better,
            unheard=list(found.unheard),
        )

    async def keep(group: Group | None, staff: Staff, name: str, seen: int, use: bool) -> GroupView:
        with _refusals():
            if use and not staff.may(Right.PUBLISH_ENTRIES):
                raise Problem(403, "desk.desk_no_right")
            if use and settings.desk_two_persons:
                raise SynonymRefused("own_version")
            known = await record.propose(database, group, author=staff.id, name=name, seen=seen, use=use)
            return _view(await record.get(database, known))

    return routes


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except SynonymRefused as refused:
        if refused.code == "missing":
            raise Problem(404) from refused
        author = refused.other.author if refused.other else ""
        raise Problem(409, f"synonyms.refused_{refused.code}", word=refused.word, author=author) from refused


def _clean(group: Group) -> Group:
    """Raises ``Problem`` (422) that names the first fault."""
    cleaned = GroupForm.of(group, 0).group()
    if found := faults(cleaned):
        raise Problem(422, f"synonyms.wrong_{found[0].code}", wording=found[0].wording)
    return cleaned


def _view(kept: Kept) -> GroupView:
    proposed = kept.content if kept.waits else None
    return GroupView(
        id=kept.id, version=kept.version, state=kept.state, used=kept.used, proposed=proposed, author=kept.author, at=kept.at
    )
