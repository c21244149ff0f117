"""Places in messages and offices that answer, on the project's own sentences."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.settings import ROOT
from knowledge_base.errors import FetchFailed
from knowledge_base.sources.npm import Pinned, fetch_pinned
from knowledge_base.sources.tarballs import files_of
from places.communes import package
from places.communes.index import load
from tools.evaluation.places import measure_mentions, measure_offices
from tools.evaluation.places_size import measure_size


@pytest.fixture(scope="module")
def communes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    try:
        path = fetch_pinned(Pinned(package.PACKAGE, package.FILE_NAME, package.SHA256), ROOT / "var")
    except FetchFailed as error:
        pytest.skip(f"the communes of France are not there: {error.en}")
    file = tmp_path_factory.mktemp("places") / "communes.tsv"
    file.write_text(package.convert(files_of(path, package.WANTED)), encoding="utf-8")
    return file


@pytest.mark.parametrize("name", ["dev", "held_out", "more", "last"])
def test_places_in_messages_are_right_and_found(communes: Path, name: str) -> None:
    found = measure_mentions(load(communes), name)
    assert found.sentences >= 40
    assert found.precision >= 0.97, found.wrong
    assert found.recall >= 0.93, found.wrong
    assert found.p95_ms <= 2.0  # processor time


@pytest.mark.parametrize(("name", "questions"), [("offices", 80), ("offices_more", 55)])
def test_offices_asked_for_are_right(communes: Path, name: str, questions: int) -> None:
    found = measure_offices(communes, name)
    assert found.questions == questions
    assert found.right >= 0.9 * found.questions, found.wrong
    assert found.on_hours >= 20
    assert found.right_on_hours >= 0.9 * found.on_hours, found.wrong


def test_all_communes_and_a_directory_of_70000_offices_are_small_and_fast(communes: Path) -> None:
    size = measure_size(communes, 70_000)
    assert (size.communes, size.offices) > (35_000, 69_999)
    assert size.megabytes <= 60
    assert size.p95_ms <= 2.0  # of processor time, more for a turn
