"""One set of the service: gateway, worker, Rasa, action server and publisher in a namespace, with their own state folder."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

from cli import stack
from cli.installation_processes import installation_processes
from cli.language import Refusal
from core.settings import ROOT, Settings
from retrieval.snapshots.folder import Snapshots
from retrieval.snapshots.update import snapshots_folder
from tools.bench.sets.network import Network, space, within
from tools.bench.sets.stores import Stores

_SHARED = ("packages", "models", "cache")  # of the installation: use never changes them


@dataclass(frozen=True)
class ServiceSet:
    """The set called ``name``. ``settings`` are those of its processes."""

    name: str
    settings: Settings

    @property
    def snapshot(self) -> str:
        """Returns the version of the snapshot from which its action server answers."""
        return Snapshots(snapshots_folder(self.settings.home)).active()

    def start(self) -> None:
        """Installs and starts it with the demonstration's entries. Raises ``Refusal`` with the last lines of ``up``."""
        self.command("up", "--demonstration", "--detach")

    def command(self, *arguments: str) -> None:
        """Runs a command of ``./guichet`` there. Raises ``Refusal`` with its last lines if it fails."""
        log = self.settings.home / "command.log"
        with log.open("wb") as out:  # no pipe: the processes would hold it open
            code = subprocess.run(  # noqa: S603
                within(space(self.name), sys.executable, "-m", "cli", *arguments),
                cwd=ROOT,
                env={**os.environ, **self.settings.as_environment()},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                check=False,
            ).returncode
        if code:
            last = log.read_text(errors="replace")[-600:]
            raise Refusal(f"{self.name} : {' '.join(arguments)} : {last}", f"{self.name}: {' '.join(arguments)}: {last}")

    def stop(self) -> None:
        stack.stop(self.settings)

    def kill(self) -> None:
        """Kills all its processes at once, as the end of a machine does."""
        for one in installation_processes(self.settings.home):
            with contextlib.suppress(psutil.NoSuchProcess):
                one.process.kill()


def service_set(settings: Settings, name: str, folder: Path, network: Network, stores: Stores) -> ServiceSet:
    """Returns the set ``name`` with its state in ``folder``; models and packages are those of ``settings``."""
    home = folder / name
    home.mkdir()
    for shared in _SHARED:
        (settings.home / shared).mkdir(exist_ok=True)
        (home / shared).symlink_to(settings.home / shared, target_is_directory=True)
    host = network.stores_from(name)
    changed = {
        "home": home,
        "ledger": str(folder / "ledger" / "ledger.jsonl"),
        "database_url": stores.database_url(host),
        "redis_url": stores.redis_url(host),
        "snapshots_url": f"file://{folder / 'shared'}",
        "host": "0.0.0.0",  # noqa: S104 - of the namespace
        "hosts": "*",
        "public_url": f"http://127.0.0.1:{settings.port}",  # the same for all sets, because the simulator signs with it
        "workers": 1,
        "sms_provider": "simulator",
        "production": False,
    }
    return ServiceSet(name, Settings.model_validate(settings.model_dump() | changed))
