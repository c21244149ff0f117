"""A group of synonyms at the desk, and the reasons for refusing a change."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from retrieval.query.synonyms import Group

MOST = 2000  # groups of one administration; each message is compared with all of them

type State = Literal["in_use", "proposed", "changing", "leaving", "gone"]
type Code = Literal[
    "missing",  # there is no such group
    "moved_on",  # somebody has changed it since the page was shown
    "own_version",  # two-person rule: the author may not put it in use
    "taken",  # another group has one of its words
    "full",  # the list is full
    "nothing_waits",  # there is no change to put in use or to drop
]


@dataclass(frozen=True, slots=True)
class StoredGroup:
    """One group. ``content`` is its newest version, ``used`` the one in use; ``None`` if there is none.

    ``author`` wrote the newest version, at ``at``.
    """

    id: str
    version: int
    content: Group | None
    used: Group | None
    waits: bool
    author: str
    at: datetime
    last: Group | None = None  # the content of the version before the newest

    @property
    def state(self) -> State:
        """Returns the state. ``changing`` and ``leaving`` mean that ``used`` is in use and a change was proposed."""
        if not self.waits:
            return "in_use" if self.used else "gone"
        if self.used is None:
            return "proposed"
        return "changing" if self.content else "leaving"

    @property
    def proposed(self) -> Group | None:
        """Returns the content that waits for a decision; ``None`` also for a proposed removal."""
        return self.content if self.waits else None

    @property
    def shown(self) -> Group | None:
        """Returns the content to show in a list: the present or the last one."""
        return self.content or self.used or self.last


@dataclass(frozen=True, slots=True)
class Version:
    """One step of a group's history."""

    number: int
    content: Group | None
    author: str
    at: datetime


class SynonymRefused(Exception):
    """A refused change. ``code`` is the reason; nothing has changed. ``other`` is the group that already has the ``word``."""

    def __init__(self, code: Code, *, word: str = "", other: StoredGroup | None = None) -> None:
        super().__init__(code)
        self.code: Code = code
        self.word = word
        self.other = other
