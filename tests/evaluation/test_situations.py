"""What is read of a citizen's situation, on sentences of the project's own. A wrong fact skips a question to be asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from actions.cases.dialogue_state import packed
from actions.situation.reading import facts_in

FOLDER = Path(__file__).parent / "situations"


@pytest.mark.parametrize(("half", "precision", "recall"), [("dev", 0.95, 0.95), ("sealed", 0.95, 0.80)])
def test_facts_are_right_and_found(half: str, precision: float, recall: float) -> None:
    rows = [json.loads(line) for line in (FOLDER / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()]
    wanted = {(row["text"], facet, _plain(facet, value)) for row in rows for facet, value in row["facts"].items()}
    found = {
        (row["text"], facet, (values[0], values[-1]) if facet == "age" else values)
        for row in rows
        for facet, values in packed(facts_in(row["text"])).items()
    }
    assert len(rows) >= 60
    assert len(wanted & found) / len(found) >= precision, sorted(found - wanted)
    assert len(wanted & found) / len(wanted) >= recall


def _plain(facet: str, value: str) -> tuple[str, ...]:
    ends = value.split("-")
    return (ends[0], ends[-1]) if facet == "age" else tuple(sorted(value.split()))
