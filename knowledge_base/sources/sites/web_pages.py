"""Questions and answers in a web page: FAQPage as JSON-LD or microdata, ``<details>``, else the texts under its headings."""

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import orjson
from lxml import html as lxml_html

from core.entry import Entry
from knowledge_base.entries import markdown
from knowledge_base.sources.faq import faq_entry
from knowledge_base.sources.sheets.entries import plain
from knowledge_base.sources.sites.safe_fetch import FetchRefused

_DEEP = 20  # levels of JSON-LD
_FRAME = ("script", "style", "nav", "header", "footer", "aside", "form", "iframe", "noscript", "template", "svg", "object")
_HEADINGS = ("h2", "h3")
_SPACE = re.compile(r"\s+")


def entries_of(content: bytes, url: str, collection: str) -> list[Entry]:
    """Returns the entries of the page at ``url``, if it has questions and answers. Raises ``FetchRefused`` without HTML."""
    try:
        root: Any = lxml_html.document_fromstring(content)
    except (lxml_html.etree.ParserError, lxml_html.etree.XMLSyntaxError, ValueError) as error:
        raise FetchRefused("ce n'est pas une page HTML", "this is no HTML page") from error
    language = (root.get("lang") or "fr")[:2].lower()
    site = _text(root.findtext(".//title") or "")
    for found in (_json_ld, _microdata, _details, _headed):
        pairs = [(question, answer) for question, answer in found(root) if question and answer]
        if pairs:
            return _entries(pairs, url, collection, language, site)
    return []


def _entries(pairs: list[tuple[str, str]], url: str, collection: str, language: str, site: str) -> list[Entry]:
    made: dict[str, Entry] = {}
    for question, answer in pairs:
        page = sha256(f"{url}\n{question.casefold()}".encode()).hexdigest()[:16]
        entry = faq_entry({"id": page, "title": question, "text": answer, "url": url, "source": site}, collection, site)
        if isinstance(entry, Entry):
            made[page] = entry.model_copy(update={"locale": language})
    return list(made.values())


def _json_ld(root: Any) -> Iterator[tuple[str, str]]:
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or ""):
            try:
                data = orjson.loads((script.text or "").strip())
            except orjson.JSONDecodeError:
                continue
            yield from _questions(data, _DEEP)


def _questions(data: Any, depth: int) -> Iterator[tuple[str, str]]:
    if depth == 0:
        return
    if isinstance(data, list):
        for one in data:
            yield from _questions(one, depth - 1)
    elif isinstance(data, dict):
        kinds = data.get("@type")
        answer = data.get("acceptedAnswer")
        answer = answer[0] if isinstance(answer, list) and answer else answer
        if "Question" in (kinds if isinstance(kinds, list) else [kinds]) and isinstance(answer, dict):
            yield _text(plain(str(data.get("name", "")))), plain(str(answer.get("text", "")))
            return
        for value in data.values():
            yield from _questions(value, depth - 1)


def _microdata(root: Any) -> Iterator[tuple[str, str]]:
    for question in root.xpath("//*[contains(@itemtype, 'schema.org/Question')]"):
        names = question.xpath(".//*[@itemprop='name']")
        answers = question.xpath(".//*[contains(@itemtype, 'schema.org/Answer')]//*[@itemprop='text']")
        if names and answers:
            yield _text(names[0].text_content()), _inner(answers[0])


def _details(root: Any) -> Iterator[tuple[str, str]]:
    for box in root.iter("details"):
        summary = box.find("summary")
        if summary is not None:
            question = _text(summary.text_content())
            summary.drop_tree()
            yield question, _inner(box)


def _headed(root: Any) -> Iterator[tuple[str, str]]:
    """Yields the text under each heading up to the next one of its rank, or the page under its title."""
    body = next(iter(root.xpath("//main") or root.xpath("//article") or root.xpath("//body")), root)
    for element in list(body.iter(*_FRAME)):
        if element.getparent() is not None:
            element.drop_tree()
    for rank in _HEADINGS:
        headings = [one for one in body.iter(rank) if _text(one.text_content())]
        if headings:
            yield from ((_text(one.text_content()), _until_next(one)) for one in headings)
            return
    title = next((_text(one.text_content()) for one in root.iter("h1")), _text(root.findtext(".//title") or ""))
    for one in list(body.iter("h1")):
        one.drop_tree()
    yield title, _inner(body)


def _until_next(heading: Any) -> str:
    parts: list[str] = []
    for sibling in heading.itersiblings():
        if not isinstance(sibling.tag, str):
            continue
        if sibling.tag in ("h1", "h2", heading.tag):
            break
        parts.append(_html(sibling))
    return plain("".join(parts))


def _inner(element: Any) -> str:
    return plain((element.text or "") + "".join(_html(child) for child in element if isinstance(child.tag, str)))


def _html(element: Any) -> str:
    return str(lxml_html.tostring(element, encoding="unicode"))


def _text(text: str) -> str:
    return markdown.tidy(_SPACE.sub(" ", text))[:500]
