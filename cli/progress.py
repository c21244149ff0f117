"""How a long command tells the one that started it how far it is: a JSON line each time on standard output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from cli.language import Refusal, pick
from core.settings import ROOT

VARIABLE = "GUICHET_PROGRESS"


def reporter(label: str) -> Callable[[int, int], None]:
    """Report on standard output as JSON for a parent that asked for it, else as a line a tenth on standard error."""
    if os.environ.get(VARIABLE) == "json":
        return lambda done, total: print(json.dumps({"done": done, "total": total}), flush=True)
    shown = -1

    def report(done: int, total: int) -> None:
        nonlocal shown
        tenth = 10 * done // max(total, 1)
        if tenth > shown:
            shown = tenth
            print(f"{label} {done}/{total}", file=sys.stderr, flush=True)

    return report


def run_reporting(argv: list[str], environment: Mapping[str, str], log: Path, report: Callable[[int, int], None]) -> None:
    """Run ``argv`` in the checkout, pass its progress to ``report``, keep all else that it prints in ``log``.

    Raises ``Refusal`` with the command's own last line (or the place of its log) when it fails.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as out:
        child = subprocess.Popen(  # noqa: S603
            argv,
            cwd=ROOT,
            env={**os.environ, **environment, VARIABLE: "json"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=out,
            text=True,
        )
        assert child.stdout is not None
        try:
            for line in child.stdout:
                try:
                    told = json.loads(line)
                    report(told["done"], told["total"])
                except (ValueError, KeyError, TypeError):
                    out.write(line)
            code = child.wait()
        except BaseException:
            child.terminate()
            child.wait()
            raise
    if code:
        last = next((line for line in reversed(log.read_text().splitlines()) if line.strip()), "")
        raise Refusal(
            f"Cette étape a échoué : {last.strip()} (détails : {log}). Relancez la commande : elle reprendra à cette étape.",
            f"This step failed: {last.strip()} (details: {log}). Run the command again: it goes on from this step.",
        )


def done_line(fr: str, en: str) -> None:
    """The last word of a long command: read by whoever runs it, and kept in the log of a step that does."""
    print(pick(fr, en), flush=True)
