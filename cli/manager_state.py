"""The state of an installation's process manager, and the message if it does not run properly."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from cli.installation_processes import InstallationProcess, installation_processes
from cli.language import sentence
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

    problem: tuple[str, str]
    advice: tuple[str, str]

    @property
    def sentence(self) -> tuple[str, str]:
        return f"{self.problem[0]} {self.advice[0]}", f"{self.problem[1]} {self.advice[1]}"


def stopped() -> ManagerTrouble:
    """Returns the problem of a service that was stopped properly."""
    return ManagerTrouble(sentence("service_stopped"), sentence("run_up"))


def manager_trouble(state: ManagerState) -> ManagerTrouble | None:
    """Returns the problem of the manager; ``None`` if it runs, or was stopped properly."""
    names, count = ", ".join(f"{one.name} {one.pid}" for one in state.processes), len(state.processes)
    match state.kind:
        case "silent":
            return ManagerTrouble(sentence("manager_silent", pid=state.pid), sentence("try_again_or_restart"))
        case "killed" if count:
            return ManagerTrouble(sentence("manager_killed", count=count, names=names), sentence("up_or_down_ends_them"))
        case "killed":
            return ManagerTrouble(sentence("manager_killed_alone"), sentence("run_up"))
        case "rebooted":
            return ManagerTrouble(sentence("machine_restarted"), sentence("run_up"))
    return None
