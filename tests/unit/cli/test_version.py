"""The version: one number, wherever it is written or printed."""

from __future__ import annotations

import json
import re
import tomllib

import pytest
import yaml

from cli.__main__ import main
from core.database.migrate import code_revision
from core.settings import ROOT
from core.version import version
from retrieval.snapshots.folder import FORMAT


def test_version_is_the_same_in_every_file() -> None:
    chart = yaml.safe_load((ROOT / "deploy" / "helm" / "guichet" / "Chart.yaml").read_text(encoding="utf-8"))
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    locked = next(package["version"] for package in lock if package["name"] == "guichet")
    assert {chart["version"], chart["appVersion"], locked} == {version()}


def test_version_is_the_newest_release_of_the_changelog_and_supported() -> None:
    notes = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert notes[0] == "Unreleased"
    assert re.fullmatch(re.escape(version()) + r" - \d{4}-\d\d-\d\d", notes[1])
    minor = version().rpartition(".")[0]
    assert f"| {minor} | yes" in (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert f"## To {minor}" in (ROOT / "docs" / "upgrade.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("spelling", ["version", "--version"])
def test_version_command_prints_what_the_code_is(
    spelling: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("cli.commands.version.commit", lambda: "")
    monkeypatch.setattr("sys.argv", ["./guichet", spelling, "--json"])
    with pytest.raises(SystemExit) as ended:
        main()
    shown = json.loads(capsys.readouterr().out)
    assert (ended.value.code, shown) == (
        0,
        {"version": version(), "commit": "", "schema": code_revision(), "index_format": FORMAT},
    )
    monkeypatch.setattr("sys.argv", ["./guichet", spelling])
    with pytest.raises(SystemExit):
        main()
    assert f"Guichet {version()} (commit –" in capsys.readouterr().out
