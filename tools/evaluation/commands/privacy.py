"""``./guichet eval privacy``: how much identifying data is masked, and how much is masked unnecessarily."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from cli.language import Refusal, pick
from core.privacy.finders.cases import use_patterns
from core.privacy.masking import find
from core.settings import Settings
from retrieval.evaluation.questions import OWN
from tools.evaluation.sets import SHARED

_ORDINARY = ("service_public_dev.jsonl", "code_du_travail_dev.jsonl")


@dataclass
class Figures:
    """The figures of marked texts: spans found by kind, names in lower case separately; texts without marks in which something
    was masked.
    """

    found: Counter[str] = field(default_factory=Counter)
    marked: Counter[str] = field(default_factory=Counter)
    ordinary: int = 0
    false: int = 0

    def add(self, text: str, spans: Sequence[tuple[str, int, int]]) -> bool:
        """Judges one text. A span counts as found if all its letters and digits are masked. Returns whether the text is
        entirely right.
        """
        masked = {at for span in find(text) for at in range(span.start, span.end)}
        if not spans:
            self.ordinary += 1
            self.false += bool(masked)
            return not masked
        right = True
        for kind, start, end in spans:
            found = all(at in masked for at in range(start, end) if text[at].isalnum())
            right &= found
            kinds = [kind, "number" if kind in _NUMBERS else ""]
            if kind == "name" and text[start:end].islower():
                kinds.append("name in lower case")
            for one in filter(None, kinds):
                self.marked[one] += 1
                self.found[one] += found
        return right

    def as_dict(self) -> dict[str, Any]:
        recall = {kind: round(self.found[kind] / count, 4) for kind, count in sorted(self.marked.items())}
        return {"recall": recall, "n": dict(sorted(self.marked.items())), "ordinary": self.ordinary, "false masks": self.false}


_NUMBERS = frozenset({"nir", "tax", "iban", "card", "phone", "plate", "case", "birth"})


def privacy(
    file: Annotated[
        list[Path] | None,
        typer.Argument(exists=True, dir_okay=False, help="JSON lines: text (or question), spans [[kind, start, end]]."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
    misses: Annotated[bool, typer.Option("--misses", help="Print what went wrong (not of a sealed file).")] = False,
) -> None:
    """Recall by kind on marked texts, and ordinary questions of which something is masked. Without FILE: our own
    sets, and the shared real questions where they are."""
    use_patterns(Settings().privacy_case_numbers.split())
    own = [OWN / "privacy" / f"{half}.jsonl" for half in ("dev", "sealed", "spacing", "figures")]
    files = file or [*own, *(SHARED / name for name in _ORDINARY if (SHARED / name).exists())]
    report = {path.name: measure(path, show=misses and "sealed" not in path.name).as_dict() for path in files}
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
        return
    table = Table()
    for column in (pick("fichier", "file"), pick("sorte", "kind"), "n", pick("rappel", "recall")):
        table.add_column(column)
    for name, figures in report.items():
        for kind, recall in figures["recall"].items():
            table.add_row(name, kind, str(figures["n"][kind]), f"{recall:.3f}")
        if figures["ordinary"]:
            told = f"{figures['false masks']} ({figures['false masks'] / figures['ordinary']:.1%})"
            table.add_row(name, pick("masqué à tort", "masked for nothing"), str(figures["ordinary"]), told)
    Console().print(table)


def measure(path: Path, *, show: bool = False) -> Figures:
    """Returns the figures of one file of marked texts. Raises ``Refusal`` for an unreadable line."""
    figures = Figures()
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            text = str(row.get("text") or row["question"])
            spans = [(str(kind), int(start), int(end)) for kind, start, end in row.get("spans", [])]
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            raise Refusal(
                f"{path}, ligne {number} : il faut text (ou question) et spans.",
                f"{path}, line {number}: text (or question), spans.",
            ) from error
        if not figures.add(text, spans) and show:
            print(text)
    return figures
