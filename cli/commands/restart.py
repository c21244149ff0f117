"""``./guichet restart``: replaces the running processes by new ones, without an interruption for citizens."""

from typing import Annotated

import typer

from cli.language import say
from cli.process_replacement import restart as replace_all
from core.settings import Settings


def restart(
    names: Annotated[
        list[str] | None, typer.Argument(help="actions, rasa, gateway, worker (worker-2 …), publisher, redis; none: all.")
    ] = None,
) -> None:
    """Replace the running processes by ones of the present code and .env; each ends once its successor is ready."""
    settings = Settings()
    replace_all(settings, names or (), on_replaced=_print_replaced)


def _print_replaced(name: str, seconds: float) -> None:
    say(f"  ✓ {name} est remplacé ({seconds:.1f} s)", f"  ✓ {name} is replaced ({seconds:.1f} s)")
