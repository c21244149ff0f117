"""A bench's figures in their three forms, and the plain BM25 that search is compared with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.bench.alternatives import PlainBm25
from tools.bench.processor import per_turn_ms
from tools.bench.report import flat, html, markdown, met, write

_REPORT = {"machine": "<b>", "turn.web.p50_ms": 72.5, "rss_mb": 2500, "turn.web.cpu_ms": {"rasa": 20.0, "worker": 12.0}}


def test_nested_figures_have_dotted_names() -> None:
    assert flat(_REPORT)["turn.web.cpu_ms.rasa"] == 20.0


@pytest.mark.parametrize(
    ("name", "value", "good"),
    [
        ("turn.web.p50_ms", 72.5, False),
        ("turn.web.p50_ms", 60, True),
        ("turns_per_second", 41, True),
        ("turns_per_second", 15.4, False),
        ("machine", "x86", None),
        ("search.p50_ms", 3.0, None),
    ],
)
def test_what_is_wanted_is_compared_the_right_way_round(name: str, value: object, good: bool | None) -> None:
    assert met(name, value) is good


def test_the_page_needs_nothing_else_and_quotes_what_is_not_ours(tmp_path: Path) -> None:
    page = html("bench", _REPORT)
    assert "http" not in page
    assert "&lt;b&gt;" in page
    assert "72.5 ms" in page
    assert 'class="n no"' in page
    assert "| turn.web.p50_ms | 72.5 | ≤ 60 |" in markdown(_REPORT)
    write(tmp_path, "one", "bench", _REPORT)
    assert sorted(file.suffix for file in tmp_path.iterdir()) == [".html", ".json", ".md"]
    assert json.loads((tmp_path / "one.json").read_text()) == _REPORT


def test_plain_bm25_prefers_rare_words_and_short_pages() -> None:
    pages = {"a": "carte d'identité perdue", "b": "carte grise " + "vente " * 30, "c": "passeport perdu à l'étranger"}
    search = PlainBm25(list(pages), list(pages.values()))
    assert search("ma carte d'identite est perdue")[0] == "a"
    assert search("carte")[:2] == ["a", "b"]
    assert search("passeport")[0] == "c"


def test_processor_time_is_shared_out_over_turns() -> None:
    assert per_turn_ms({"rasa": 1.0, "gone": 2.0}, {"rasa": 2.0}, 50) == {"rasa": 20.0}


def test_search_has_to_be_better_than_what_would_be_taken_instead() -> None:
    assert met("alternatives.r1_to_best", 1.15) is met("alternatives.r1_to_response_selector", 1.5) is True
    assert met("alternatives.r1_to_best", 1.14) is met("alternatives.r1_to_response_selector", 1.49) is False
