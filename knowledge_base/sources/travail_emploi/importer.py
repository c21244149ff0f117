"""All pages of the package → entries."""

from collections.abc import Sequence
from pathlib import Path

import orjson

from core.entry import Entry
from knowledge_base.progress import Progress
from knowledge_base.sources.additions import AnsweredQuestions, Openings, Wordings
from knowledge_base.sources.service_public.convert import COLLECTION as SERVICE_PUBLIC
from knowledge_base.sources.service_public.convert import WORDINGS as OLDER_WORDINGS
from knowledge_base.sources.travail_emploi.convert import entry, entry_id
from knowledge_base.sources.travail_emploi.package import Page, read_pages

# Pairs found by `kb twins` and accepted by a reader: JSON lines, entry (service-public's) and twin (of this collection).
TWINS = Path(__file__).with_name("twins.jsonl")
OPENINGS = Openings(Path(__file__).with_name("openings.jsonl"))
QUESTIONS = AnsweredQuestions(Path(__file__).with_name("questions.jsonl"))
WORDINGS = Wordings(Path(__file__).with_name("wordings"))


def read(path: Path, progress: Progress | None = None) -> tuple[Entry, ...]:
    """Converts every page of the package at ``path``. Calls ``progress(done, total)`` after each. Raises ``InvalidSource``.

    A page that occurs twice, under an old address and its new one, becomes one entry.
    """
    pages = read_pages(path)
    pages_once, twins = _once(pages), older_pages()
    targets = {page.url: entry_id(pages_once[_content(page)].id) for page in pages}
    entries: list[Entry] = []
    for done, page in enumerate(pages_once.values(), start=1):
        new = entry(page, targets)
        older = twins.get(new.id, [])
        # The older page's wordings are also wordings of this page.
        others = [wording for name in older for wording in OLDER_WORDINGS.of(name)]
        named = {
            "twins": tuple(f"{SERVICE_PUBLIC}/{name}" for name in older),
            "wordings": tuple(dict.fromkeys([*WORDINGS.of(new.id), *others])),
            "opening": OPENINGS.of(new.id),
            "questions": QUESTIONS.of(new.id),
            "body": WORDINGS.worded(new.id, new.body),
        }
        entries.append(new.model_copy(update=named))
        if progress is not None:
            progress(done, len(pages_once))
    return tuple(entries)


def _once(pages: Sequence[Page]) -> dict[str, Page]:
    """Returns the pages by content. Of equal ones it keeps that with the shortest address, which is the present one."""
    found: dict[str, Page] = {}
    for page in pages:
        other = found.get(_content(page))
        if other is None or len(page.url) < len(other.url):
            found[_content(page)] = page
    return found


def _content(page: Page) -> str:
    return "\n".join((page.title, page.intro, *(section.html for section in page.sections)))


def older_pages() -> dict[str, list[str]]:
    """Returns, by entry id of this source, the entries of service-public with the same answer."""
    found: dict[str, list[str]] = {}
    for line in map(orjson.loads, TWINS.read_bytes().splitlines()):
        found.setdefault(line["twin"], []).append(line["entry"])
    return found
