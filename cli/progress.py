"""The progress of a long command for the process that started it: lines of JSON on standard output."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cli.language import Refusal, pick, say, sentence
from core.settings import ROOT

VARIABLE = "GUICHET_PROGRESS"


@dataclass
class StepResult:
    """The result that a command reported: ``lines`` for people; ``provisional`` if the work must be repeated next time."""

    lines: list[str] = field(default_factory=list)
    provisional: bool = False


def reporter(label: str) -> Callable[[int, int], None]:
    """Returns a function that reports progress: as JSON to a parent that asked for it, else a line for each tenth."""
    if os.environ.get(VARIABLE) == "json":
        return lambda done, total: print(json.dumps({"done": done, "total": total}), flush=True)
    printed_tenth = -1

    def report(done: int, total: int) -> None:
        nonlocal printed_tenth
        tenth = 10 * done // max(total, 1)
        if tenth > printed_tenth:
            printed_tenth = tenth
            print(f"{label} {done}/{total}", file=sys.stderr, flush=True)

    return report


def run_reporting(argv: list[str], environment: Mapping[str, str], log: Path, report: Callable[[int, int], None]) -> StepResult:
    """Runs ``argv`` in the checkout, passes its progress to ``report``, and writes its other output to ``log``.

    Returns its reports by ``report_done`` and ``report_provisional``. If it fails, raises ``Refusal`` with the command's own
    last line, or the place of its log.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    result = StepResult()
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
                    event = json.loads(line)
                    if "line" in event:
                        out.write(f"{event['line']}\n")
                        result.lines.append(event["line"])
                        result.provisional |= event["provisional"]
                    else:
                        report(event["done"], event["total"])
                except (ValueError, KeyError, TypeError):
                    out.write(line)
            code = child.wait()
        except BaseException:
            child.terminate()
            child.wait()
            raise
    if code:
        last = next((line for line in reversed(log.read_text().splitlines()) if line.strip()), "")
        raise Refusal(*sentence("step_failed", line=last.strip(), log=log))
    return result


def report_done(fr: str, en: str) -> None:
    """Reports the result of a long command, run by itself or as a step of another command."""
    if os.environ.get(VARIABLE) == "json":
        _report(pick(fr, en), provisional=False)
    else:
        print(pick(fr, en), flush=True)


def report_provisional(fr: str, en: str) -> None:
    """Reports that the work was done by other means than requested, so a step that runs this command is not complete."""
    if os.environ.get(VARIABLE) == "json":
        _report(pick(fr, en), provisional=True)
    else:
        say(fr, en)


def _report(line: str, *, provisional: bool) -> None:
    print(json.dumps({"line": line, "provisional": provisional}), flush=True)
