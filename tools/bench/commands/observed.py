"""``./guichet bench profile|start|widget``: observations of the running service from outside."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from tools.bench.commands.options import Json, Quick
from tools.bench.commands.reports import machine, running, show
from tools.bench.profile import profiled
from tools.bench.starting import started
from tools.bench.widget import on_a_telephone


def profile(quick: Quick = False, as_json: Json = False) -> None:
    """Flame graphs of every process under load, and how full the cores are."""
    settings = running()
    about = machine()
    folder = settings.home / "bench" / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-profile"
    folder.mkdir(parents=True)
    show("profile", settings, about | asyncio.run(profiled(settings, folder, 5 if quick else 20)), as_json)


def start(quick: Quick = False, as_json: Json = False) -> None:
    """The first turns after a start."""
    settings = running()
    show("start", settings, machine() | started(settings, 20 if quick else 60), as_json)


def widget(quick: Quick = False, as_json: Json = False) -> None:
    """The widget on a slow telephone."""
    settings = running()
    show("widget", settings, machine() | on_a_telephone(settings, 3 if quick else 9), as_json)
