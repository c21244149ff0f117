"""The image is built, run as ``deploy/compose.yaml`` says, and upgraded from the commit before, and back."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

from core.settings import ROOT
from tests.integration.rasa_support import trained_home

_TOOLS = ("buildah", "podman", "docker-compose", "runc", "debootstrap")
_MISSING = [name for name in _TOOLS if not shutil.which(name)]
_STAND_INS = ("python:3.13-slim-trixie", "postgres:18", "valkey/valkey:8")
_LIMITS = ("nofile=20000:20000", "nproc=90000:90000")  # what a container may be given here without asking for more

pytestmark = [
    pytest.mark.long,
    pytest.mark.xdist_group("image"),
    pytest.mark.skipif(bool(_MISSING), reason=f"not installed: {', '.join(_MISSING)}"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root: a chroot and containers"),
]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Returns the environment of the check, for an engine inside a container, with the stand-ins made."""
    folder = tmp_path_factory.mktemp("image")
    config = folder / "containers.conf"
    limits = ", ".join(f'"{limit}"' for limit in _LIMITS)
    config.write_text(f'[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\n[containers]\ndefault_ulimits = [{limits}]\n')
    options = ["--isolation chroot", *(f"--ulimit {limit}" for limit in _LIMITS)]
    variables = {
        **os.environ,
        "CONTAINERS_CONF_OVERRIDE": str(config),
        "BUILD_OPTIONS": " ".join(options),
        "PYTHON": sys.executable,
    }
    if any(subprocess.run(["podman", "image", "exists", name], check=False).returncode for name in _STAND_INS):
        subprocess.run([str(ROOT / "tests" / "standins" / "build.sh"), str(folder / "stand-ins")], cwd=ROOT, check=True)
    return variables


def _told(environment: dict[str, str], *options: str) -> list[str]:
    """Returns the lines of a check that passed."""
    command = [str(ROOT / "deploy" / "image-check.sh"), *options]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    print(done.stdout)  # sizes and seconds, for whoever reads the log
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout.splitlines()


def test_the_image_is_built_and_serves(environment: dict[str, str]) -> None:
    told = _told({**environment, "MODELS": str(trained_home() / "models")})
    size = re.search(r"built: \S+, (\d+) MB", "\n".join(told))
    assert size
    assert int(size[1]) < 3000
    assert told[-1].endswith("OK: localhost/guichet:check")
    assert sum(line.endswith("the conversation from before goes on") for line in told) == 1


def test_an_image_trains_its_model_and_takes_over_from_the_commit_before_and_back(environment: dict[str, str]) -> None:
    told = _told(environment, "--before", "HEAD~1")
    assert told[-1].endswith(" and back")
    assert sum(line.endswith("the conversation from before goes on") for line in told) == 3
