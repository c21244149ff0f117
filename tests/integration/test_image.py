"""The image is built, run as ``deploy/compose.yaml`` says, and upgraded from the commit before, and back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.settings import ROOT

_TOOLS = ("buildah", "podman", "podman-compose", "runc", "debootstrap")
_MISSING = [name for name in _TOOLS if not shutil.which(name)]
_STAND_INS = ("python:3.13-slim-trixie", "postgres:18", "valkey/valkey:8")
_LIMITS = ("nofile=20000:20000", "nproc=90000:90000")  # what a container may be given here without asking for more

pytestmark = [
    pytest.mark.long,
    pytest.mark.xfail(run=False, reason="podman-compose 1.3 starts nothing beside the gateway: deploy/README.md"),
    pytest.mark.skipif(bool(_MISSING), reason=f"not installed: {', '.join(_MISSING)}"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root: a chroot and containers"),
]


def test_the_image_serves_and_is_replaced_and_taken_back(tmp_path: Path) -> None:
    config = tmp_path / "containers.conf"
    limits = ", ".join(f'"{limit}"' for limit in _LIMITS)
    config.write_text(f'[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\n[containers]\ndefault_ulimits = [{limits}]\n')
    options = ["--isolation chroot", *(f"--ulimit {limit}" for limit in _LIMITS)]
    environment = {
        **os.environ,
        "CONTAINERS_CONF_OVERRIDE": str(config),
        "BUILD_OPTIONS": " ".join(options),
        "PYTHON": sys.executable,
    }
    if any(subprocess.run(["podman", "image", "exists", name], check=False).returncode for name in _STAND_INS):
        subprocess.run([ROOT / "tests" / "standins" / "build.sh", tmp_path / "stand-ins"], cwd=ROOT, check=True)
    command = [str(ROOT / "deploy" / "image-check.sh"), "--before", "HEAD~1"]
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    print(told.stdout)  # sizes and seconds, for whoever reads the log
    assert told.returncode == 0, told.stdout[-4000:] + told.stderr[-4000:]
    assert told.stdout.splitlines()[-1].endswith("and back")
