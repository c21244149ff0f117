"""Questions to an index without their own theme: none has an answer, and none should get one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retrieval.evaluation.questions import Question
from retrieval.evaluation.retrieval import Progress, ask
from retrieval.evaluation.rows import Row
from retrieval.service import SearchService


def themes(questions: Sequence[Question], engine: SearchService, collection: str | None) -> dict[str, list[Question]]:
    """Returns ``questions`` by the widest theme of their gold entries, without those whose entries have several themes or
    none.
    """
    groups: dict[str, list[Question]] = {}
    for question in questions:
        entries = [entry for name in question.gold if (entry := engine.entry(name, collection))]
        names = {entry.theme[0] if entry.theme else "" for entry in entries}
        if len(names) == 1 and (name := names.pop()):
            groups.setdefault(name, []).append(question)
    return groups


def ask_without_themes(
    groups: Mapping[str, Sequence[Question]], engine: SearchService, collection: str | None, progress: Progress | None = None
) -> list[Row]:
    """Returns a row for each question, asked while all entries of its theme are withheld. Rows have no gold, because it is
    withheld.
    """
    members = entries_by_theme(engine)
    rows: list[Row] = []
    total = sum(map(len, groups.values()))
    for name, questions in groups.items():
        asked = [question.model_copy(update={"gold": ()}) for question in questions]
        rows += ask(asked, engine, collection=collection, part=name, withheld=members.get(name, frozenset()))
        if progress:
            progress(len(rows), total)
    return rows


def entries_by_theme(engine: SearchService) -> dict[str, frozenset[str]]:
    """Returns the ids of all entries of the active snapshot by their widest theme."""
    snapshot = engine.snapshot
    found: dict[str, set[str]] = {}
    if snapshot:
        for place in range(len(snapshot.entries)):
            entry = snapshot.entries.at(place)
            if entry.theme:
                found.setdefault(entry.theme[0], set()).add(entry.id)
    return {name: frozenset(members) for name, members in found.items()}
