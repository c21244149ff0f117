"""``./guichet doctor``: finds problems, and says how to fix them."""

import asyncio
import json
from collections.abc import Iterator
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from cli.doctor import configuration, database, index, machine, service, sharing
from cli.doctor.event_bus import event_bus
from cli.doctor.findings import Finding, problem
from cli.doctor.senders import senders
from cli.invalid_settings import faults_of
from cli.language import pick, sentence
from cli.options import Json
from core.settings import Settings

_MARKS = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "problem": "[red]✗[/]"}


def doctor(
    as_json: Json = False,
    everything: Annotated[bool, typer.Option("--all", help="Show also what is well.")] = False,
) -> None:
    """Look for what is wrong, and say how to mend it. Exit code 1 where there is a problem; warnings alone are 0."""
    found = sorted(examine(), key=lambda finding: ("problem", "warning", "ok").index(finding.level))
    problems = sum(finding.level == "problem" for finding in found)
    if as_json:
        print(json.dumps({"healthy": not problems, "findings": [one.for_programs() for one in found]}, ensure_ascii=False))
    else:
        _print([one for one in found if everything or one.level != "ok"], len(found), problems)
    raise typer.Exit(1 if problems else 0)


def examine() -> Iterator[Finding]:
    """Yields all findings. If the settings cannot be read, this is the only one, because everything else depends on them."""
    try:
        settings = Settings()
    except ValidationError as error:
        yield problem("settings", "settings_unreadable", faults=faults_of(error))
        return
    running = service.running(settings)
    yield from service.check_processes(settings)
    yield from machine.disk(settings)
    yield from machine.memory(settings, running=running)
    yield from machine.ports(settings, running=running)
    yield from event_bus(settings, running=running)
    yield from asyncio.run(_all(settings))
    yield from index.snapshot(settings)
    yield from index.models(settings)
    yield from sharing.shared_folder(settings)
    yield from configuration.unknown()
    yield from configuration.former()
    yield from configuration.secrets(settings)
    yield from configuration.sms(settings)
    yield from senders(settings)
    yield from configuration.hours(settings)
    yield from configuration.relay(settings)
    yield from configuration.answers_by_mail(settings)
    yield from configuration.production(settings)
    yield from machine.public_address(settings)


async def _all(settings: Settings) -> list[Finding]:
    return [finding async for finding in database.check_record(settings)]


def _print(findings: list[Finding], count: int, problems: int) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for finding in findings:
        console.print(f"{_MARKS[finding.level]} {escape(pick(*finding.message))}")
        if pick(*finding.advice):
            console.print(f"    → {escape(pick(*finding.advice))}")
    warnings = sum(finding.level == "warning" for finding in findings)
    name = "points_to_mend" if problems or warnings else "all_is_well"
    console.print(pick(*sentence(name, count=count, problems=problems, warnings=warnings)))
