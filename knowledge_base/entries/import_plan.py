"""Decides what an import does to each entry, from its known state. ``knowledge_base.entries.import_rows`` writes the result.

Imported content and local changes are kept apart. ``base`` is the last import that is part of the local content. Compared with
it, changes of the source and of editors are distinguished and merged (``knowledge_base.entries.merge``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from core.entry import Entry
from knowledge_base.entries.merge import Clash, Merged, merge

PUBLISHED = "published"
WITHDRAWN = "withdrawn"
ARCHIVED = "archived"
DRAFT = "draft"
IMPORTED = "imported"

type Outcome = Literal["created", "updated", "unchanged", "withdrawn", "conflicts"]

GONE = Clash(("status",), PUBLISHED, "changed", None)  # the source has withdrawn an entry that was changed here


@dataclass(frozen=True)
class EntryState:
    """The state of an entry before an import. The digests belong to the revisions with the same name.

    ``open_conflict`` says that one waits for a decision; ``theirs_digest`` is that of the import it is about, if there is one.
    """

    version: int
    digest: str
    status: str
    head: int
    head_digest: str
    stage: str
    latest: int
    base: int | None
    base_digest: str | None
    open_conflict: bool = False
    theirs_digest: str | None = None

    @property
    def changed_here(self) -> bool:
        """Decides whether editors have changed the last import, published or not."""
        return self.base is None or self.open_conflict or {self.digest, self.head_digest} != {self.base_digest}


@dataclass(frozen=True)
class Contents:
    """The content that three-way merging needs of an entry changed here."""

    base: Entry | None
    published: Entry
    head: Entry


@dataclass(frozen=True)
class NewRevision:
    """A new revision; ``entry.version`` is its number."""

    entry: Entry
    digest: str
    status: str
    parent: int | None


@dataclass(frozen=True)
class NewConflict:
    """A new conflict; ``local`` and ``theirs`` are revision numbers."""

    base: int | None
    local: int
    theirs: int | None
    clashes: tuple[Clash, ...]
    proposal: Entry


@dataclass(frozen=True)
class Change:
    """All changes of an import to one entry: new revisions, and its row afterwards (``content`` is the present one)."""

    outcome: Outcome
    content: Entry
    digest: str
    status: str
    head: int
    stage: str
    latest: int
    base: int | None
    revisions: tuple[NewRevision, ...] = ()
    conflict: NewConflict | None = None
    closes_conflict: bool = False


@dataclass
class Plan:
    """The changes, and the ids of unchanged entries."""

    changes: list[Change] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


def needs_contents(known: EntryState, digest: str | None) -> bool:
    """Decides whether a change needs the contents of the entry. ``digest`` is that of the source's text (``None``: missing)."""
    if known.changed_here or digest is None:
        return True
    return known.status == WITHDRAWN and digest in (known.base_digest, known.theirs_digest)


def new_in_source(entry: Entry, digest: str) -> Change:
    """Returns the change for a new entry."""
    first = entry.model_copy(update={"version": 1})
    return Change("created", first, digest, PUBLISHED, 1, "", 1, 1, (NewRevision(first, digest, PUBLISHED, None),))


def present_in_source(entry: Entry, digest: str, known: EntryState, contents: Contents | None) -> Change | None:
    """Returns the change for an entry that the source has; ``None`` if there is nothing to do."""
    was_missing = known.open_conflict and known.theirs_digest is None
    if digest == known.base_digest and was_missing and contents is not None:  # probably withdrawn by mistake
        return _kept_row(known, contents, outcome="updated", closes_conflict=True)
    if digest in (known.base_digest, known.theirs_digest) and known.status != WITHDRAWN:
        return None
    if not known.changed_here:
        return _replaced(entry, digest, known)
    assert contents is not None
    if digest == known.base_digest:
        return _published_again(known, contents)
    return _merged(entry, digest, known, contents)


def missing_from_source(known: EntryState, contents: Contents) -> Change | None:
    """Returns the change for a published entry that the source no longer has."""
    if not known.changed_here:
        number = known.latest + 1
        last = contents.published.model_copy(update={"version": number})
        revision = NewRevision(last, known.digest, WITHDRAWN, known.version)
        return Change("withdrawn", last, known.digest, WITHDRAWN, number, "", number, number, (revision,))
    if known.open_conflict and known.theirs_digest is None:
        return None
    conflict = NewConflict(known.base, known.head, None, (GONE,), contents.head)
    return _kept_row(known, contents, outcome="conflicts", conflict=conflict, closes_conflict=known.open_conflict)


def _replaced(entry: Entry, digest: str, known: EntryState) -> Change:
    """Replaces an entry that nobody changed here by the source's text. An archived entry stays archived."""
    number = known.latest + 1
    new = entry.model_copy(update={"version": number})
    status = ARCHIVED if known.status == ARCHIVED else PUBLISHED
    revision = NewRevision(new, digest, IMPORTED if status == ARCHIVED else PUBLISHED, known.head)
    return Change("updated", new, digest, status, number, "", number, number, (revision,))


def _published_again(known: EntryState, contents: Contents) -> Change:
    """Publishes again an entry that was withdrawn and is back unchanged, while editors work on it."""
    number = known.latest + 1
    again = contents.published.model_copy(update={"version": number})
    head = known.head if known.stage else number
    revision = NewRevision(again, known.digest, PUBLISHED, known.version)
    return Change("updated", again, known.digest, PUBLISHED, head, known.stage, number, known.base, (revision,))


def _merged(entry: Entry, digest: str, known: EntryState, contents: Contents) -> Change:
    """Returns the change for an entry that both the source and editors have changed."""
    new = _NewRevisions(known.latest)
    published_is_import = known.base is not None and known.digest in (known.base_digest, known.theirs_digest)
    was_published = known.status in (PUBLISHED, WITHDRAWN)
    status = PUBLISHED if was_published else known.status
    imported = new.add(entry, digest, PUBLISHED if published_is_import and was_published else IMPORTED, known.base)
    content, content_digest, clashing = contents.published, known.digest, None
    if published_is_import:
        content, content_digest = imported, digest
    elif status != DRAFT:
        found = merge(contents.base, contents.published, entry)
        if found.clashes:
            clashing, status = found, known.status
        else:
            content, content_digest = new.take(
                found, PUBLISHED if was_published else IMPORTED, contents.published, known.digest
            )
    head = content.version
    if known.stage:
        found = merge(contents.base, contents.head, entry)
        clashing = found if found.clashes else clashing
        head = known.head
        if not found.clashes:
            working, working_digest = new.take(found, DRAFT, contents.head, known.head_digest)
            head = working.version
            if status == DRAFT:
                content, content_digest = working, working_digest
    conflict = None
    if clashing is not None:
        local = clashing.entry
        conflict = NewConflict(known.base, local.version, imported.version, clashing.clashes, local)
    return Change(
        outcome="conflicts" if conflict else "updated",
        content=content,
        digest=content_digest,
        status=status,
        head=head,
        stage=known.stage,
        latest=new.latest,
        base=known.base if conflict else imported.version,
        revisions=tuple(new.revisions),
        conflict=conflict,
        closes_conflict=known.open_conflict,
    )


class _NewRevisions:
    """The new revisions of one entry, numbered from ``latest`` on."""

    def __init__(self, latest: int) -> None:
        self.latest = latest
        self.revisions: list[NewRevision] = []

    def add(self, entry: Entry, digest: str, status: str, parent: int | None) -> Entry:
        self.latest += 1
        numbered = entry.model_copy(update={"version": self.latest})
        self.revisions.append(NewRevision(numbered, digest, status, parent))
        return numbered

    def take(self, merged: Merged, status: str, before: Entry, digest_before: str) -> tuple[Entry, str]:
        """Returns a merge without clashes as a revision, unless it changes nothing."""
        digest = merged.entry.digest()
        if digest == digest_before:
            return before, digest_before
        return self.add(merged.entry, digest, status, before.version), digest


def _kept_row(known: EntryState, contents: Contents, **changed: Any) -> Change:
    """Returns the change that keeps the row of the entry, except for the ``changed`` fields."""
    return Change(
        content=contents.published,
        digest=known.digest,
        status=known.status,
        head=known.head,
        stage=known.stage,
        latest=known.latest,
        base=known.base,
        **changed,
    )


def plan(
    entries: Mapping[str, tuple[Entry, str]],
    known: Mapping[str, EntryState],
    contents: Mapping[str, Contents],
    missing: Sequence[str],
) -> Plan:
    """Decides on each of ``entries`` (by id, with digests) and of the ids that are ``missing`` from the source."""
    found = Plan()
    for page, (entry, digest) in entries.items():
        row = known.get(page)
        change = new_in_source(entry, digest) if row is None else present_in_source(entry, digest, row, contents.get(page))
        if change is None:
            found.unchanged.append(page)
        else:
            found.changes.append(change)
    for page in missing:
        if (change := missing_from_source(known[page], contents[page])) is not None:
            found.changes.append(change)
    return found
