"""Fits the second look to the dialogue's own examples (intents ``crisis_…`` against all others) and to everyday messages."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from sklearn.svm import SVC

from actions.danger.model import SecondLook, as_learnt
from core.care import load_detector
from core.unaccented import unaccented
from core.yaml_text import load as load_yaml
from retrieval.contracts import Embedder
from retrieval.dense.vectors import model_id

_CRISIS = "crisis_"
_ORDINARY = Path(__file__).with_name("ordinary.yml")
_BATCH = 32
# Chosen on tests/evaluation/care: a wider kernel takes more everyday questions for a danger, a narrower one misses more of it.
_C, _GAMMA = 3.0, 4.0
_EVERYDAY = 3000  # names of pages in people's own words; docs/care.md has what none and 6,000 give
# What is said of dangers too is no example of what is none.
_NEAR = re.compile(
    r"violen|harcel|viol|frapp|batt|cogn|taper?\b|menac|agress|suicid|dehors|expuls|dorm|dors|faim|manger|mourir|mort\b|"
    r"tuer\b|danger|secours|urgence|peur|maltrait|abus|attouch|enlev|kidnapp|sequestr|fugue|disparu|esclav|prostit|proxen|"
    r"feu\b|incendie|gaz\b|rue\b|abri\b|sans.domicile|insult|emmerd|moque|craque"
)


def examples(folder: Path) -> dict[str, bool]:
    """Every example of the files of ``folder`` (Rasa's NLU format), and whether it is about a danger."""
    found: dict[str, bool] = {}
    for path in sorted(folder.glob("*.yml")):
        for block in load_yaml(path.read_text(encoding="utf-8"))["nlu"]:
            lines = str(block.get("examples") or "").splitlines() if "intent" in block else ()
            texts = (line.removeprefix("- ") for line in lines if line.startswith("- "))
            found |= {as_learnt(text.strip()): str(block["intent"]).startswith(_CRISIS) for text in texts}
    return found


def everyday(asked: Iterable[str], named: Iterable[str]) -> dict[str, bool]:
    """Messages that are about no danger: all of ``asked``, some of ``named``, but those that come near to one."""
    names = [text for text in named if _plain(text)]
    random.Random(1).shuffle(names)  # noqa: S311 - reproducible sampling, no secret
    return {as_learnt(text): False for text in (*filter(_plain, asked), *names[:_EVERYDAY])}


def ordinary() -> dict[str, bool]:
    """The messages of ``ordinary.yml``, and each of its people with each thing that happens to them."""
    found = load_yaml(_ORDINARY.read_text(encoding="utf-8"))
    everybody = (f"{who} {happens}" for who in found["who"] for happens in found["happens"])
    return {as_learnt(text): False for text in (*found["said"], *everybody)}


def _plain(text: str) -> bool:
    return not load_detector().detect(text) and not _NEAR.search(unaccented(text.lower()))


def fit(messages: dict[str, bool], embedder: Embedder, report: Callable[[int, int], None]) -> SecondLook:
    """The model that tells the dangers of ``messages`` from the rest; ``report`` is told how many are embedded, of how many."""
    texts = sorted(messages)
    rows = []
    for start in range(0, len(texts), _BATCH):
        rows.append(embedder.embed_queries(texts[start : start + _BATCH]))
        report(min(start + _BATCH, len(texts)), len(texts))
    vectors = np.vstack(rows)
    machine = SVC(C=_C, gamma=_GAMMA, class_weight="balanced").fit(vectors, [messages[text] for text in texts])
    weights = np.asarray(machine.dual_coef_[0], dtype=np.float32)
    return SecondLook(model_id(embedder), vectors[machine.support_], weights, float(machine.intercept_[0]), _GAMMA)
