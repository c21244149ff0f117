"""Fits the second looks to the dialogue's own examples (intents ``crisis_…`` against all others) and to everyday messages."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from sklearn.svm import SVC

from actions.danger.model import SecondLook, as_learnt
from core.care import load_detector, sentences_of
from core.text.folding import unaccented
from core.yaml_text import load as load_yaml
from retrieval.contracts import Embedder, Vectors, model_id
from retrieval.embedding.eight_bits import in_eight_bits

type Report = Callable[[int, int], None]  # called with the number of texts embedded, and of all

_CRISIS = "crisis_"
_ORDINARY = Path(__file__).with_name("ordinary.yml")
_SENTENCES = Path(__file__).with_name("sentences.yml")
_BATCH = 32
# Chosen on tests/evaluation/care: a wider kernel gives more false alarms, a narrower one misses more dangers.
_C, _GAMMA = 3.0, 4.0
_EVERYDAY = 3000  # wordings of pages; docs/care.md has the figures for none and for 6,000
_HARDEST = 2000  # everyday sentences nearest to a danger; 3,500 improve nothing
# Phrases that also occur with dangers are not examples of harmless messages.
_NEAR = re.compile(
    r"violen|harcel|viol|frapp|batt|cogn|taper?\b|menac|agress|suicid|dehors|expuls|dorm|dors|faim|manger|mourir|mort\b|"
    r"tuer\b|danger|secours|urgence|peur|maltrait|abus|attouch|enlev|kidnapp|sequestr|fugue|disparu|esclav|prostit|proxen|"
    r"feu\b|incendie|gaz\b|rue\b|abri\b|sans.domicile|insult|emmerd|moque|craque"
)


def examples(folder: Path) -> dict[str, bool]:
    """Returns every example of the files in ``folder`` (Rasa's NLU format), and whether it is about a danger."""
    return {text: bool(kind) for text, kind in kinds(folder).items()}


def kinds(folder: Path) -> dict[str, str]:
    """Returns every example of the files in ``folder`` (Rasa's NLU format), and its kind of danger; empty for none."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.yml")):
        for block in load_yaml(path.read_text(encoding="utf-8"))["nlu"]:
            lines = str(block.get("examples") or "").splitlines() if "intent" in block else ()
            texts = (line.removeprefix("- ") for line in lines if line.startswith("- "))
            intent = str(block.get("intent"))
            kind = intent.removeprefix(_CRISIS) if intent.startswith(_CRISIS) else ""
            found |= {as_learnt(text.strip()): kind for text in texts}
    return found


def everyday(asked: Iterable[str], named: Iterable[str]) -> dict[str, bool]:
    """Returns messages about no danger: all of ``asked`` and some of ``named``, except those that are near to one."""
    names = [text for text in named if _plain(text)]
    random.Random(1).shuffle(names)  # noqa: S311 - reproducible sampling, no secret
    return {as_learnt(text): False for text in (*filter(_plain, asked), *names[:_EVERYDAY])}


def ordinary() -> dict[str, bool]:
    """Returns the messages of ``ordinary.yml``, and each of its people with each of its events."""
    found = load_yaml(_ORDINARY.read_text(encoding="utf-8"))
    everybody = (f"{who} {happens}" for who in found["who"] for happens in found["happens"])
    return {as_learnt(text): False for text in (*found["said"], *everybody)}


def own() -> dict[str, str]:
    """Returns the sentences of ``sentences.yml``, and the kind of danger of each; empty for none."""
    found = load_yaml(_SENTENCES.read_text(encoding="utf-8"))
    told = {as_learnt(text): str(kind) for kind, texts in found["told"].items() for text in texts}
    return dict.fromkeys(map(as_learnt, found["said"]), "") | told


def sentences(
    said: Iterable[str], harmless: Iterable[str], folder: Path, first: SecondLook, embedder: Embedder, report: Report
) -> dict[str, str]:
    """Returns sentences of long messages with their kind of danger, empty for none.

    The sources are ``sentences.yml``, the examples of ``folder``, all of the messages ``harmless``, and the sentences of
    ``said`` in which no pattern finds a danger (few of these messages are about one). Of harmless sentences outside
    ``harmless``, only those are used that ``first`` rates nearest to a danger.
    """
    example, ours = kinds(folder), own()
    left_out = {*map(as_learnt, load_yaml(_SENTENCES.read_text(encoding="utf-8"))["left_out"])}
    left_out |= {text for text, kind in (example | ours).items() if kind}
    alarm = load_detector().detect
    plain = {as_learnt(one) for message in said if not alarm(message) for one in sentences_of(message) if not alarm(one)}
    pool = sorted((plain | ordinary().keys() | {text for text, kind in example.items() if not kind}) - left_out)
    margins = first.margins(_embedded(pool, embedder, report))
    hardest = [pool[at] for at in np.argsort(-margins)[:_HARDEST]]
    none = (*hardest, *(one for message in harmless for one in sentences_of(message)))
    return dict.fromkeys(map(as_learnt, none), "") | {text: kind for text, kind in example.items() if kind} | ours


def _plain(text: str) -> bool:
    return not load_detector().detect(text) and not _NEAR.search(unaccented(text.lower()))


def fit(messages: Mapping[str, bool | str], embedder: Embedder, report: Report) -> SecondLook:
    """Returns the model that separates the dangers of ``messages`` (true, or their kind) from the rest."""
    texts = sorted(messages)
    vectors = _embedded(texts, embedder, report)
    machine = SVC(C=_C, gamma=_GAMMA, class_weight="balanced").fit(vectors, [bool(messages[text]) for text in texts])
    weights = np.asarray(machine.dual_coef_[0], dtype=np.float32)
    named = tuple(messages[texts[at]] for at in machine.support_)
    told = tuple(kind if isinstance(kind, str) else "" for kind in named)
    return SecondLook(model_id(embedder), vectors[machine.support_], weights, float(machine.intercept_[0]), _GAMMA, told)


def _embedded(texts: Sequence[str], embedder: Embedder, report: Report) -> Vectors:
    rows = []
    for start in range(0, len(texts), _BATCH):
        rows.append(embedder.embed_queries(texts[start : start + _BATCH]))
        report(min(start + _BATCH, len(texts)), len(texts))
    return np.vstack(rows)


def save(model: SecondLook, path: Path) -> None:
    """Writes ``model`` to ``path``. Eight bits are enough for vectors of unit length: no margin changed by more than .009, and
    the file is half as large.
    """
    whole, steps = in_eight_bits(model.vectors.T)
    np.savez_compressed(
        path,
        encoder=np.array(model.encoder),
        vectors=whole.T,
        steps=steps,
        weights=model.weights.astype(np.float32),
        numbers=np.array([model.intercept, model.gamma]),
        kinds=np.array(model.kinds, dtype=str),
    )
