"""``./guichet status`` and ``logs``: the running processes, since when they run, and their logs."""

import json
import subprocess
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.table import Table

from cli.language import Refusal, pick, say, sentence
from cli.manager_state import manager_state, manager_trouble
from cli.options import Json
from cli.plain_logs import followed, last_lines, plain_line
from cli.processes import processes, unknown_process
from cli.stack import is_ready
from cli.supervisor import Supervisor
from cli.tables import add_columns
from core.action_server import blocking_action_server
from core.full_disk import has_room
from core.settings import Settings

_STATES = {
    "running": "en marche",
    "starting": "démarre",
    "backoff": "redémarre",
    "stopping": "s'arrête",
    "stopped": "arrêté",
    "exited": "terminé",
    "fatal": "en panne",
    "unsupervised": "sans gestionnaire",
}


def status(as_json: Json = False) -> None:
    """Show url, readiness, snapshot and processes. Exit code 1 when the service is not ready."""
    settings = Settings()
    manager = manager_state(settings.home)
    states = {state.name: state for state in Supervisor(settings.home).states()} if manager.kind == "running" else {}
    left = {one.name: {"name": one.name, "state": "unsupervised", "pid": one.pid} for one in manager.processes}
    rows = []
    with httpx.Client(timeout=3, trust_env=False) as client:
        for process in processes(settings):
            state = states.get(process.name)
            rows.append(
                {
                    **(asdict(state) if state else left.get(process.name, {"name": process.name, "state": "stopped"})),
                    "ready": is_ready(process, state, settings, client),
                }
            )
    snapshot, refused = _snapshot(settings)
    needed = {process.name for process in processes(settings) if not process.on_demand}
    room = not settings.home.exists() or has_room(settings.home)
    ready = room and all(row["ready"] for row in rows if row["name"] in needed)
    if as_json:
        found = {
            "url": settings.base_url,
            "ready": ready,
            "manager": manager.kind,
            "snapshot": snapshot,
            "refused": refused,
            "processes": rows,
        }
        print(json.dumps(found))
    else:
        _print(settings.base_url, ready, snapshot, rows)
    if trouble := manager_trouble(manager):
        say(*trouble.sentence)
    if refused and snapshot:
        say(*sentence("index_damaged", snapshot=snapshot, refused=refused))
    elif refused:
        say(*sentence("index_unusable", refused=refused))
    if not room:
        say(*sentence("state_disk_full", home=settings.home))
    raise typer.Exit(0 if ready else 1)


def logs(
    process: Annotated[
        str, typer.Argument(help="redis, actions, rasa, gateway, worker (worker-2 …), publisher or indexer; empty: all.")
    ] = "",
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Wait for more.")] = False,
    about: Annotated[str, typer.Option(help="Id of a conversation or message: all that was logged of it, in order.")] = "",
    plain: Annotated[
        bool, typer.Option("--plain", help="A sentence an event, in your language, with local time and who wrote it.")
    ] = False,
) -> None:
    """Print what a process wrote last, or what all of them wrote about one conversation.

    Each line is an event as JSON, without a citizen's words; --plain makes a sentence of it. All files: var/log.
    """
    settings = Settings()
    supervisor = Supervisor(settings.home)
    names = [program.name for program in processes(settings)]
    if process and process not in names:
        raise unknown_process(process, names)
    files = [supervisor.log_file(name) for name in names if process in ("", name)]
    files = [file for file in files if file.exists()]
    if not files:
        raise Refusal("Rien n'a encore été écrit : lancez ./guichet up.", "Nothing was written yet: run ./guichet up.")
    zone = settings.opening.zone
    if about:
        for line in _lines_about(about, files):
            print(plain_line(line, zone) if plain else line)
        return
    if plain:
        with suppress(KeyboardInterrupt):
            for line in followed(files, zone) if follow else last_lines(files, zone):
                print(line, flush=follow)
        return
    subprocess.run(["tail", "-n", "100", *(["-F"] if follow else []), *map(str, files)], check=False)  # noqa: S603, S607


def _lines_about(wanted: str, files: list[Path]) -> list[str]:
    """Returns the lines about the conversation or message ``wanted``, from ``files`` and their rotated parts, by time."""
    found = []
    for file in (path for log in files for path in sorted(log.parent.glob(f"{log.name}*"))):
        with file.open(encoding="utf-8", errors="replace") as stream:
            for line in stream:
                try:
                    event = json.loads(line) if wanted in line else None
                except ValueError:
                    continue
                if isinstance(event, dict) and wanted in (event.get("conversation"), event.get("message")):
                    found.append((str(event.get("timestamp")), line.rstrip()))
    if not found:
        raise Refusal(*sentence("nothing_logged", wanted=wanted))
    return [line for _, line in sorted(found)]


def _snapshot(settings: Settings) -> tuple[str | None, str]:
    """Returns the snapshot in use and why it is not the active one, or ``None`` and why there is none."""
    try:
        with blocking_action_server(settings, seconds=3) as client:
            answer = client.get("/health")
        health = answer.json()
    except (httpx.TransportError, ValueError):
        return None, ""
    if answer.is_success:
        return health["snapshot"], health.get("refused", "")
    return None, str(health.get("detail", "")) if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE else ""


def _print(url: str, ready: bool, snapshot: str | None, rows: list[dict[str, object]]) -> None:
    console = Console()
    word = pick("prêt", "ready") if ready else pick("pas prêt", "not ready")
    console.print(f"Guichet : {word} — {url} — {pick('index', 'snapshot')} {snapshot or '—'}")
    table = Table(box=None)
    add_columns(table, "processus|état|prêt|pid|depuis|redémarrages|", "process|state|ready|pid|for|restarts|")
    for row in rows:
        table.add_row(
            str(row["name"]),
            pick(_STATES.get(str(row["state"]), str(row["state"])), str(row["state"])),
            pick("oui", "yes") if row["ready"] else pick("non", "no"),
            str(row.get("pid") or "—"),
            f"{row.get('uptime_seconds', 0)} s",
            str(row.get("restarts", 0)),
            str(row.get("detail", "")),
        )
    console.print(table)
