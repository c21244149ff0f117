"""What a reviewer needs to decide on a draft: the request, changes, what citizens would get, checks, replayed questions."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from core.database import Database
from core.entry import Entry
from knowledge_base.desk.editor import checks
from knowledge_base.desk.editor.contracts import Preview, Shown, Walk
from knowledge_base.editing import listing
from knowledge_base.editing.diff import Difference, differences
from knowledge_base.editing.listing import Event, WorkflowState
from knowledge_base.publishing.contracts import PublicationView, State
from knowledge_base.publishing.publications import latest_of
from knowledge_base.quality.links.check import links_of
from knowledge_base.quality.links.job import broken_among


@dataclass(frozen=True, slots=True)
class Review:
    """``events``: what was said about the draft since the last publication, latest first. ``broken``: links (address, reason).
    ``publication``: the one that was requested of this revision, with the gate's report; ``None`` if there is none.
    """

    events: Sequence[Event]
    differences: Sequence[Difference]
    shown: Shown | None
    advice: Sequence[checks.Advice]
    broken: Sequence[tuple[str, str]]
    publication: PublicationView | None

    @property
    def alone(self) -> bool:
        """Decides whether the publication is of this entry only, so that it is decided here."""
        return self.publication is not None and len(self.publication.changes) == 1

    @property
    def judged(self) -> bool:
        """Decides whether the publication waits for a decision."""
        return self.publication is not None and self.publication.state == State.CHECKED

    @property
    def underway(self) -> bool:
        """Decides whether the gate is at work on the publication, or it is being activated."""
        return self.publication is not None and not self.judged and not self.publication.ended

    @property
    def worse(self) -> bool:
        """Decides whether answers would get worse."""
        return self.publication is not None and self.publication.verdict == "worse"


async def review_of(
    database: Database, row: WorkflowState, preview: Preview | None, *, months: int, today: date, label: Callable[[str], str]
) -> Review:
    """Returns the review of the draft of ``row``. ``label``: the name of a field; ``months``: see ``checks.advice``."""
    name = row.collection, row.id
    draft = await listing.revision(database, *name, row.head)
    new = row.status == "draft"
    before = (
        Entry(id=row.id, collection=row.collection, title="") if new else await listing.revision(database, *name, row.version)
    )
    events = [one for one in await listing.history(database, *name) if new or one.version > row.version]

    def judge() -> tuple[Sequence[Difference], Shown | None, Sequence[checks.Advice]]:
        advice = [*checks.unsafe_texts(draft, label), *checks.advice(draft, months=months, today=today)]
        return differences(before, draft), preview(draft, Walk()) if preview else None, advice

    changes, shown, advice = await asyncio.to_thread(judge)
    broken = await broken_among(database, links_of(draft))
    return Review(events, changes, shown, advice, broken, await latest_of(database, *name, row.head))
