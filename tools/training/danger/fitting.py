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
from retrieval.contracts import Embedder, Vectors
from retrieval.dense.vectors import model_id

type Report = Callable[[int, int], None]  # told how many texts are embedded, of how many

_CRISIS = "crisis_"
_ORDINARY = Path(__file__).with_name("ordinary.yml")
_SENTENCES = Path(__file__).with_name("sentences.yml")
_BATCH = 32
# Chosen on tests/evaluation/care: a wider kernel takes more everyday questions for a danger, a narrower one misses more of it.
_C, _GAMMA = 3.0, 4.0
_EVERYDAY = 3000  # names of pages in people's own words; docs/care.md has what none and 6,000 give
_HARDEST = 2000  # everyday sentences that are nearest to a danger; with 3,500 no more were told from one
# What is said of dangers too is no example of what is none.
_NEAR = re.compile(
    r"violen|harcel|viol|frapp|batt|cogn|taper?\b|menac|agress|suicid|dehors|expuls|dorm|dors|faim|manger|mourir|mort\b|"
    r"tuer\b|danger|secours|urgence|peur|maltrait|abus|attouch|enlev|kidnapp|sequestr|fugue|disparu|esclav|prostit|proxen|"
    r"feu\b|incendie|gaz\b|rue\b|abri\b|sans.domicile|insult|emmerd|moque|craque"
)


def examples(folder: Path) -> dict[str, bool]:
    """Every example of the files of ``folder`` (Rasa's NLU format), and whether it is about a danger."""
    return {text: bool(kind) for text, kind in kinds(folder).items()}


def kinds(folder: Path) -> dict[str, str]:
    """Every example of the files of ``folder`` (Rasa's NLU format), and the kind of danger that it is about; empty for none."""
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
    """Messages that are about no danger: all of ``asked``, some of ``named``, but those that come near to one."""
    names = [text for text in named if _plain(text)]
    random.Random(1).shuffle(names)  # noqa: S311 - reproducible sampling, no secret
    return {as_learnt(text): False for text in (*filter(_plain, asked), *names[:_EVERYDAY])}


def ordinary() -> dict[str, bool]:
    """Returns the messages of ``ordinary.yml``, and each of its people with each thing that happens to them."""
    found = load_yaml(_ORDINARY.read_text(encoding="utf-8"))
    everybody = (f"{who} {happens}" for who in found["who"] for happens in found["happens"])
    return {as_learnt(text): False for text in (*found["said"], *everybody)}


def own() -> dict[str, str]:
    """Returns the sentences of ``sentences.yml``, and the kind of danger that each tells; empty for none."""
    found = load_yaml(_SENTENCES.read_text(encoding="utf-8"))
    told = {as_learnt(text): str(kind) for kind, texts in found["told"].items() for text in texts}
    return dict.fromkeys(map(as_learnt, found["said"]), "") | told


def sentences(
    said: Iterable[str], harmless: Iterable[str], folder: Path, first: SecondLook, embedder: Embedder, report: Report
) -> dict[str, str]:
    """Returns what sentences of long messages are about: the kind of danger, empty for none.

    Learnt from are ``sentences.yml``, the examples of ``folder``, all of the messages ``harmless``, and of those ``said``, of
    which few are about a danger, the sentences that no pattern sees one in. Of what is about none and not ``harmless``, those
    that ``first`` finds nearest to a danger.
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
    """Returns the model that tells the dangers of ``messages`` (true, or named by their kind) from the rest."""
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
