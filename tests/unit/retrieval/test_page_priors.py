"""What speaks for a page whatever is asked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.entry import Entry, Link, TextBlock
from retrieval.index.entry_file import EntryFile, EntryLine, linked, theme_of
from retrieval.ranking.page_priors import EVEN, asked_about, page_priors
from tests.unit.retrieval.samples import BINS, IDENTITY, PASSPORT, entry
from tools.training.calibration import with_themes

LEADING = entry(
    "F9",
    "Vol de papiers",
    related=(Link(title="Passeport", entry="F2"), Link(title="Ailleurs", url="https://example.fr")),
    body=(
        TextBlock(markdown="Voir la [carte](https://example.fr/vosdroits/F1), [encore](/F1), le [passeport](/F2), soi (/F9)."),
    ),
)
ALL = [IDENTITY, PASSPORT, LEADING, BINS]


def lines(entries: list[Entry]) -> list[EntryLine]:
    return [EntryLine.of(one) for one in entries]


def test_pages_that_lead_to_another_count_once_and_only_within_their_collection() -> None:
    names = [(one.collection, one.id) for one in ALL]
    assert linked(names, [line.content for line in lines(ALL)]).tolist() == [1, 1, 0, 0]
    elsewhere = [*names[:2], ("mairie", LEADING.id), names[3]]
    assert not linked(elsewhere, [line.content for line in lines(ALL)]).any()


def test_an_entry_file_knows_links_and_themes(tmp_path: Path) -> None:
    EntryFile.write(lines(ALL), tmp_path)
    found = EntryFile(tmp_path)
    assert found.linked.tolist() == [1, 1, 0, 0]
    assert found.themes == ["Papiers", "Papiers", "", ""]
    assert found.line(0) == EntryLine.of(IDENTITY)


def test_themes_are_told_with_the_one_above() -> None:
    assert theme_of(("Travail", "Congés", "Maladie")) == "Travail > Congés"
    assert theme_of(()) == ""


def test_a_theme_that_is_asked_about_more_than_its_pages_stands_higher() -> None:
    pages = {"often": 10, "seldom": 10}
    told = asked_about({"often": 300, "seldom": 100}, pages)
    assert told["often"] == pytest.approx(np.log((300 + EVEN / 2) / (400 + EVEN) / 0.5), abs=1e-3)
    assert told["often"] > 0 > told["seldom"]
    assert asked_about({}, pages) == {"often": 0.0, "seldom": 0.0}
    assert asked_about({"often": 1}, pages, less="often")["often"] == 0.0  # nothing is learned from a question about itself


def test_standing_is_in_logarithms_against_the_mean_of_the_collection() -> None:
    links, lengths = np.asarray([0, 3, 0, 0], np.int32), np.asarray([0, 99, 9, 9], np.int64)
    told = {"seldom": -0.5, "often": 0.5}
    found = page_priors(links, lengths, ["seldom", "often", "", ""], told, ["state", "state", "town", "town"])
    half = [np.log(4) / 2, np.log(100) / 2, 0.5]
    assert found[0].tolist() == pytest.approx([-half[0], -half[1], -half[2]])
    assert found[1].tolist() == pytest.approx(half)
    assert not found[2:].any()  # short pages that nothing leads to, as all of theirs are
    unknown = page_priors(links, lengths, ["seldom", "new", "", ""], {"seldom": -0.5}, ["state"] * 4)
    assert not unknown[:, 2].any()  # as the mean of those that are known


def test_without_questions_no_theme_stands_out() -> None:
    assert with_themes([], {"Papiers": 3}) == ({"Papiers": 0.0}, [])
