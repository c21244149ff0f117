"""``./guichet up``: starts the whole service with one command."""

import signal
import sys
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli import secret_file
from cli.commands.staff import first_link
from cli.doctor.backups import away
from cli.install import answers_from_own_pages, install
from cli.language import Refusal, pick, say, sentence
from cli.manager_state import manager_state
from cli.preflight import check_browsers, check_disk, check_ports, check_production
from cli.processes import processes
from cli.setting_names import misspelt_settings
from cli.stack import Stack, recover, start
from cli.supervisor import Supervisor
from core.backup.creation import FolderMissing, backups_folder
from core.settings import ROOT, Settings


def up(
    detach: Annotated[bool, typer.Option("--detach", help="Return once the service is ready; stop it with 'down'.")] = False,
    production: Annotated[bool, typer.Option("--production", help="Refuse everything that is for demonstration.")] = False,
    demonstration: Annotated[
        bool, typer.Option("--demonstration", help="Answer from the small set written by this project; no download.")
    ] = False,
) -> None:
    """Install what is missing, start every process, and print where to click."""
    signal.signal(signal.SIGTERM, _interrupt)  # a service manager's stop works like Ctrl-C
    if secret_file.ensure(ROOT / ".env"):
        say("  Secrets tirés au hasard dans .env (lisible par vous seul).", "  Random secrets written to .env (yours only).")
    settings = Settings()
    for name, near in misspelt_settings(ROOT / ".env").items():
        fr, en = (f" (est-ce {near} ?)", f" (is it {near}?)") if near else ("", "")
        say(f"  ! Aucun réglage ne s'appelle {name}{fr}.", f"  ! No setting is called {name}{en}.")
    if settings.backup_folder:
        try:
            backups_folder(settings)
        except FolderMissing:  # citizens are answered nevertheless
            fr, en = away(settings)
            say(f"  ! {fr}", f"  ! {en}")
    if production or settings.production:
        settings = settings.model_copy(update={"production": True})
        check_production(settings)
    if Supervisor(settings.home).running():
        say(*sentence("already_running"))
        print_places(settings)
        return
    check_disk(settings.home)
    check_browsers(settings)
    _recover(settings)
    check_ports(processes(settings))
    install(settings, demonstration=demonstration)
    say("  Démarrage…", "  Starting…")
    stack = start(settings, ready=lambda name: say(f"  ✓ {name} est prêt", f"  ✓ {name} is ready"))
    print_places(settings)
    if not detach:
        _stay(stack)


def _recover(settings: Settings) -> None:
    """Ends the processes that a killed manager has left, because they occupy the ports."""
    if manager_state(settings.home).kind == "killed":
        say(*sentence("leftovers_being_ended"))
    recover(settings)


def print_places(settings: Settings) -> None:
    """Prints the table of addresses."""
    table = Table(title=pick("Où cliquer", "Where to click"), show_header=False, title_justify="left")
    places = [
        (pick("Page d'accueil", "Start page"), "/"),
        (pick("Site de mairie avec l'assistant", "Town-hall site with the assistant"), "/demo"),
        (pick("Assistant sans JavaScript", "Assistant without JavaScript"), "/assistant"),
        (pick("Ce que sait le service", "What the service knows"), "/about"),
        (pick("Espace des agents", "Staff desk"), "/desk"),
    ]
    if settings.sms_provider == "simulator" and not settings.production:
        places.insert(2, (pick("Téléphone (simulateur de SMS)", "Phone (SMS simulator)"), "/simulator"))
    for label, path in places:
        table.add_row(label, f"{settings.base_url}{path}")
    table.add_row(pick("Dans le terminal", "In the terminal"), "./guichet ask \"j'ai perdu ma carte d'identité, que faire ?\"")
    link = first_link(settings)
    by_account = pick("compte personnel (./guichet staff invite)", "a personal account (./guichet staff invite)")
    by_link = pick("lien du premier administrateur, ci-dessous", "the first administrator's link, below")
    table.add_row(pick("Connexion", "Sign-in"), by_link if link else by_account)
    Console(stderr=True).print(table)
    if link:
        say(*sentence("first_administrator"))
        say(f"  {link}", f"  {link}")
    if answers_from_own_pages(settings):
        say(*sentence("demonstration_entries"))
    elif not settings.knowledge_base_archive:
        say(*sentence("old_entries"))


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _stay(stack: Stack) -> None:
    say("Ctrl-C pour tout arrêter.", "Ctrl-C stops everything.")

    try:
        code = stack.daemon.wait()
    except KeyboardInterrupt:
        say("Arrêt…", "Stopping…")
        stack.stop()
        sys.exit(0)
    stack.stop()
    raise Refusal(*sentence("supervision_ended", code=code))
