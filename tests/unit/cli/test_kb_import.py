"""What ``kb import`` says where a source cannot be fetched."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands import knowledge
from knowledge_base.errors import FetchFailed


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(*_: Any, **__: Any) -> None:
        raise FetchFailed("Le registre npm ne répond pas.", "The npm registry does not answer.")

    monkeypatch.setattr(knowledge, "_import", failing)
    monkeypatch.setattr(knowledge, "Settings", type("Fake", (), {"knowledge_base_archive": ""}))
    monkeypatch.delenv("GUICHET_PROGRESS", raising=False)


def test_import_of_a_source_that_may_be_left_out_says_so_and_ends_well() -> None:
    done = CliRunner().invoke(knowledge.app, ["import", "travail-emploi", "--if-reachable"])
    assert done.exit_code == 0
    assert "Les autres fiches servent sans celles-ci" in done.output + done.stderr


def test_import_of_a_source_that_was_asked_for_fails() -> None:
    done = CliRunner().invoke(knowledge.app, ["import", "travail-emploi"])
    assert done.exit_code != 0
