"""Numbers that callers may send. Larger ones than the record holds would fail inside the database."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Interval

LARGEST = 2**31 - 1  # of PostgreSQL's integer
RowNumber = Annotated[int, Interval(ge=0, le=LARGEST)]
