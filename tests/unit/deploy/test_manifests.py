"""What deploy/ says of the service holds: processes, settings, ports, who can be reached from outside."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml
from uvicorn.middleware.proxy_headers import _TrustedHosts

from cli.processes import kind_of, processes
from cli.secret_file import generated_names
from core.settings import ROOT, Settings

_DEPLOY = ROOT / "deploy"
_SECRETS = dict.fromkeys(("secret_key", "internal_secret", "address_key"), "x" * 32)


def _kinds() -> set[str]:
    return {kind_of(name) for name in _processes()}


def _processes() -> set[str]:
    return {one.name for one in processes(Settings.model_validate({**_SECRETS, "_env_file": None}))}


def _settings() -> set[str]:
    return set(Settings.model_validate({**_SECRETS, "_env_file": None}).as_environment())


def _compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((_DEPLOY / "compose.yaml").read_text())
    return found


def _is_known_command(arguments: list[str]) -> bool:
    return arguments == ["prepare"] or (arguments[0] == "run" and arguments[1] in _processes())


def test_containers_run_processes_that_there_are_and_only_the_gateway_is_reached() -> None:
    services = {name: one for name, one in _compose()["services"].items() if one.get("image") == "${GUICHET_IMAGE:-guichet}"}
    assert set(services) == (_kinds() - {"redis", "indexer"}) | {"prepare"}
    for name, one in services.items():
        assert _is_known_command(one["command"]), name
        assert ("ports" in one) == (name == "gateway")
        assert one.get("network_mode") == (None if name in ("gateway", "prepare") else "service:gateway")
        assert set(one["environment"]) <= _settings()
        assert one["read_only"] is True


def test_the_gateway_in_a_container_believes_the_proxy_that_reaches_it_by_docker_s_bridge() -> None:
    named = _compose()["services"]["gateway"]["environment"]["GUICHET_PROXIES"]
    trusted = _TrustedHosts(Settings.model_validate({**_SECRETS, "_env_file": None, "proxies": named}).proxies)
    assert all(bridge in trusted for bridge in ("172.17.0.1", "172.18.0.1", "192.168.16.1"))
    assert "203.0.113.9" not in trusted


@pytest.mark.parametrize("secret", [".env", "deploy/guichet.env", "deploy/.env", "key.age", "deploy/backup.guichet.age"])
def test_files_with_secrets_are_in_no_image_and_no_commit(secret: str) -> None:
    """The README has them written into ``deploy/``, which the image is built of."""
    left_out = (_DEPLOY / "Dockerfile.dockerignore").read_text().split()
    # Docker's patterns name a path from the root on; those that begin with **/ a name in any folder.
    named = [(Path(secret).name, one[3:]) if one.startswith("**/") else (secret, one) for one in left_out]
    assert any(fnmatchcase(*one) for one in named)
    if (ROOT / ".git").exists():
        assert subprocess.run(["git", "check-ignore", "-q", secret], cwd=ROOT, check=False).returncode == 0


def test_settings_named_exist() -> None:
    example = (_DEPLOY / "guichet.env.example").read_text()
    named = [line.split("=")[0] for line in example.splitlines() if line and not line.startswith("#")]
    assert set(named) <= _settings()


def test_the_target_starts_processes_that_there_are() -> None:
    wanted = re.findall(r"guichet@([\w-]+)\.service", (_DEPLOY / "systemd" / "guichet.target").read_text())
    assert set(wanted) == _processes() - {"indexer"}


@pytest.fixture
def units(tmp_path: Path) -> list[str]:
    """The units of an installation; here, the checkout stands in for /opt/guichet."""
    for unit in (_DEPLOY / "systemd").iterdir():
        (tmp_path / unit.name).write_text(unit.read_text().replace("/opt/guichet", str(ROOT)))
    (tmp_path / "guichet@.service").rename(tmp_path / "guichet@worker.service")
    return [str(tmp_path / name) for name in ("guichet@worker.service", "guichet-prepare.service")]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_reads_the_units(units: list[str]) -> None:
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units],
        capture_output=True,
        text=True,
        env={"SYSTEMD_UNIT_PATH": f"{Path(units[0]).parent}:", "PATH": "/usr/bin:/bin"},
        check=False,
    )
    ours = [line for line in told.stderr.splitlines() if "guichet" in line]
    assert ours == [], told.stderr
    assert told.returncode == 0, told.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
@pytest.mark.parametrize("number", [0, 1])
def test_systemd_counts_each_unit_as_confined(units: list[str], number: int) -> None:
    """At most 2.5, of 10 for a unit without any of it."""
    told = subprocess.run(
        ["systemd-analyze", "security", "--no-pager", "--offline=true", "--threshold=25", units[number]],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Overall exposure level" in told.stdout, told.stderr
    assert told.returncode == 0, told.stdout.splitlines()[-1]


def test_the_image_has_no_secrets_no_state_and_no_tools() -> None:
    ignored = (_DEPLOY / "Dockerfile.dockerignore").read_text().split()
    assert {".env", "var", ".git", "tests", "tools"} <= set(ignored)


def test_the_image_takes_the_groups_of_a_server_alone() -> None:
    """A library that moves to another group would come into the image, or leave it, unseen."""
    dockerfile = (_DEPLOY / "Dockerfile").read_text()
    assert "--no-default-groups --group service --group node" in dockerfile
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    assert not any(re.match("torch|transformers|sentence-transformers|spacy|matplotlib", one) for one in groups["service"])


def test_the_example_names_every_secret_that_a_read_only_image_cannot_make() -> None:
    named = {line.split("=")[0] for line in (_DEPLOY / "guichet.env.example").read_text().splitlines()}
    assert set(generated_names()) - named == {"GUICHET_BACKUP_KEY"}  # GUICHET_BACKUP_RECIPIENTS stands for it
    assert "GUICHET_BACKUP_RECIPIENTS" in named
