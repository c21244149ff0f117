"""Common to all benchmarks: the description of the machine, and the place of the report."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from channels.sms.simulator.account import is_offered
from cli.language import Refusal, pick, say
from cli.supervisor import Supervisor
from core.settings import Settings
from tools.bench import processor
from tools.bench.report import write

_WIDTH = 130  # characters


def machine() -> dict[str, Any]:
    """Returns the conditions that times depend on besides the code: processor, cores, the hour, and the other load."""
    load = os.getloadavg()[0]
    return {
        "machine": ", ".join(filter(None, (platform.machine(), platform.system(), processor.model()))),
        "cores": os.cpu_count() or 1,
        "at": f"{datetime.now(UTC):%FT%TZ}",
        "load": round(load, 1),
    }


def show(what: str, settings: Settings, report: dict[str, Any], as_json: bool, shown: Table | None = None) -> None:
    """Stores ``report`` in the state folder and prints it. ``shown`` is the table to print instead of one of all figures."""
    title = f"./guichet bench {what}"
    page = write(settings.home / "bench", f"{datetime.now(UTC):%Y%m%d-%H%M%S}", title, report)
    if as_json:
        print(json.dumps(report))
        return
    if shown is None:
        shown = Table(title=title, title_justify="left")
        shown.add_column(pick("mesure", "measure"))
        shown.add_column(pick("valeur", "value"), justify="right")
        for name, value in report.items():
            shown.add_row(name, json.dumps(value) if isinstance(value, dict) else str(value))
    console = Console()
    if not console.is_terminal:  # a file, a pipe: nothing has to be cut
        console.width = _WIDTH
    console.print(shown)
    say(f"Le rapport, aussi en Markdown et en JSON : {page}", f"The report, also as Markdown and JSON: {page}")


def running() -> Settings:
    """Returns the settings of the running service. Raises ``Refusal`` if it is not running."""
    settings = Settings()
    if not Supervisor(settings.home).running():
        raise Refusal("Le service ne fonctionne pas : lancez ./guichet up.", "The service is not running: run ./guichet up.")
    return settings


def running_with_simulator(what: str) -> Settings:
    """Returns the settings of the running service with simulated SMS. Raises ``Refusal`` otherwise."""
    settings = running()
    if not is_offered(settings):
        raise Refusal(
            f"bench {what} passe par le simulateur : réglez GUICHET_SMS_PROVIDER=simulator.",
            f"bench {what} goes through the simulator: set GUICHET_SMS_PROVIDER=simulator.",
        )
    return settings
