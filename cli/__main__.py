"""``./guichet``: all commands, and how their failures are reported."""

import ast
import sys
from collections.abc import Collection
from importlib import import_module
from pathlib import Path

import typer.main
from pydantic import ValidationError
from typer._click.exceptions import UsageError

from cli.invalid_settings import faults_of
from cli.language import Refusal, say, sentence
from cli.missing_module import refusal_for_missing_module
from cli.usage import in_french, usage_error
from core.full_disk import is_full

_INTERRUPTED = 130  # the shells' convention

# Name → module of cli.commands that has the function. `test` is separate: its arguments go to pytest unchanged.
_COMMANDS = {
    "up": "up",
    "prepare": "run",
    "run": "run",
    "restart": "restart",
    "down": "down",
    "status": "status",
    "version": "version",
    "logs": "status",
    "doctor": "doctor",
    "slo": "slo",
    "drift": "drift",
    "ask": "ask",
    "verify": "verify",
    "search": "search",
    "publish": "publish",
    "demand": "demand",
    "backup": "backup",
    "restore": "backup",
    "erase": "privacy",
    "retention": "privacy",
    "screenshots": "screenshots",
    "transcripts": "transcripts",
    "check": "test",
    "settings": "settings",
    "test": "test",
}
# Name → module of cli.commands, or of the developers' tools, which an image does not have; summary.
_GROUPS = {
    "kb": ("knowledge", "The knowledge base: import, export."),
    "index": ("index", "Snapshots of the index: build, status, roll back."),
    "synonyms": ("synonyms", "The administration's synonyms: a file into the record, and out of it."),
    "places": ("places", "Where to go, and when it is open: communes, the directory of offices."),
    "golden": ("golden", "Golden questions, by which each publication is judged."),
    "bench": ("tools.bench.commands.app", "Measure speed, load, faults and capacity; without a name: all."),
    "benchmark": ("tools.benchmark.command", "Measure any system that answers questions, by default this service."),
    "eval": ("tools.evaluation.commands.app", "Measure answers on questions with known answers."),
    "staff": ("staff", "Accounts of the desks: invite, list, disable, reset."),
    "sms": ("sms", "SMS: what answers cost, what was spent, what did not arrive."),
    "handoffs": ("handoffs", "Citizens who wait for a human: list, claim, reply, close."),
    "insights": ("insights", "What the service comes to: count, forecast, export, open data."),
    "teams": ("teams", "Teams of supervisors, and what comes to them."),
    "control": ("control", "What is said to everybody, and which channels are off."),
    "train": ("train", "Learn from the knowledge base itself."),
    "database": ("database", "The record's schema."),
    "keys": ("keys", "Secrets that are being replaced: renew."),
    "privacy": ("masking", "What is masked of a text, and why."),
    "audit": ("audit", "Who did what: list, verify, signed head."),
    "supply": ("tools.supply.commands", "What the service is made of: SBOM, licences, vulnerabilities, origin of models."),
}
EVERY = _COMMANDS.keys() | _GROUPS.keys()


def application(wanted: str) -> typer.Typer:
    """Returns the application with only the command ``wanted``, which saves imports; for another name, the list of all."""
    return with_commands({wanted}) if wanted in EVERY else _listing()


def with_commands(names: Collection[str]) -> typer.Typer:
    """Returns an application with the commands ``names``, imported."""
    app = _empty()
    for name, module in _COMMANDS.items():
        if name in names:
            settings = {"allow_extra_args": True, "ignore_unknown_options": True} if name == "test" else None
            command = getattr(import_module(f"cli.commands.{module}"), name)
            app.command(context_settings=settings)(command)
    for name, (module, summary) in _GROUPS.items():
        if name in names:
            found = import_module(module if module.startswith("tools.") else f"cli.commands.{module}")
            app.add_typer(found.app, name=name, help=summary)
    return app


def _listing() -> typer.Typer:
    """Returns the list of commands with their descriptions. They cannot be run: importing them all takes several seconds."""
    app = _empty()
    for name, module in _COMMANDS.items():
        app.command(name, help=_described(module, name))(lambda: None)
    for name, (_, summary) in _GROUPS.items():
        group = typer.Typer(name=name, help=summary)
        group.command("")(lambda: None)
        app.add_typer(group)
    return app


def _empty() -> typer.Typer:
    app = typer.Typer(
        name="guichet",
        help="Guichet : un service de réponse aux citoyens. A citizen-enquiry service.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(lambda: None)  # so that a single command is still called by its name
    return app


def _described(module: str, name: str) -> str:
    """Returns the docstring of the function ``name``, read from its source."""
    source = (Path(__file__).parent / "commands" / f"{module}.py").read_text(encoding="utf-8")
    functions = (node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == name)
    return next((ast.get_docstring(function) or "" for function in functions), "")


def main() -> None:
    """Runs a command. A failure that a person can fix is reported in one sentence, with exit code 1."""
    try:
        if sys.argv[1:2] == ["--version"]:
            sys.argv[1] = "version"
        command = typer.main.get_command(application(sys.argv[1] if len(sys.argv) > 1 else ""))
        in_french(command)
        code = command(prog_name="./guichet", standalone_mode=False)
        if code == _INTERRUPTED:  # Typer's code for Ctrl-C
            raise KeyboardInterrupt
        sys.exit(code if isinstance(code, int) else 0)
    except UsageError as error:
        if type(error).__name__ != "NoArgsIsHelpError":  # that one is the help, shown if no command was given
            print(usage_error(error), file=sys.stderr)
        else:
            error.show()
        sys.exit(error.exit_code)
    except Refusal as refusal:
        sys.exit(_fail(str(refusal)))
    except ValidationError as error:
        if error.title != "Settings":  # another model's: a defect, which keeps its traceback
            raise
        say(*sentence("wrong_settings", faults=faults_of(error)))
        sys.exit(1)
    except ModuleNotFoundError as error:
        sys.exit(_fail(str(refusal_for_missing_module(error))))
    except Exception as error:
        if not is_full(error):
            raise
        say(*sentence("disk_full"))
        sys.exit(1)
    except (KeyboardInterrupt, typer.Abort):
        say("Interrompu. Relancez la commande : elle reprendra là.", "Interrupted. Run it again: it goes on from there.")
        sys.exit(_INTERRUPTED)


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    main()
