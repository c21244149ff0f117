"""Which Python Rasa's environment is made with; when the index is built."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli import install
from cli.demonstration import COMMUNE, PHONE
from cli.install import bot_python
from cli.rasa_commands import BOT_VERSION
from core.settings import Settings
from retrieval.snapshots.folder import Snapshots
from tests.unit.retrieval.test_snapshots import make


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


class Steps:
    """Keeps the steps' names, and what the last step would have made."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def run(self, name: str, *_: object, output: Path | None = None) -> None:
        self.names.append(name)
        if output:
            self.output = output


def test_index_step_runs_again_where_the_active_snapshot_is_torn(tmp_path: Path) -> None:
    settings = Settings.model_validate(
        dict.fromkeys(("secret_key", "internal_secret", "address_key"), "s" * 40) | {"home": tmp_path}
    )
    (tmp_path / "steps").mkdir()
    (tmp_path / "steps" / "knowledge-base").touch()
    snapshots, steps = Snapshots(tmp_path / "snapshots"), Steps()
    make(snapshots, "20260101T000000-a", content_of_a_file=b"whole")
    snapshots.activate("20260101T000000-a")
    install._index(steps, settings, every_section=False)  # type: ignore[arg-type]
    assert steps.output.exists()
    (snapshots.folder / "20260101T000000-a" / "file").write_bytes(b"torn.")
    install._index(steps, settings, every_section=False)  # type: ignore[arg-type]
    assert not steps.output.exists()


@pytest.mark.parametrize("demonstration", [False, True])
def test_ministrys_pages_are_a_step_of_their_own_unless_nothing_is_to_be_fetched(tmp_path: Path, demonstration: bool) -> None:
    settings = Settings.model_validate(
        dict.fromkeys(("secret_key", "internal_secret", "address_key"), "s" * 40) | {"home": tmp_path}
    )
    steps = Steps()
    install._knowledge_base(steps, settings, demonstration=demonstration)  # type: ignore[arg-type]
    assert ("labour-pages" in steps.names) is not demonstration


@pytest.mark.parametrize("step", ["demonstration-offices", "town-pages"])
def test_the_imaginary_town_is_a_step_of_the_demonstration_only_and_taken_out_afterwards(tmp_path: Path, step: str) -> None:
    base = dict.fromkeys(("secret_key", "internal_secret", "address_key"), "s" * 40) | {"home": tmp_path}
    own = Settings.model_validate({**base, "contact_phone": "02 99 00 00 00"})
    imaginary = Settings.model_validate({**base, "contact_phone": PHONE, "office_commune": COMMUNE})

    def steps_of(settings: Settings) -> list[str]:
        steps = Steps()
        install._knowledge_base(steps, settings, demonstration=False)  # type: ignore[arg-type]
        return steps.names

    assert step in steps_of(imaginary)
    assert step not in steps_of(own)
    (tmp_path / "steps").mkdir()
    (tmp_path / "steps" / step).touch()  # it was a demonstration before
    assert step in steps_of(own)
