"""FAQPage structured data (schema.org) of published entries, for the administration's own site."""

from collections.abc import Iterable
from typing import Any

from markdown_it import MarkdownIt

from core.entry import Entry, passages

_PARSER = MarkdownIt("commonmark").enable("table")


def faq_page(entries: Iterable[Entry]) -> dict[str, Any]:
    """Returns one ``FAQPage``: a question for each entry, with its short answer, else the whole entry, as HTML."""
    return {"@context": "https://schema.org", "@type": "FAQPage", "mainEntity": [_question(entry) for entry in entries]}


def _question(entry: Entry) -> dict[str, Any]:
    question: dict[str, Any] = {
        "@type": "Question",
        "name": entry.title,
        "inLanguage": entry.locale,
        "acceptedAnswer": {"@type": "Answer", "text": _PARSER.render(entry.short_answer or _whole(entry)).strip()},
    }
    if entry.url:
        question["acceptedAnswer"]["url"] = entry.url
    if entry.wordings:
        question["alternateName"] = list(entry.wordings)
    return question


def _whole(entry: Entry) -> str:
    parts: list[str] = []
    before: tuple[str, ...] = ()
    for passage in passages(entry):
        path = (*passage.headings, *passage.cases)
        fresh = path[
            next((n for n, (a, b) in enumerate(zip(before, path, strict=False)) if a != b), min(len(before), len(path))) :
        ]
        parts += [f"**{name}**" for name in fresh]
        parts.append(passage.markdown)
        before = path
    return "\n\n".join(parts)
