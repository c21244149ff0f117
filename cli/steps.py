"""Steps of an installation: each shows its progress, is skipped if its inputs have not changed, and can be resumed.

A step's stamp is written after its work, so an interrupted step is run again. The work itself is done under another name and
renamed, so no partial result is ever found.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

from cli.language import pick
from cli.progress import StepResult

Report = Callable[[int, int], None]
"""Tells how far a step is: (done, total)."""
Work = Callable[[Report], StepResult | None]


class Steps(AbstractContextManager["Steps"]):
    """Runs steps and stores, in ``folder``, the digest of the inputs with which each was last completed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._console = Console(stderr=True, highlight=False)
        self._live = sys.stderr.isatty()
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=self._console,
            disable=not self._live,
        )

    def __enter__(self) -> Steps:
        self._progress.__enter__()
        return self

    def __exit__(self, *details: object) -> None:
        self._progress.__exit__(None, None, None)

    def run(self, name: str, fr: str, en: str, inputs: str, work: Work, output: Path | None = None) -> None:
        """Does ``work`` unless it was completed with the same ``inputs`` and its result ``output`` still exists.

        The reports of the work are shown under its line. Provisional work is repeated next time.
        """
        stamp = self._folder / name
        title = pick(fr, en)
        if stamp.exists() and stamp.read_text() == inputs and (output is None or output.exists()):
            self._console.print(f"  [green]✓[/] {title} [dim]({pick('inchangé', 'unchanged')})[/]")
            return
        started = time.monotonic()
        task = self._progress.add_task(title, total=None)
        if not self._live:
            self._console.print(f"  … {title}")
        try:
            result = work(lambda done, total: self._progress.update(task, completed=done, total=total)) or StepResult()
        finally:
            self._progress.remove_task(task)
        if result.provisional:
            stamp.unlink(missing_ok=True)
        else:
            stamp.write_text(inputs)
        mark = "[yellow]![/]" if result.provisional else "[green]✓[/]"
        self._console.print(f"  {mark} {title} [dim]({time.monotonic() - started:.0f} s)[/]")
        for line in result.lines:
            self._console.print(f"      {escape(line)}", style="yellow" if result.provisional else "dim")


def digest_files(paths: Iterable[Path]) -> str:
    """Returns a SHA-256 (hex) over names and contents of ``paths`` and their folders, wherever the checkout is."""
    total = hashlib.sha256()
    for path in sorted(paths):
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                total.update(str(file.relative_to(path.parent)).encode() + b"\0" + file.read_bytes())
    return total.hexdigest()
