"""Functions that the pages of this part share: addresses, refusals, rights."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from fastapi import Request, Response

from core.identity import Staff
from core.problems import Problem
from desk import back
from knowledge_base.editing.errors import Code, EditRefused
from knowledge_base.editing.steps import StepResult, Target

_STATUS: Mapping[Code, int] = {"missing": 404, "not_allowed": 403}


def address(collection: str, page: str, rest: str = "") -> str:
    """Returns the path of an entry's page."""
    return f"/desk/entries/{collection}/{page}{rest}"


@contextmanager
def refusals() -> Iterator[None]:
    """Turns a refusal into an error page in the reader's language."""
    try:
        yield
    except EditRefused as refused:
        raise Problem(_STATUS.get(refused.code, 409), f"workflow.refused_{refused.code}") from refused


def check_collection(staff: Staff, collection: str) -> None:
    """Raises a 403 if the person has no right in ``collection``."""
    if not staff.may_edit(collection):
        raise Problem(403, "workflow.refused_not_allowed")


def target_of(text: str) -> Target | None:
    """Returns the target from the ``collection/id/head`` of a ticked box."""
    parts = text.split("/")
    return Target(parts[0], parts[1], int(parts[2])) if len(parts) == 3 and parts[2].isdecimal() else None


def day_of(text: str) -> date | None:
    """Returns the day of a form; ``None`` if it names none. Raises a 422 if it is not a day."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Problem(422, "workflow.no_date") from error


def answered(path: str, results: Sequence[StepResult], done: str, publication: str = "") -> Response:
    """Redirects to ``path`` with the word ``done``, or with the first reason of a refusal.

    If nothing was refused and a ``publication`` was requested, redirects there: that page shows the gate's verdict.
    """
    refused = [one for one in results if one.code is not None]
    if not refused:
        return back(f"/desk/publications/{publication}") if publication else back(path, done)
    return back(path, failed=f"refused_{refused[0].code}", refused=str(len(refused)), of=str(len(results)))


def counts(request: Request) -> dict[str, Any]:
    """Returns how many of a list were refused, from the address made by ``answered``."""
    query = request.query_params
    given = (query.get("refused", ""), query.get("of", ""))
    return {"refused": int(given[0]), "of": int(given[1])} if all(one.isdecimal() for one in given) else {}
