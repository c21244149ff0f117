"""The edit form and its entry. Fields that the form does not show (related pages, services) stay unchanged."""

import re
import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from core.entry import AnsweredQuestion, Block, Entry
from core.web.row_numbers import RowNumber
from knowledge_base.desk.editor.catalogue import folded
from knowledge_base.entries.safety import faults

_BODY: TypeAdapter[tuple[Block, ...]] = TypeAdapter(tuple[Block, ...])
_ANSWERED_BY = " → "  # between a question and the first words of the sentence that answers it
_LISTS = ("wordings", "opening", "theme", "audiences", "keywords")
# "collection/id" and the title, or the address of the entry's page at the desk.
_ENTRY = re.compile(r"(?:https?://[^/\s]+)?(?:/desk/entries/)?([\w-]+/[^/\s]+)(?:\s.*)?")
_TEXTS = ("short_answer", "description", "introduction", "easy_text", "sms_text", "source")
# field → most characters. ``EntryForm.entry`` checks this, not the fields' types, so that the page can name the field and keep
# the typed text. The size of a request is limited before.
_MOST: Mapping[str, int] = {
    **dict.fromkeys(("wordings", "opening", "questions", "short_answer", "description", "introduction", "easy_text"), 20_000),
    **{"title": 300, "sms_text": 2000, "theme": 1000, "audiences": 1000, "keywords": 2000, "source": 300, "url": 2000},
    **{"national_pages": 5000, "verified_on": 10, "body": 900_000, "reason": 500},
}


class FormError(ValueError):
    """A fault in ``field``. ``code`` is the key of a text, filled with ``values`` and the field's name (``label``)."""

    def __init__(self, field: str, code: str, **values: int | str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code
        self.values = values

    @property
    def label(self) -> str:
        """Returns the key of the field's name on the page."""
        return "sections" if self.field == "body" else self.field


class EntryForm(BaseModel):
    """The data from the page. Lists have one item per line; ``body`` is the tree of blocks (``core.entry``), as JSON."""

    model_config = ConfigDict(extra="ignore")

    started_from: RowNumber
    reason: str = ""
    title: str = ""
    wordings: str = ""
    opening: str = ""
    questions: str = ""
    short_answer: str = ""
    description: str = ""
    introduction: str = ""
    easy_text: str = ""
    sms_text: str = ""
    theme: str = ""
    audiences: str = ""
    keywords: str = ""
    national_pages: str = ""
    source: str = ""
    url: str = ""
    verified_on: str = ""
    body: str = "[]"

    def entry(self, base: Entry) -> Entry:
        """Returns ``base`` with the changes of the form. Raises ``FormError``."""
        for name, most in _MOST.items():
            if (length := len(getattr(self, name))) > most:
                raise FormError(name, "too_long", length=length, most=most)
        title = self.title.strip()
        if not title:
            raise FormError("title", "title_empty")
        if self.url and not re.match(r"https?://[^\s]+$", self.url.strip()):
            raise FormError("url", "url_wrong")
        try:
            verified = date.fromisoformat(self.verified_on) if self.verified_on else None
        except ValueError:
            raise FormError("verified_on", "date_wrong") from None
        if (body := body_of(self.body)) is None:
            raise FormError("body", "body_wrong")
        urls = {key: value for key, value in base.urls.items() if key} | ({"": self.url.strip()} if self.url.strip() else {})
        if not base.urls.get("") and self.url.strip() == base.url:
            urls = dict(base.urls)  # without a main address the form shows that of an audience
        texts = {name: _lines_as_stored(getattr(self, name)) for name in _TEXTS}
        lists = {name: _lines(getattr(self, name)) for name in _LISTS}
        changes = {"title": title, "body": _normal(body), "verified_on": verified, "urls": urls}
        named = {"questions": _questions(self.questions), "national_pages": _entries(self.national_pages)}
        return base.model_copy(update={**changes, **named, **texts, **lists})


def refuse_unsafe(entry: Entry) -> None:
    """Raises ``FormError`` for a text that an import would refuse, so that every saved entry can be exported."""
    if (fault := next(faults(entry), None)) is not None:
        raise FormError(fault.field, f"holds_{fault.kind}", excerpt=fault.excerpt)


def body_of(typed: str) -> tuple[Block, ...] | None:
    """Returns the tree of blocks that a page has sent; ``None`` if it is not one."""
    try:
        return _BODY.validate_json(typed)
    except ValidationError:
        return None


def values_of(entry: Entry) -> dict[str, Any]:
    """Returns the values of the form's fields for ``entry``."""
    return {
        "title": entry.title,
        **{name: "\n".join(getattr(entry, name)) for name in _LISTS},
        **{name: getattr(entry, name) for name in _TEXTS},
        "questions": "\n".join(f"{one.question}{_ANSWERED_BY}{one.sentence}" for one in entry.questions),
        "national_pages": "\n".join(entry.national_pages),
        "url": entry.url,
        "verified_on": entry.verified_on.isoformat() if entry.verified_on else "",
        "body": _BODY.dump_json(entry.body).decode(),
    }


def new_id(title: str) -> str:
    """Returns an id for a new entry: readable and unique."""
    slug = re.sub(r"[^a-z0-9]+", "-", folded(title)).strip("-")[:40].strip("-")
    return f"{slug or 'fiche'}-{secrets.token_hex(3)}"


def without_unknown(form: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a posted form's text fields."""
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _lines(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def _questions(text: str) -> tuple[AnsweredQuestion, ...]:
    """Returns the questions typed, one a line with the first words of its answer. Raises ``FormError``."""
    found = [[part.strip() for part in line.split(_ANSWERED_BY.strip(), 1)] for line in _lines(text)]
    if (wrong := next((pair for pair in found if len(pair) < 2 or not all(pair)), None)) is not None:
        raise FormError("questions", "question_without_answer", excerpt=wrong[0])
    return tuple(AnsweredQuestion(question=question, sentence=sentence) for question, sentence in found)


def _entries(text: str) -> tuple[str, ...]:
    """Returns the entries typed, one a line, as collection/id. Raises ``FormError``."""
    found = {line: _ENTRY.fullmatch(line) for line in _lines(text)}
    if (wrong := next((line for line, match in found.items() if match is None), None)) is not None:
        raise FormError("national_pages", "page_wrong", excerpt=wrong)
    return tuple(dict.fromkeys(match[1] for match in found.values() if match))


def _lines_as_stored(text: str) -> str:
    """Returns ``text`` with LF instead of CRLF, and without blanks at ends of lines, which would be Markdown."""
    return re.sub(r" {2,}(?=\n)", "", text.replace("\r\n", "\n").replace("\r", "\n"))


def _normal(body: tuple[Block, ...]) -> tuple[Block, ...]:
    return _BODY.validate_json(re.sub(rb" {2,}(?=\\n)", b"", _BODY.dump_json(body).replace(b"\\r\\n", b"\\n")))
