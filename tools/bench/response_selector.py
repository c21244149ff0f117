"""Rasa's ResponseSelector on the same entries: trained in Rasa's environment, stored, asked with one line per question."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from cli.language import Refusal
from cli.model_signing import is_ours, sign
from cli.progress import run_reporting
from cli.rasa_commands import BOT_PYTHON, environment
from core.entry import Entry
from core.settings import ROOT, Settings
from tools.bench.response_selector_data import ranked, write_data

# The features of an ordinary French pipeline, and the best of seven settings on passages/dev, more and wide.
FEATURES: list[dict[str, Any]] = [
    {"name": "WhitespaceTokenizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
]
SELECTOR: dict[str, Any] = {
    "batch_size": 256,
    "batch_strategy": "sequence",
    "constrain_similarities": True,
    "embedding_dimension": 256,
    "hidden_layers_sizes": {"text": [], "label": []},
    "number_of_negative_examples": 64,
    "use_sparse_input_dropout": True,
    "drop_rate": 0.5,
    "regularization_constant": 0.0,
    "scale_loss": False,
    "learning_rate": 0.002,
    "epochs": 1_000_000,  # training is stopped by time
    "random_seed": 20,
}
_TIMED = "tools.rasa_scripts.timed_selector.TimedSelector"


class SelectorModel:
    """One trained model and its training data, in a folder of its own."""

    def __init__(self, settings: Settings, entries: Sequence[Entry]) -> None:
        told = json.dumps([FEATURES, SELECTOR, [entry.digest() for entry in entries]])
        self.folder = settings.home / "bench" / "response-selector" / hashlib.sha256(told.encode()).hexdigest()[:16]
        self._settings, self._entries = settings, entries
        self._model = self.folder / "model.tar.gz"

    def _command(self, what: str) -> list[str]:
        return [str(BOT_PYTHON), "-m", "tools.rasa_scripts.selector", what, str(self.folder)]

    def _seconds(self) -> float:
        return float(self._curve()[-1]["seconds"])

    def _curve(self) -> list[dict[str, float]]:
        return list(json.loads((self.folder / "progress.json").read_text(encoding="utf-8"))["curve"])

    def train(self, minutes: float, report: Callable[[int, int], None]) -> dict[str, Any]:
        """Trains until the model has had ``minutes`` in all, including earlier runs; does nothing if it already has. Returns
        ``figures``.

        Raises ``Refusal`` without Rasa's environment, or if training fails.
        """
        if not BOT_PYTHON.exists():
            raise Refusal(
                "L'environnement de Rasa n'est pas installé : lancez ./guichet up une fois.",
                "Rasa's environment is not installed: run ./guichet up once.",
            )
        if not is_ours(self._settings, self._model) or self._seconds() < minutes * 60:
            timed = {"name": _TIMED, "folder": str(self.folder), "seconds": minutes * 60.0}
            self._model.unlink(missing_ok=True)  # after an interruption, the recorded training would be more than the real one
            write_data(self.folder, self._entries, [*FEATURES, timed | SELECTOR])
            run_reporting(self._command("train"), environment(self._settings), self.folder / "train.log", report)
            sign(self._settings, self._model)
        return self.figures()

    def figures(self) -> dict[str, Any]:
        """Returns minutes (elapsed and of a core) and epochs of training, and the accuracy on its own examples at about ten
        times.
        """
        curve = self._curve()
        some = [*curve[:: max(1, len(curve) // 10)], curve[-1]]
        return {
            "minutes": round(curve[-1]["seconds"] / 60, 1),
            "cpu_minutes": round(curve[-1]["cpu_seconds"] / 60, 1),
            "epochs": curve[-1]["epoch"],
            "accuracy": {str(one["epoch"]): one["accuracy"] for one in some},
        }

    @contextmanager
    def asked(self) -> Iterator[Callable[[str], list[str]]]:
        """Yields a search that ranks entry ids, by a process that runs as long as the block."""
        ids = [entry.id for entry in self._entries]
        with (
            (self.folder / "answer.log").open("w") as log,
            subprocess.Popen(  # noqa: S603
                self._command("answer"),
                env={**os.environ, **environment(self._settings)},
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                bufsize=1,
            ) as child,
        ):
            assert child.stdin is not None
            assert child.stdout is not None
            tell, hear = child.stdin, child.stdout

            def said() -> dict[str, Any]:
                for line in hear:
                    if line.startswith("{"):  # Rasa's own log may come between
                        return dict(json.loads(line))
                raise Refusal(f"Rasa s'est arrêté : voyez {log.name}.", f"Rasa stopped: see {log.name}.")

            def search(question: str) -> list[str]:
                tell.write(json.dumps(question) + "\n")
                tell.flush()
                return ranked(said(), ids)

            said()  # it is loaded
            yield search
