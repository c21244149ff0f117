"""Types and functions that the pages of this part share."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form
from pydantic import BaseModel

from core.identity import Staff
from core.problems import Problem
from knowledge_base.publishing.contracts import Change

Line = Annotated[str, Form(max_length=2000)]


class RequestedChange(BaseModel):
    """A change as the desk names it: a revision to publish, or none to withdraw the entry."""

    collection: str
    entry: str
    version: int | None = None

    def change(self, staff: Staff) -> Change:
        """Returns the change. Raises ``Problem`` (403) if ``staff`` may not change the collection."""
        if not staff.may_edit(self.collection):
            raise Problem(403, "publishing.not_your_collection")
        return Change(collection=self.collection, entry_id=self.entry, version=self.version)


def parse_change(text: str) -> RequestedChange:
    """Parses ``collection/entry@version`` (``@none``: withdraw), the format of forms. Raises ``Problem`` (422)."""
    name, _, version = text.rpartition("@")
    collection, _, entry = name.partition("/")
    if not collection or not entry or not (version.isdigit() or version == "none"):
        raise Problem(422, "publishing.unreadable_change")
    return RequestedChange(collection=collection, entry=entry, version=None if version == "none" else int(version))


def parse_entry(text: str, staff: Staff) -> tuple[str, str]:
    """Parses ``collection/entry``. Raises ``Problem``: 422, or 403 if ``staff`` may not change the collection."""
    collection, _, entry = text.strip().partition("/")
    if not collection or not entry:
        raise Problem(422, "publishing.unreadable_entry")
    if not staff.may_edit(collection):
        raise Problem(403, "publishing.not_your_collection")
    return collection, entry
