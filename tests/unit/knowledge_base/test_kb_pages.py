"""Questions and answers in web pages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.entry import Entry, TextBlock
from knowledge_base.entries.safety import unsafe
from knowledge_base.sources.sites.safe_fetch import FetchRefused
from knowledge_base.sources.sites.web_pages import entries_of

URL = "https://ville.example/faq"
ANSWER = "<p>À la <b>déchetterie</b>.</p><ul><li>le lundi</li><li>le mardi</li></ul><script>vol()</script>"
TEXT = "À la déchetterie.\n\n- le lundi\n- le mardi"


def read(body: str, head: str = "") -> list[Entry]:
    page = f"<html lang='fr'><head><meta charset='utf-8'><title>Ville</title>{head}</head><body>{body}</body></html>"
    return entries_of(page.encode(), URL, "ville")


def json_ld(data: object) -> str:
    text = json.dumps(data).replace("</", "<\\/")  # as sites write it: a closing tag would end the script
    return f'<script type="application/ld+json">{text}</script>'


QUESTION: dict[str, Any] = {
    "@type": "Question",
    "name": "Où jeter l'huile ?",
    "acceptedAnswer": {"@type": "Answer", "text": ANSWER},
}
ANSWERS = [QUESTION["acceptedAnswer"]]


@pytest.mark.parametrize(
    "page",
    [
        json_ld({"@context": "https://schema.org", "@type": "FAQPage", "mainEntity": [QUESTION]}),
        json_ld({"@graph": [{"@type": ["FAQPage"], "mainEntity": {**QUESTION, "acceptedAnswer": ANSWERS}}]}),
        "<div itemscope itemtype='https://schema.org/Question'><h3 itemprop='name'>Où jeter l'huile ?</h3>"
        f"<div itemscope itemtype='https://schema.org/Answer'><div itemprop='text'>{ANSWER}</div></div></div>",
        f"<details><summary>Où jeter <i>l'huile</i> ?</summary>{ANSWER}</details>",
        f"<nav><h2>Menu</h2></nav><main><h1>FAQ</h1><h2>Où jeter l'huile ?</h2>{ANSWER}</main>",
        f"<main><h1>Où jeter l'huile ?</h1>{ANSWER}</main>",
    ],
)  # fmt: skip
def test_each_way_of_asking(page: str) -> None:
    [found] = read(page)
    assert (found.title, found.body, found.url, found.source) == (
        "Où jeter l'huile ?",
        (TextBlock(markdown=TEXT),),
        URL,
        "Ville",
    )
    assert unsafe(found) is None


def test_the_first_way_that_answers_is_taken_and_a_question_counts_once() -> None:
    twice = json_ld([QUESTION, QUESTION])
    assert len(read(f"{twice}<details><summary>Autre ?</summary>Non.</details>")) == 1


def test_nothing_asked_nothing_read() -> None:
    assert read("<main></main>") == []
    assert read(json_ld({"@type": "FAQPage"}) + "<script type='application/ld+json'>{cassé</script>") == []


def test_what_is_no_page_is_said_to_be_none() -> None:
    with pytest.raises(FetchRefused, match="HTML"):
        entries_of(b"", URL, "ville")


def test_nested_data_without_end_does_no_harm() -> None:
    deep: object = QUESTION
    for _ in range(200):
        deep = {"mainEntity": [deep]}
    assert read(json_ld(deep)) == []
