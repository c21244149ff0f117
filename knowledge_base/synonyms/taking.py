"""Imports the groups of a file into the database, so that editors can continue an operator's list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.database import Database
from knowledge_base.synonyms import record
from knowledge_base.synonyms.checking import faults
from knowledge_base.synonyms.contracts import SynonymRefused
from retrieval.query.synonyms import Group


@dataclass(frozen=True, slots=True)
class Refused:
    """A group that was left out: ``code`` of a fault or refusal, about a ``wording``."""

    group: Group
    code: str
    wording: str


@dataclass(frozen=True, slots=True)
class Taken:
    """The results for the groups of a file."""

    created: int
    unchanged: int
    refused: tuple[Refused, ...]


async def take(database: Database, groups: Sequence[Group], *, author: str) -> Taken:
    """Puts ``groups`` in use, each in a transaction of its own. Groups already in use stay unchanged, so an interrupted run can
    be repeated. A group is ``refused`` if another group has its words, or if the desk would refuse it.
    """
    created = unchanged = 0
    refused: list[Refused] = []
    there = await record.in_use(database)
    for group in groups:
        if group in there:
            unchanged += 1
        elif wrong := faults(group):
            refused.append(Refused(group, wrong[0].code, wrong[0].wording))
        else:
            try:
                await record.propose(database, group, author=author, use=True)
                there.append(group)
                created += 1
            except SynonymRefused as error:
                refused.append(Refused(group, error.code, error.word))
    return Taken(created, unchanged, tuple(refused))
