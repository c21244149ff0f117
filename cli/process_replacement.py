"""Replaces the processes of a running installation by new ones, with the present code and settings.

Programs with a holder (cli/holder.py) are replaced without a gap. The others are stopped and started: without Redis the service
is only slower; the publisher and the indexer continue where they stopped.
"""

import fcntl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import httpx

from cli.holder_files import READY_WITHIN_SECONDS
from cli.language import Refusal, sentence
from cli.model_signing import is_ours
from cli.preflight import check_production
from cli.processes import Process, processes, unknown_process, write_redis_config
from cli.rasa_commands import model_path
from cli.stack import is_ready
from cli.supervisor import State, Supervisor
from core.settings import Settings

_POLL_SECONDS = 0.1
_END_SECONDS = 90.0  # a holder kills the old program before this
_ALIVE_STATES = ("starting", "running")
# Settings by which processes find each other and the database: with mixed values the service would be split in two.
_TOGETHER = ("host", "port", "inner_host", "rasa_host", "rasa_port", "actions_host", "actions_port", "redis_port")
_RECORDS = ("database_url", "redis_url")


def restart(
    settings: Settings, names: Sequence[str] = (), on_replaced: Callable[[str, float], None] = lambda name, seconds: None
) -> None:
    """Replaces the processes called ``names``, or all, one after the other.

    ``on_replaced`` is called with each name and the seconds it took.

    Raises ``Refusal`` if this is impossible, before any change, or if a new process does not become ready: the old one then
    stays, and those after it are not touched.
    """
    supervisor = Supervisor(settings.home)
    if not supervisor.running():
        raise Refusal("Guichet ne fonctionne pas : lancez ./guichet up.", "Guichet is not running: start it with ./guichet up.")
    with _restart_lock(settings):
        settings = _as_started(settings, supervisor)
        programs = {program.name: program for program in processes(settings)}
        chosen = [programs[name] for name in programs if name in names or not names]
        _check(settings, supervisor, programs, names)
        if "redis" in programs:
            write_redis_config(settings)
        added, removed = supervisor.read_again(list(programs.values()))
        for program in chosen:
            began = time.monotonic()
            replace(settings, supervisor, program, new=program.name in added)
            if not program.on_demand:
                on_replaced(program.name, time.monotonic() - began)
        if not names:
            for name in removed:
                supervisor.remove(name)


def replace(settings: Settings, supervisor: Supervisor, program: Process, *, new: bool = False) -> None:
    """Replaces one process, and waits until the new one is ready and the old one has ended. Raises ``Refusal``."""
    state = supervisor.state(program.name)
    if program.on_demand:
        if state is None or state.state not in _ALIVE_STATES:  # a running program completes its work, which may take minutes
            supervisor.renew(program.name)
            supervisor.start_process(program.name)
    elif program.has_holder and state is not None and state.pid and state.state in _ALIVE_STATES and not new:
        _replace_held(supervisor, program, state)
    else:
        if program.has_holder:
            supervisor.remove(program.name)
            supervisor.holder_files.begin(program)
        supervisor.renew(program.name)
        _wait_until_ready(settings, supervisor, program)


def _replace_held(supervisor: Supervisor, program: Process, before: State) -> None:
    holder = supervisor.holder_files.state(program.name)
    if holder is None:
        raise _failed(supervisor, program, "")
    supervisor.holder_files.follow(program)
    supervisor.signal(program.name, "HUP")
    deadline = time.monotonic() + READY_WITHIN_SECONDS + _END_SECONDS
    while time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
        present = supervisor.holder_files.state(program.name)
        if present is None or present.holder != holder.holder:
            break  # the old one died meanwhile, and both are being started again
        if present.failed > holder.failed:
            raise _failed(supervisor, program, present.reason)
        if present.replaced > holder.replaced:
            return
    raise _failed(supervisor, program, "")


def _wait_until_ready(settings: Settings, supervisor: Supervisor, program: Process) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    with httpx.Client(timeout=3, trust_env=False) as client:
        while time.monotonic() < deadline:
            if is_ready(program, supervisor.state(program.name), settings, client):
                return
            time.sleep(_POLL_SECONDS)
    raise _failed(supervisor, program, "")


def _failed(supervisor: Supervisor, program: Process, reason: str) -> Refusal:
    log, name = supervisor.log_file(program.name), program.name
    if reason and reason != "late":
        return Refusal(*sentence("replacement_ended", name=name, reason=reason, log=log))
    if reason:
        return Refusal(*sentence("replacement_late", name=name, seconds=READY_WITHIN_SECONDS, log=log))
    return Refusal(*sentence("not_replaced", name=name, log=log))


@contextmanager
def _restart_lock(settings: Settings) -> Iterator[None]:
    """Ensures that one command replaces processes at a time: two would mistake each other's new processes for their own."""
    with (settings.home / "run" / "restart.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal(*sentence("restart_under_way")) from None
        yield


def _as_started(settings: Settings, supervisor: Supervisor) -> Settings:
    """Returns ``settings``, for production if the service was started with that option."""
    if supervisor.holder_files.environment("gateway").get("GUICHET_PRODUCTION") == "True":
        settings = settings.model_copy(update={"production": True})
        check_production(settings)
    return settings


def _check(settings: Settings, supervisor: Supervisor, programs: dict[str, Process], names: Sequence[str]) -> None:
    if unknown := [name for name in names if name not in programs]:
        raise unknown_process(unknown[0], programs)
    before = supervisor.holder_files.environment("gateway")
    if not before:
        raise Refusal(*sentence("cannot_replace"))
    now, secret = settings.as_environment(), "GUICHET_INTERNAL_SECRET"
    variables = {name: name.upper() if name in _RECORDS else f"GUICHET_{name.upper()}" for name in (*_TOGETHER, *_RECORDS)}
    changed = [variable for variable in variables.values() if before.get(variable) != now.get(variable)]
    if before.get(secret) not in settings.internal_secrets:
        changed.append(secret)
    if changed:
        raise Refusal(*sentence("setting_for_all_at_once", changed=", ".join(changed)))
    if before.get(secret) != now[secret] and names:
        raise Refusal(*sentence("secret_for_all_processes", secret=secret))
    model = model_path(settings)
    if "rasa" in (names or programs) and not is_ours(settings, model):
        raise Refusal(*sentence("dialogue_model_untrained"))
