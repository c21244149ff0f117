"""``./guichet teams`` as it is typed, each command a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from pathlib import Path

from tests import commands
from tests.integration.migrated import migrated


def _run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "GUICHET_LANG": "en",
        "GUICHET_HOME": str(home),
        "DATABASE_URL": f"sqlite+aiosqlite:///{home / 'guichet.db'}",
        "GUICHET_SECRET_KEY": "secret-key",
        "GUICHET_INTERNAL_SECRET": "internal-secret",
        "GUICHET_ADDRESS_KEY": "address-key",
    }
    return commands.run(["teams", *arguments], environment)


def test_a_record_without_tables_gets_a_sentence(tmp_path: Path) -> None:
    done = _run(tmp_path, "list")
    assert (done.returncode != 0, "Traceback" in done.stderr) == (True, False)
    assert "./guichet database upgrade" in done.stderr


def test_a_team_is_set_changed_and_dropped(tmp_path: Path) -> None:
    asyncio.run(migrated(f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}"))
    assert _run(tmp_path, "set", "urbanisme", "--themes", "logement, permis").returncode == 0
    assert _run(tmp_path, "set", "urbanisme", "--themes", "logement", "--languages", "fr").returncode == 0
    (team,) = json.loads(_run(tmp_path, "list", "--json").stdout)
    assert team == {"name": "urbanisme", "themes": ["logement"], "languages": ["fr"]}
    for wrong in (("set", "Pas Bon"), ("set", "a", "--languages", "xx"), ("drop", "inconnue")):
        refused = _run(tmp_path, *wrong)
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr
    assert _run(tmp_path, "drop", "urbanisme").returncode == 0
    assert json.loads(_run(tmp_path, "list", "--json").stdout) == []
