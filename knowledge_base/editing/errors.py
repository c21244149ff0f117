"""Reasons to refuse an editor's request. The texts are in the desk's own file, by ``code``. Nothing has changed."""

from typing import Literal

from core.entry import Entry
from knowledge_base.entries.merge import Merged

type Code = Literal[
    "missing",  # there is no such entry or revision
    "exists",  # the id is taken
    "moved_on",  # somebody has changed the entry since the page was shown
    "wrong_stage",  # not at this stage of the work
    "own_revision",  # two-person rule: the author may not publish it
    "open_conflict",  # an import and editors disagree; this must be decided first
    "not_allowed",  # no right in this collection
    "past",  # a time of publication in the past
    "itself",  # an entry cannot be its own translation
    "bad_name",  # not a possible name of a collection
    "unsaved",  # the person has typed text there that is not saved yet
    "unsafe",  # a text has content that an entry may not have (knowledge_base.entries.safety)
    "last_collection",  # a person would be left without a collection, which would mean all of them
]


class EditRefused(Exception):
    """A refused request. ``code`` is the reason, ``entry`` (collection/id) the entry."""

    def __init__(self, code: Code, entry: str = "") -> None:
        super().__init__(f"{code}: {entry}" if entry else code)
        self.code: Code = code
        self.entry = entry


class StaleSave(EditRefused):
    """Another person has saved in the meantime. ``theirs`` is their revision (by ``author``, ``reason``); ``merged`` joins
    both.

    The refused text is kept as its author's autosave. ``merged.clashes`` are the parts that both have changed.
    """

    def __init__(self, *, started_from: Entry, mine: Entry, theirs: Entry, author: str, reason: str, merged: Merged) -> None:
        super().__init__("moved_on", f"{mine.collection}/{mine.id}")
        self.started_from = started_from
        self.mine = mine
        self.theirs = theirs
        self.author = author
        self.reason = reason
        self.merged = merged
