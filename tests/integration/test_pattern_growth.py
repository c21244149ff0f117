"""No regular expression, and no function, that reads a citizen's text takes longer than the text is long."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import partial

import pytest

from core.settings import ROOT
from tests.integration.growing_texts import growing_texts
from tests.integration.pattern_growth_probe import grows, look, measuring


@pytest.mark.parametrize("texts", [300, pytest.param(900, marks=pytest.mark.long)])
def test_patterns_of_danger_language_and_dialogue_grow_no_faster_than_the_text(texts: int) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.integration.pattern_growth_probe", str(texts)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    *rising_subjects, looked_at = map(json.loads, ran.stdout.splitlines())
    assert rising_subjects == []
    assert looked_at["patterns"] > 500
    assert looked_at["functions"] > 30


@pytest.mark.parametrize(
    "pattern",
    [
        r"[\w.+%'\-]+\s?[@]\s?[\w\-]+",  # each start goes on to the end: quadratic
        r"^\W*(?:svp)?\W*humain",
        r"dois(?: (?:en|en|de))* payer",  # in two ways each: exponential
        r"\bou\b.*\benvoyer",
    ],
)
def test_a_pattern_that_grows_faster_is_found(pattern: str) -> None:
    with measuring():
        assert grows(partial(look, re.compile(pattern)), growing_texts(pattern, 0))


@pytest.mark.parametrize("pattern", [r"(?<!\w)[\w.+]{1,64}@\w", r"^\W*+(?:svp)?\W*+humain", r"dois(?: (?:en|de)){0,8} payer"])
def test_a_pattern_that_is_bounded_is_not_found(pattern: str) -> None:
    with measuring():
        assert grows(partial(look, re.compile(pattern)), growing_texts(pattern, 0)) == ""
