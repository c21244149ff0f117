"""The types of publishing. Importing this module is cheap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from core.channels import ChannelName
from core.turns import Outcome
from retrieval.contracts import Decision, Retriever

type Verdict = Literal["clear", "changes", "worse"]
VERDICTS: tuple[Verdict, ...] = ("clear", "changes", "worse")  # from harmless to harmful


class State(StrEnum):
    """The state of a publication. ``CHECKED`` waits for a decision, ``APPROVED`` for activation."""

    REQUESTED = "requested"
    BUILDING = "building"
    CHECKED = "checked"
    APPROVED = "approved"
    ACTIVE = "active"
    DROPPED = "dropped"
    FAILED = "failed"


ENDED = frozenset({State.ACTIVE, State.DROPPED, State.FAILED})


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Change(_Frozen):
    """The change of one entry: its revision ``version`` is published, or it is withdrawn (``None``).

    ``before`` is the version that was published, ``None`` if none was.
    """

    collection: str
    entry_id: str
    version: int | None
    before: int | None = None
    title: str = ""

    @classmethod
    def parse(cls, text: str) -> Change:
        """Parses ``collection/entry@version`` (``@none``: withdraw), as forms and commands write it. Raises ``ValueError``."""
        name, _, version = text.rpartition("@")
        collection, _, entry = name.partition("/")
        if not (collection and entry) or not (version.isdigit() or version == "none"):
            raise ValueError(text)
        return cls(collection=collection, entry_id=entry, version=None if version == "none" else int(version))

    @property
    def back(self) -> Change:
        """Returns the change that undoes this one."""
        return self.model_copy(update={"version": self.before, "before": self.version})


class ReplayQuestion(_Frozen):
    """A question to replay. For a golden question, ``golden`` is the id, ``gold`` the right entries (none: no answer is right),
    ``heading`` and ``situation`` the part to show, and ``channel`` where it is asked. A real question was asked in ``citizens``
    conversations.
    """

    question: str
    locale: str = "fr"
    collection: str = ""
    golden: str = ""
    gold: tuple[str, ...] = ()
    heading: str = ""
    situation: str = ""
    channel: ChannelName = "web"
    citizens: int = 1


type Compose = Callable[[Retriever, ReplayQuestion], tuple[Outcome, tuple[str, ...]]]
"""Returns what citizens get on a snapshot: the outcome, and the ids of the pages that they see, best first."""


class FoundEntry(_Frozen):
    """An entry that a question found. ``part`` is the headings and cases of the passage that would be shown, ``local`` the ids
    of the town's entries that are shown with it.
    """

    entry_id: str
    version: int
    title: str
    part: tuple[str, ...] = ()
    local: tuple[str, ...] = Field(default=(), exclude_if=lambda local: not local)


class ReplayResult(_Frozen):
    """The result of one question on one snapshot. ``found`` is best first, independent of the decision."""

    decision: Decision
    confidence: float
    found: tuple[FoundEntry, ...] = ()

    @property
    def first(self) -> FoundEntry | None:
        return self.found[0] if self.found else None


class ChangedQuestion(_Frozen):
    """A question whose answer changes. ``before`` and ``after`` are the first entries (none if nothing was found)."""

    question: str
    golden: str = ""
    citizens: int = 1
    before: FoundEntry | None
    after: FoundEntry | None
    decision_before: Decision
    decision_after: Decision


class Shadowed(_Frozen):
    """An entry that is not first for its own title or wording ``name``; ``by`` is first. ``was_first``: it was first before."""

    entry_id: str
    title: str
    name: str
    by: FoundEntry
    was_first: bool


class Report(_Frozen):
    """The effect of a publication. Each list holds the first of the number in ``totals``, those of most citizens first.

    ``better`` and ``worse`` are golden questions. Of all questions, ``other_entry`` get another first entry, ``other_outcome``
    another decision. ``retold`` counts those whose first entry is one that changes. ``real_left_out`` counts real questions
    that were not replayed, because there are more than the limit.
    """

    verdict: Verdict
    changes: tuple[Change, ...] = ()
    golden: int = 0
    golden_right_before: int = 0
    golden_right_after: int = 0
    real: int = 0
    real_left_out: int = 0
    retold: int = 0
    better: tuple[ChangedQuestion, ...] = ()
    worse: tuple[ChangedQuestion, ...] = ()
    other_entry: tuple[ChangedQuestion, ...] = ()
    other_outcome: tuple[ChangedQuestion, ...] = ()
    shadowed: tuple[Shadowed, ...] = ()
    totals: dict[str, int] = Field(default_factory=dict)
    seconds: float = 0.0


class Judgement(_Frozen):
    """A candidate and the gate's verdict. ``base`` is the snapshot that it was compared with, empty if there was none."""

    candidate: str
    content: str
    base: str
    report: Report


class PublicationView(_Frozen):
    """A publication for display. ``progress`` is (step, done, total)."""

    id: str
    kind: Literal["publish", "rollback"]
    state: State
    changes: tuple[Change, ...]
    author: str
    reason: str
    decided_by: str
    progress: tuple[str, int, int]
    base: str
    candidate: str
    verdict: Verdict | Literal[""]
    report: Report | None
    error: str
    created_at: datetime
    finished_at: datetime | None

    @property
    def ended(self) -> bool:
        return self.state in ENDED
