"""Pages of a list, by cursor: the place after the last item of the page before, so that new items shift nothing."""

import base64
from typing import Annotated, Any

import orjson
from fastapi import Query
from pydantic import BaseModel, TypeAdapter, ValidationError

from core.problems import Problem

NO_NUL = r"^[^\x00]*$"  # PostgreSQL's texts hold none
Limit = Annotated[int, Query(ge=1, le=100, description="Items on a page.")]
Cursor = Annotated[str, Query(max_length=500, description="`next` of the page before; empty: the first page.")]


class Page[Item](BaseModel):
    """One page. ``next``: the cursor of the page after it; ``None``: this is the last one."""

    data: list[Item]
    next: str | None = None


def cursor_of(*place: str | int) -> str:
    """Returns the cursor that continues after ``place``."""
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def place_of[Place](cursor: str, kind: TypeAdapter[Place]) -> Place:
    """Returns the place of ``cursor``. Raises ``Problem`` (422) if it is not one of this list's."""
    try:
        content: Any = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return kind.validate_python(content)
    except (ValueError, ValidationError):
        raise Problem(422, "integrators.cursor_unknown") from None
