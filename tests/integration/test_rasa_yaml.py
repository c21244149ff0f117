"""What Rasa is served is what it would read by itself."""

from __future__ import annotations

import json
import subprocess

import pytest

from cli.rasa_commands import BOT_PYTHON
from core.settings import ROOT

# Each with a letter that is not ASCII: others are left to Rasa.
SAME = {
    "the domain": (ROOT / "domain.yml").read_text(encoding="utf-8"),
    "words that YAML 1.1 takes for others": "é: [oui, yes, no, on, off, y, n]\nà: 12:30\n",
    "words that it takes for others, too": "é: [true, False, 'true', ~, null, NULL]\nà: Null\n",
    "numbers": "é: [1, -2, +3, 1.5, -.5, 1e3, 1.5e-3, .inf, 0, 012, 1_000]",
    "texts": "é: ['012', \"a\\u00e9b\", 'it''s']",
    "lines": "é: |\n  deux\n  lignes\nà: >-\n  une\n  seule\n",
    "empty values": "é:\nà: ''\nç: []\nù: {}\n",
    "an anchor": "é: &a [1, 2]\nà: *a\n",
    "keys": "1: é\nfalse: à\n~: ç\n",
    "a merge": "é: &a {b: 1}\nà:\n  <<: *a\n  c: 2",
}
REFUSED = {
    "a day": "é: 2026-11-26",
    "octal": "é: 0o17",
    "hexadecimal": "é: 0x1f",
    "a key twice": "é: 1\né: 2",
    "a merge that a key overrides": "é: &a {b: 1}\nà:\n  <<: *a\n  b: 2",
    "an object of Python's": "é: !!python/object/apply:os.getcwd []",
    "a set": "é: !!set {a, b}",
    "no YAML": "é: [1",
}


@pytest.fixture(scope="module")
def read() -> dict[str, tuple[str, str]]:
    """Name → what Rasa made of it, what we made of it."""
    texts = SAME | REFUSED
    found = subprocess.run(
        [str(BOT_PYTHON), "-m", "tests.integration.rasa_yaml_probe"],
        cwd=ROOT,
        input=json.dumps(list(texts.values())),
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(zip(texts, json.loads(found.stdout), strict=True))


@pytest.mark.parametrize("name", SAME)
def test_plain_yaml_is_read_as_rasa_reads_it(name: str, read: dict[str, tuple[str, str]]) -> None:
    rasas, ours = read[name]
    assert ours == rasas != "unreadable"


@pytest.mark.parametrize("name", REFUSED)
def test_whatever_else_is_left_to_rasa(name: str, read: dict[str, tuple[str, str]]) -> None:
    assert read[name][1] == "unreadable"
