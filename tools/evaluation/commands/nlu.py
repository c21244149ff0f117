"""``./guichet eval nlu`` and ``eval care``: the classification of messages, measured on messages of known meaning."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from sklearn.metrics import accuracy_score, f1_score

from cli.language import Refusal
from cli.model_signing import is_ours
from cli.rasa_commands import BOT_PYTHON, environment, model_path
from core.care import Alert, Care, judged_alert, load_detector, sentences_to_judge, uncertain_alert
from core.languages.detection import detect
from core.settings import ROOT, Settings

_CRISIS = "crisis_"


def nlu(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON lines: text, intent.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Intents of FILE's messages by the trained model: accuracy, macro-F1, confusion. What is unclear counts as enquiry."""
    rows = _rows(file, "text", "intent")
    taken = classify(Settings(), [row["text"] for row in rows])
    _print(intent_figures([row["intent"] for row in rows], taken), as_json=as_json)


def care(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="JSON lines: text (or question), kind (null: none).")
    ],
    with_model: Annotated[bool, typer.Option("--with-model/--patterns-only", help="Ask the trained model too.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Messages about a person in danger: how many are recognised, and how many others are taken for one."""
    rows = [{**row, "text": row.get("text") or row.get("question")} for row in _rows(file)]
    texts = [str(row["text"]) for row in rows]
    found = _as_the_service_hears(texts) if with_model else list(map(load_detector().detect, texts))
    _print(care_figures([row.get("kind") for row in rows], found, texts), as_json=as_json)


def _as_the_service_hears(texts: Sequence[str]) -> list[Alert | None]:
    """Returns the alert for each text, by patterns, classifier and second looks."""
    from actions.danger.model import SENTENCES, read  # noqa: PLC0415 - the encoder's library, only where it is used
    from retrieval.embedding.model import load_embedder  # noqa: PLC0415

    settings, detector = Settings(), load_detector()
    embedder = load_embedder(settings)
    second_look, of_sentences = read(embedder), read(embedder, SENTENCES)
    heard: list[Alert | None] = []
    for text, intent in zip(texts, classify(settings, texts), strict=True):
        alert = detector.detect(text)
        if of_sentences and (asked := sentences_to_judge(text, alert, detect(text), detector)):
            alert = judged_alert(text, alert, of_sentences.judge(asked, embedder.embed_queries))
        if (
            alert is None
            and intent.startswith(_CRISIS)
            and (second_look is None or second_look.confirms(text, lambda one: embedder.embed_queries([one])[0]))
        ):
            alert = uncertain_alert((Care(intent.removeprefix(_CRISIS)),), "fr")
        heard.append(alert)
    return heard


def classify(settings: Settings, texts: Sequence[str]) -> list[str]:
    """Returns the intent of each text by the model of the present data. Raises ``Refusal`` without one."""
    model = model_path(settings)
    if not is_ours(settings, model):
        raise Refusal(
            "Le modèle de dialogue n'est pas entraîné : lancez ./guichet up une fois.",
            "The dialogue model is not trained: run ./guichet up once.",
        )
    done = subprocess.run(  # noqa: S603
        [str(BOT_PYTHON), "-m", "tools.rasa_scripts.nlu_report", str(model)],
        input="".join(f"{json.dumps(text)}\n" for text in texts),
        env={**os.environ, **environment(settings)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or len(lines) != len(texts):
        reason = done.stderr.strip().splitlines()[-1:] or ["?"]
        raise Refusal(f"Rasa n'a pas lu les messages : {reason[0]}", f"Rasa did not read the messages: {reason[0]}")
    return [json.loads(line)["intent"] for line in lines]


def intent_figures(expected: Sequence[str], taken: Sequence[str]) -> dict[str, Any]:
    """Returns ``n``, ``accuracy``, ``macro_f1`` (over the expected intents), ``confusion`` (expected → found → number)."""
    labels = sorted(set(expected))
    wrong = Counter((want, got) for want, got in zip(expected, taken, strict=True) if want != got)
    confusion: dict[str, dict[str, int]] = {}
    for (want, got), count in sorted(wrong.items()):
        confusion.setdefault(want, {})[got] = count
    per_intent = f1_score(expected, taken, labels=labels, average=None, zero_division=0)
    return {
        "n": len(expected),
        "accuracy": round(float(accuracy_score(expected, taken)), 4),
        "macro_f1": round(float(f1_score(expected, taken, labels=labels, average="macro", zero_division=0)), 4),
        "f1": {label: round(float(value), 3) for label, value in zip(labels, per_intent, strict=True)},
        "confusion": confusion,
    }


def care_figures(expected: Sequence[str | None], found: Sequence[Alert | None], texts: Sequence[str]) -> dict[str, Any]:
    """Returns the recall over messages with a kind, the share with the right kind, the false alarms over the others; and these
    messages. ``…_doubtful``: the share that is heard or alarmed, but gets no more than one line.
    """
    about = [(kind, alert, text) for kind, alert, text in zip(expected, found, texts, strict=True) if kind]
    other = [(alert, text) for kind, alert, text in zip(expected, found, texts, strict=True) if not kind]

    def share(those: Iterable[bool], of: Sequence[object]) -> float | None:
        return round(sum(those) / len(of), 4) if of else None

    return {
        "n": len(about),
        "recall": share((alert is not None for _, alert, _ in about), about),
        "recall_doubtful": share((alert is not None and alert.doubtful for _, alert, _ in about), about),
        "kind_right": share((alert is not None and kind in alert.kinds for kind, alert, _ in about), about),
        "ordinary": len(other),
        "false_alarms": share((alert is not None for alert, _ in other), other),
        "false_alarms_doubtful": share((alert is not None and alert.doubtful for alert, _ in other), other),
        "missed": [text for _, alert, text in about if alert is None],
        "alarmed": [text for alert, text in other if alert and not alert.doubtful],
    }


def _rows(file: Path, *needed: str) -> list[dict[str, Any]]:
    try:
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        wrong = next((number for number, row in enumerate(rows, 1) if not set(needed) <= set(row)), None)
    except (ValueError, TypeError) as error:
        raise Refusal(
            f"{file} n'est pas fait de lignes JSON : {error}", f"{file} is not made of JSON lines: {error}"
        ) from error
    if wrong or not rows:
        names = ", ".join(needed)
        raise Refusal(f"Ligne {wrong or 1} de {file} : il faut {names}.", f"Line {wrong or 1} of {file}: {names} are needed.")
    return rows


def _print(figures: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
        return
    for name, value in figures.items():
        if isinstance(value, dict):
            for key, inner in value.items():
                print(f"{name:14} {key:20} {inner}")
        elif isinstance(value, list):
            for inner in value:
                print(f"{name:14} {inner}")
        else:
            print(f"{name:14} {value}")
