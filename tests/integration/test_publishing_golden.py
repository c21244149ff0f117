"""Golden questions at a publication have the replies that citizens get, not only what the search finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.publisher import publisher_of
from core.database import Database
from core.turns import Outcome
from knowledge_base.publishing.contracts import PublicationView, ReplayQuestion
from knowledge_base.publishing.publications import request
from knowledge_base.publishing.publisher import Publisher
from knowledge_base.quality.golden.contracts import Golden
from knowledge_base.quality.golden.store import add
from retrieval.contracts import Retriever
from tests.integration.publishing_support import carried_out, dearer, knowledge, revise, settings_for
from tests.unit.retrieval.samples import WordEmbedder

_TITLE = "Perte ou vol de la carte d'identité"
_DANGER = "perte ou vol de la carte d'identité je veux mourir"


async def _judged(database: Database, node: Publisher) -> PublicationView:
    return await carried_out(node, database, await request(database, [await revise(database, dearer())], author="anne"))


async def test_golden_question_of_a_danger_is_right_without_a_page(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await knowledge(database, tmp_path)
    await add(database, Golden(question=_DANGER, origin="editor"))
    await add(database, Golden(question=_TITLE, gold=("F1",), origin="editor"))
    node = publisher_of(settings_for(tmp_path, database_url), database, WordEmbedder)
    report = (await _judged(database, node)).report
    assert report is not None
    assert (report.golden, report.golden_right_before, report.golden_right_after) == (2, 2, 2)


@pytest.mark.parametrize("pages", [(), ("F2", "F1")])
async def test_golden_question_that_the_dialogue_answers_otherwise_makes_it_worse(
    database: Database, database_url: str, tmp_path: Path, pages: tuple[str, ...]
) -> None:
    await knowledge(database, tmp_path)
    await add(database, Golden(question=_TITLE, gold=("F1",), origin="editor"))

    def compose(retriever: Retriever, question: ReplayQuestion) -> tuple[Outcome, tuple[str, ...]]:
        entry = retriever.entry("F1")
        if entry is not None and "30 €" in entry.model_dump_json():
            return (Outcome.CHOICES if pages else Outcome.OUT_OF_SCOPE), pages
        return Outcome.ANSWERED, ("F1",)

    node = Publisher(settings_for(tmp_path, database_url), database, WordEmbedder, compose)
    view = await _judged(database, node)
    assert view.report is not None
    assert (view.verdict, view.report.golden_right_before, view.report.golden_right_after) == ("worse", 1, 0)
    (worse,) = view.report.worse
    assert (worse.decision_before, worse.decision_after) == ("answered", "choices" if pages else "no_answer")
    assert worse.after is not None
    assert worse.after.entry_id == (pages[0] if pages else "F1")
