"""On which database a dear test runs. As a rule all run on both, every time: see the fixture ``database_url``.

For code that is the same on both, whose statements other tests make on the other one.
"""

from __future__ import annotations

import pytest

postgresql_when_long = pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True
)
sqlite_when_long = pytest.mark.parametrize(
    "database_url", [pytest.param("sqlite", marks=pytest.mark.long), "postgresql"], indirect=True
)
