"""Which Python Rasa's environment is made with."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.dialogue import BOT_VERSION
from cli.install import bot_python


def put(folder: Path, script: str) -> Path:
    python = folder / f"python{BOT_VERSION}"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    return python


def test_the_systems_own_is_taken(tmp_path: Path) -> None:
    python = put(tmp_path, "exit 0")
    assert bot_python(tmp_path) == str(python)


@pytest.mark.parametrize("script", ["exit 1", None])
def test_uv_finds_one_where_the_system_has_none_or_a_smaller_one(tmp_path: Path, script: str | None) -> None:
    if script:
        put(tmp_path, script)
    assert bot_python(tmp_path) == BOT_VERSION
