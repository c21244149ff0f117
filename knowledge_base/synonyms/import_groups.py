"""Imports the groups of a file into the database, so that editors can continue an operator's list."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.database import Database
from knowledge_base.synonyms import store
from knowledge_base.synonyms.checks import faults
from knowledge_base.synonyms.contracts import SynonymRefused
from retrieval.query.synonyms import Group


@dataclass(frozen=True, slots=True)
class RefusedGroup:
    """A group that was left out: ``code`` of a fault or refusal, about a ``wording``."""

    group: Group
    code: str
    wording: str


@dataclass(frozen=True, slots=True)
class ImportedGroups:
    """The results for the groups of a file."""

    created: int
    unchanged: int
    refused: tuple[RefusedGroup, ...]


async def import_groups(database: Database, groups: Sequence[Group], *, author: str) -> ImportedGroups:
    """Puts ``groups`` in use, each in a transaction of its own. Groups already in use stay unchanged, so an interrupted run can
    be repeated. A group is ``refused`` if another group has its words, or if the desk would refuse it.
    """
    created = unchanged = 0
    refused: list[RefusedGroup] = []
    in_use = await store.in_use(database)
    for group in groups:
        if group in in_use:
            unchanged += 1
        elif wrong := faults(group):
            refused.append(RefusedGroup(group, wrong[0].code, wrong[0].wording))
        else:
            try:
                await store.propose(database, group, author=author, use=True)
                in_use.append(group)
                created += 1
            except SynonymRefused as error:
                refused.append(RefusedGroup(group, error.code, error.word))
    return ImportedGroups(created, unchanged, tuple(refused))
