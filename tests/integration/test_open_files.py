"""A gateway has room for the connections that it lets in, also where a process is given few files."""

from __future__ import annotations

import subprocess
import sys

import pytest

from core.settings import ROOT

_ASKED = """
import resource
from core.web.open_file_limit import raise_open_file_limit
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
raise_open_file_limit(4000)
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(
    ("soft", "hard", "given"),
    [(1024, 10_000, 4256), (1024, 2048, 2048), (8000, 10_000, 8000)],
    ids=["as systemd starts it", "less than it takes", "enough already"],
)
def test_the_limit_of_open_files_is_raised_as_far_as_it_may_be(soft: int, hard: int, given: int) -> None:
    program = _ASKED.format(soft=soft, hard=hard)
    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.split()[-2:] == [str(given), str(hard)]
    assert ("file_limit_low" in told.stdout + told.stderr) == (given < 4256)
