"""From questions to a run that is kept, with its report, through a service that is made up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import html

from channels.web.pages.facts import evaluation
from core.entry import Entry
from retrieval.evaluation.runs import Configuration, RunUnreadable, keep, read
from tests.unit.retrieval.samples import ENTRIES
from tests.unit.tools.evaluation.replies import FakeService, answer, choices, option, reply
from tools.evaluation.first_reply.asking import TRIES, ask_first_replies, themes_of
from tools.evaluation.first_reply.files import GradedQuestion
from tools.evaluation.first_reply.judgement import Judged
from tools.evaluation.first_reply.report import worst, write_report
from tools.evaluation.first_reply.runs import KIND, FirstReplyRun, first_reply_run, publish, replies_of

CONFIGURATION = Configuration(snapshot="s1", stage="full", model="m", revision="r", entries=3, thresholds={})
ASKED = [
    GradedQuestion("a", "passeport ?", {"F1": 3}, "F1"),
    GradedQuestion("b", "<b>vol</b> ?", {"F1": 0, "F2": 3}, "F2"),
    GradedQuestion("c", "rien ?", {}),
]
SERVICE = FakeService(
    {
        "passeport ?": reply(choices(option("F1")), outcome="choices", text="Laquelle ?"),
        "<b>vol</b> ?": reply(answer("F1"), text="<script>alert(1)</script>"),
        "rien ?": reply(outcome="no_answer", text="Je ne sais pas."),
    }
)


class FakePages:
    """Has the entries of the tests, or does not answer."""

    def __init__(self, *, answers: bool = True) -> None:
        self.answers = answers

    def entry(self, entry_id: str) -> Entry | None:
        if not self.answers:
            raise httpx.ConnectError("refused")
        return next((entry for entry in ENTRIES if entry.id == entry_id), None)


async def judged() -> list[Judged]:
    told: list[tuple[int, int]] = []
    replies = await ask_first_replies(ASKED, SERVICE, "web", {"F1": "Papiers"}, lambda *done: told.append(done))
    assert told == [(1, 3), (2, 3), (3, 3)]
    return replies


async def made() -> FirstReplyRun:
    return first_reply_run(ASKED, await judged(), CONFIGURATION)


async def test_asking_gives_judgements_in_the_order_of_questions() -> None:
    assert [(one.id, one.theme, one.why) for one in await judged()] == [
        ("a", "Papiers", "no content"),
        ("b", "", "misleading"),
        ("c", "", "no content"),
    ]


@pytest.mark.parametrize(("busy", "outcome"), [(TRIES - 1, "answered"), (TRIES, "fallback")])
async def test_a_question_that_gets_the_fallback_is_asked_again(busy: int, outcome: str) -> None:
    fallback = reply(outcome="fallback", text="Un problème technique.")
    replies = iter([fallback] * busy + [reply(answer("F1"))])

    class BusyService:
        async def turn(self, text: str, *, channel: str, language: str | None) -> dict[str, Any]:
            return next(replies)

    [one] = await ask_first_replies(ASKED[:1], BusyService(), "web", {}, lambda *done: None, pause=0)
    assert one.outcome == outcome


def test_themes_of_best_pages_are_known_where_the_service_answers() -> None:
    themes = themes_of(ASKED, FakePages())
    assert themes == {entry.id: entry.theme[0] for entry in ENTRIES if entry.id in {"F1", "F2"}}
    assert themes_of(ASKED, FakePages(answers=False)) == {}


async def test_run_that_was_kept_is_read_with_its_replies(tmp_path: Path) -> None:
    run = await made()
    keep(run, tmp_path, write_report(run))
    kept = read(tmp_path, "last")
    assert (kept.kind, kept.figures, len(kept.rows)) == (KIND, run.figures, 3)
    assert (kept.rows[1].gold, kept.rows[0].rank) == (("F2",), 1)
    assert replies_of(kept, tmp_path) == run.replies
    with pytest.raises(RunUnreadable):
        replies_of(kept.model_copy(update={"id": "other"}), tmp_path)


async def test_run_that_is_published_is_what_about_reads(tmp_path: Path) -> None:
    run = await made()
    assert evaluation(tmp_path, "first_reply") is None
    assert set(json.loads(publish(run, tmp_path).read_bytes())["figures"]) == {"in_two", "misleading"}  # there are no facts
    shown = evaluation(tmp_path, "first_reply")
    assert shown is not None
    assert (shown.questions, shown.snapshot, shown.figures["misleading"]) == (3, "s1", 0.333)


async def test_worst_replies_come_by_harm_then_in_order() -> None:
    assert [one.id for one in worst(await judged())] == ["b", "a", "c"]
    assert [one.id for one in worst(await judged(), 1)] == ["b"]


async def test_report_of_a_run_shows_replies_as_text() -> None:
    page = write_report(await made())
    assert "&lt;script&gt;alert(1)" in page
    parsed: Any = html.fromstring(page)  # the library's own types say less than is known here
    assert not parsed.xpath("//script | //link | //img | //table[not(caption)]")
    assert len(parsed.xpath("//h1")) == 1
    assert [row.text_content().split("\n")[0] for row in parsed.xpath("//tr[th[@scope='row']][td/div]/th")] == [
        "<b>vol</b> ?",
        "passeport ? (Papiers)",
        "rien ?",
    ]
