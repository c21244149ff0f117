"""The limit of numbers from callers. Larger ones than the record can store would fail inside the database."""

from typing import Annotated

from annotated_types import Interval

LARGEST = 2**31 - 1  # of PostgreSQL's integer
RowNumber = Annotated[int, Interval(ge=0, le=LARGEST)]
