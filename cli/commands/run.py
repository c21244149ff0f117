"""``./guichet prepare`` and ``run``: for systemd and containers, which supervise the processes themselves."""

import os
from typing import Annotated

import typer

from cli import secret_file
from cli.install import install
from cli.language import say
from cli.preflight import check_disk, check_production, make_private
from cli.processes import processes, unknown_process, write_redis_config
from core.settings import ROOT, Settings


def prepare(
    demonstration: Annotated[
        bool, typer.Option("--demonstration", help="Answer from the small set written by this project; no download.")
    ] = False,
) -> None:
    """Install and prepare all that ``up`` would, and start nothing."""
    if secret_file.ensure(ROOT / ".env"):
        say("  Secrets tirés au hasard dans .env (lisible par vous seul).", "  Random secrets written to .env (yours only).")
    settings = Settings()
    if settings.production:
        check_production(settings)
    check_disk(settings.home)
    install(settings, demonstration=demonstration)


def run(
    process: Annotated[str, typer.Argument(help="actions, rasa, gateway, worker (worker-2 …), publisher, redis or indexer.")],
) -> None:
    """Become one process of the service, with the settings and environment that ``up`` would give it."""
    settings = Settings()
    known = {one.name: one for one in processes(settings)}
    if process not in known:
        raise unknown_process(process, known)
    if process == "redis":
        write_redis_config(settings)
    make_private(settings.home)
    chosen = known[process]
    os.chdir(ROOT)
    os.execve(chosen.argv[0], chosen.argv, {**os.environ, **chosen.environment})  # noqa: S606 - the process is replaced
