"""The JSON API of synonyms: groups, and the effect of one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from core.database import Database
from core.identity import Right, Staff
from core.problems import Problem
from core.settings import Settings
from core.web.row_numbers import RowNumber
from knowledge_base.desk.access import Editor, Reader
from knowledge_base.desk.publishing.engine import EngineClient
from knowledge_base.desk.synonyms.form import QUESTIONS, GroupForm
from knowledge_base.publishing.synonym_trial import try_group
from knowledge_base.synonyms import store
from knowledge_base.synonyms.checks import faults
from knowledge_base.synonyms.contracts import SynonymRefused
from retrieval.query.synonyms import Group
from retrieval.synonym_trial import Compared

_PATH = "/api/desk/synonyms"


class GroupView(BaseModel):
    """A group: the version ``used``, and the one ``proposed``. A change must name the ``version`` that it was made from."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    version: int
    state: str
    used: Group | None
    proposed: Group | None
    author: str
    at: datetime


class GroupRequest(BaseModel):
    """A group to save: as a proposal, or (``use``) in use at once. ``seen`` is the version read, 0 for a new group."""

    group: Group
    seen: RowNumber = 0
    use: bool = False


class TrialRequest(BaseModel):
    """A group to try. Without ``questions`` its own words are searched for. ``name`` is the group that it would replace."""

    group: Group
    name: str = Field("", max_length=64)
    questions: list[str] = Field(default_factory=list, max_length=QUESTIONS)


class TrialView(BaseModel):
    """The effect on ``typed`` questions, and the real questions with another result (``moved``). ``asked`` counts the real
    questions that contain the group's words.

    ``unheard`` meanings occur in no page.
    """

    typed: list[Compared]
    moved: list[Compared]
    asked: int
    worse: int
    better: int
    unheard: list[str]


def router(settings: Settings, database: Database, engine: EngineClient) -> APIRouter:
    """Returns the routes under ``/api/desk/synonyms``."""
    routes = APIRouter()

    @routes.get(_PATH)
    async def listed(staff: Reader) -> list[GroupView]:
        """Returns the administration's groups, in use or proposed."""
        return [GroupView.model_validate(one) for one in await store.stored_groups(database)]

    @routes.post(_PATH, status_code=201)
    async def added(wanted: GroupRequest, staff: Editor) -> GroupView:
        """Saves a new group."""
        return await keep(_clean(wanted.group), staff, "", 0, wanted.use)

    @routes.put(_PATH + "/{name}")
    async def changed(name: str, wanted: GroupRequest, staff: Editor) -> GroupView:
        """Saves another version of a group."""
        return await keep(_clean(wanted.group), staff, name, wanted.seen, wanted.use)

    @routes.delete(_PATH + "/{name}")
    async def removed(name: str, staff: Editor, seen: RowNumber, use: bool = False) -> GroupView:
        """Proposes to remove a group, or (``use``) removes it."""
        return await keep(None, staff, name, seen, use)

    @routes.post(_PATH + "/try")
    async def run_trial(wanted: TrialRequest, staff: Editor) -> TrialView:
        """Returns what citizens would get with a group that is not in use."""
        with _refusals():
            used = (await store.get(database, wanted.name)).used if wanted.name else None
        found = await try_group(
            database,
            engine.try_group,
            add=_clean(wanted.group),
            drop=used,
            typed=[one for one in wanted.questions if one.strip()],
            collection=settings.collection,
        )
        moved = [one.compared for one in found.changed]
        return TrialView(
            typed=list(found.typed),
            moved=moved,
            asked=found.tested,
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
            known = await store.propose(database, group, author=staff.id, name=name, seen=seen, use=use)
            return GroupView.model_validate(await store.get(database, known))

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
    """Returns the cleaned group. Raises ``Problem`` (422) that names the first fault."""
    cleaned = GroupForm.of(group, 0).group()
    if found := faults(cleaned):
        raise Problem(422, f"synonyms.wrong_{found[0].code}", wording=found[0].wording)
    return cleaned
