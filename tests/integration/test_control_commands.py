"""``./guichet control`` as it is typed, each command a process of its own."""

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
        "DATABASE_URL": _url(home),
        "GUICHET_SECRET_KEY": "secret-key",
        "GUICHET_INTERNAL_SECRET": "internal-secret",
        "GUICHET_ADDRESS_KEY": "address-key",
    }
    return commands.run(["control", *arguments], environment)


def _url(home: Path) -> str:
    return f"sqlite+aiosqlite:///{home / 'guichet.db'}"


def test_from_on_to_off_and_back(tmp_path: Path) -> None:
    asyncio.run(migrated(_url(tmp_path)))
    assert "all channels answer" in _run(tmp_path, "status").stderr  # standard output is for what is set
    off = _run(tmp_path, "off", "sms", "--reason", "Panne.", "--as", "anne", "--json")
    assert off.returncode == 0, off.stderr
    assert json.loads(off.stdout)["off:sms"]["author"] == "anne"
    _run(tmp_path, "banner", "Fermé lundi.", "--en", "Closed on Monday.")
    assert "Closed on Monday." in _run(tmp_path, "status").stdout
    assert json.loads(_run(tmp_path, "on", "sms", "--json").stdout).keys() == {"banner"}
    _run(tmp_path, "banner", "--clear")
    assert json.loads(_run(tmp_path, "status", "--json").stdout) == {}
    blank = _run(tmp_path, "emergency")
    assert blank.returncode == 1
    assert "the text is empty" in blank.stderr
    ending = json.loads(_run(tmp_path, "banner", "Fermé.", "--until", "2099-12-24", "--json").stdout)
    assert ending["banner"]["until"] == "2099-12-24T23:00:00Z"  # the end of that day in Paris
    for wrong in ("2020-01-01", "demain"):
        refused = _run(tmp_path, "banner", "Fermé.", "--until", wrong)
        assert refused.returncode == 1
        assert "The end is over, or is no date" in refused.stderr
