"""Types and functions that the pages of this part share."""

from typing import Annotated

from fastapi import Form
from pydantic import BaseModel

from core.identity import Staff
from core.problems import Problem
from knowledge_base.publishing.contracts import Change

Line = Annotated[str, Form(max_length=2000)]


class RequestedChange(BaseModel):
    """A change as the API names it: a revision to publish, or none to withdraw the entry."""

    collection: str
    entry: str
    version: int | None = None

    def change(self, staff: Staff) -> Change:
        """Returns the change. Raises ``Problem`` (403) if ``staff`` may not change the collection."""
        return allowed(Change(collection=self.collection, entry_id=self.entry, version=self.version), staff)


def parse_change(text: str, staff: Staff) -> Change:
    """Parses a change as forms name it. Raises ``Problem``: 422, or 403 if ``staff`` may not change the collection."""
    try:
        return allowed(Change.parse(text), staff)
    except ValueError as error:
        raise Problem(422, "publishing.unreadable_change") from error


def allowed(change: Change, staff: Staff) -> Change:
    """Returns ``change``. Raises ``Problem`` (403) if ``staff`` may not change the collection."""
    if not staff.may_edit(change.collection):
        raise Problem(403, "publishing.not_your_collection")
    return change


def parse_entry(text: str, staff: Staff) -> tuple[str, str]:
    """Parses ``collection/entry``. Raises ``Problem``: 422, or 403 if ``staff`` may not change the collection."""
    collection, _, entry = text.strip().partition("/")
    if not collection or not entry:
        raise Problem(422, "publishing.unreadable_entry")
    if not staff.may_edit(collection):
        raise Problem(403, "publishing.not_your_collection")
    return collection, entry
