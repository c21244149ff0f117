"""What /accessibility says of each criterion rests on tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

from channels.web.pages.rgaa import counts, themes

CRITERIA = (9, 2, 3, 13, 8, 2, 5, 10, 4, 14, 13, 11, 12)  # of each theme of RGAA 4.1
BROWSER_TESTS = Path(__file__).parents[2] / "e2e" / "web"


def test_rgaa_every_criterion_stands_once_in_order() -> None:
    wanted = [f"{theme}.{number}" for theme, last in enumerate(CRITERIA, 1) for number in range(1, last + 1)]
    assert [one.number for theme in themes() for one in theme.criteria] == wanted
    assert sum(counts().values()) == 106


def test_rgaa_every_test_that_is_named_exists() -> None:
    known = {
        name for path in BROWSER_TESTS.glob("test_*.py") for name in re.findall(r"^def (test_\w+)", path.read_text(), re.M)
    }
    named = {name for theme in themes() for one in theme.criteria for name in one.tests}
    assert named - known == set()


def test_rgaa_no_criterion_is_both_tested_and_absent() -> None:
    assert [one.number for theme in themes() for one in theme.criteria if one.absent and one.tests] == []
