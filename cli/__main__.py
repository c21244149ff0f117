"""``./guichet``: every command, and how its failures read."""

from __future__ import annotations

import errno
import sys

import typer
from pydantic import ValidationError

from cli.commands.ask import ask
from cli.commands.bench import bench
from cli.commands.database import app as database
from cli.commands.evaluate import app as evaluate
from cli.commands.handoffs import app as handoffs
from cli.commands.index import app as index
from cli.commands.knowledge import app as knowledge
from cli.commands.privacy import erase, retention
from cli.commands.screenshots import screenshots
from cli.commands.search import search
from cli.commands.settings import settings
from cli.commands.sms import app as sms
from cli.commands.status import logs, status
from cli.commands.test import check, test
from cli.commands.train import app as train
from cli.commands.up import down, up
from cli.language import Refusal, say

app = typer.Typer(
    name="guichet",
    help="Guichet : un service de réponse aux citoyens. A citizen-enquiry service.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (up, down, status, logs, ask, search, bench, erase, retention, screenshots, check, settings):
    app.command()(command)
# What follows `test` goes to pytest as it is.
app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(test)
app.add_typer(knowledge, name="kb", help="The knowledge base: import.")
app.add_typer(index, name="index", help="Snapshots of the index: build, status, roll back.")
app.add_typer(evaluate, name="eval", help="Measure answers on questions with known answers.")
app.add_typer(sms, name="sms", help="SMS: what answers cost, what was spent, what did not arrive.")
app.add_typer(handoffs, name="handoffs", help="Citizens who wait for a human: list, claim, reply, close.")
app.add_typer(train, name="train", help="Learn from the knowledge base itself.")
app.add_typer(database, name="database", help="The record's schema.")


def main() -> None:
    """Run a command; whatever goes wrong for a reason a person can mend is one sentence, and exit code 1."""
    try:
        app()
    except Refusal as refusal:
        sys.exit(_fail(str(refusal)))
    except ValidationError as error:
        names = ", ".join(f"GUICHET_{str(detail['loc'][0]).upper()} ({detail['msg']})" for detail in error.errors())
        say(
            f"Réglages à corriger dans .env : {names}. ./guichet up écrit les secrets qui manquent ; .env.example décrit tout.",
            f"Settings to mend in .env: {names}. ./guichet up writes missing secrets; .env.example describes everything.",
        )
        sys.exit(1)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        say(
            "Le disque est plein. Libérez de la place, puis relancez : rien n'est à moitié fait.",
            "The disk is full. Make room, then run this again: nothing is half done.",
        )
        sys.exit(1)
    except KeyboardInterrupt:
        say("Interrompu. Relancez la commande : elle reprendra là.", "Interrupted. Run it again: it goes on from there.")
        sys.exit(130)


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    main()
