"""The state of an installation's process manager, and the message if it does not run properly."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from cli.installation_processes import InstallationProcess, installation_processes
from cli.manager_record import read_record
from cli.supervisor import Supervisor


@dataclass(frozen=True)
class ManagerState:
    """The state: ``running``; ``silent`` (it exists but does not answer); ``killed`` (it did not end properly); ``rebooted``
    (nor did it, and the machine was restarted since); ``stopped``. ``processes`` are the installation's processes if it is not
    ``running``.
    """

    kind: Literal["running", "silent", "killed", "rebooted", "stopped"]
    processes: tuple[InstallationProcess, ...] = ()
    pid: int = 0


def manager_state(home: Path) -> ManagerState:
    """Returns the present state of the manager of the installation ``home``."""
    if Supervisor(home).running():
        return ManagerState("running")
    record, processes = read_record(home) if home.exists() else None, tuple(installation_processes(home))
    if record is None:
        return ManagerState("killed" if processes else "stopped", processes)
    if record.alive:
        return ManagerState("silent", processes, record.pid)
    return ManagerState("killed" if record.of_this_boot or processes else "rebooted", processes, record.pid)


class ManagerTrouble(NamedTuple):
    """A problem and the advice for it, each in French and English."""

    fr: str
    en: str
    advice_fr: str
    advice_en: str

    @property
    def sentence(self) -> tuple[str, str]:
        return f"{self.fr} {self.advice_fr}", f"{self.en} {self.advice_en}"


_UP = ("Lancez ./guichet up.", "Run ./guichet up.")
STOPPED = ManagerTrouble("Le service ne tourne pas.", "The service is not running.", *_UP)


def manager_trouble(state: ManagerState) -> ManagerTrouble | None:
    """Returns the problem of the manager; ``None`` if it runs, or was stopped properly."""
    names, count = ", ".join(f"{one.name} {one.pid}" for one in state.processes), len(state.processes)
    match state.kind:
        case "silent":
            return ManagerTrouble(
                f"Le gestionnaire des processus ({state.pid}) ne répond pas.",
                f"The process manager ({state.pid}) does not answer.",
                "Réessayez ; sinon ./guichet down, puis ./guichet up.",
                "Try again; else run ./guichet down, then ./guichet up.",
            )
        case "killed" if count:
            return ManagerTrouble(
                f"Le gestionnaire des processus a été tué ; processus qui restent : {count} ({names}).",
                f"The process manager was killed; processes that still run: {count} ({names}).",
                "./guichet up les arrête et redémarre le service ; ./guichet down les arrête.",
                "./guichet up ends them and starts the service again; ./guichet down ends them.",
            )
        case "killed":
            return ManagerTrouble(
                "Le gestionnaire des processus a été tué, et ses processus se sont arrêtés.",
                "The process manager was killed, and its processes have ended.",
                *_UP,
            )
        case "rebooted":
            return ManagerTrouble(
                "La machine a redémarré pendant que le service tournait.",
                "The machine was restarted while the service was running.",
                *_UP,
            )
    return None
