"""FAQ files in JSON lines (``{"id", "title", "theme", "audience", "keywords", "text"}``), of any administration → entries."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from core.entry import Entry, TextBlock
from knowledge_base.entries import markdown
from knowledge_base.errors import InvalidSource, Reason, all_of, sentence

_MAX_LINE = 1024 * 1024
# field → its name for people, and its name in files
_CALLED = {
    "id": Reason("l'identifiant (id)", "the id"),
    "title": Reason("le titre (title)", "the title"),
    "text": Reason("le texte de la réponse (text)", "the text of the answer (text)"),
}
_NUMBERED = re.compile(r"^\d+[.)]\s+(?=\S)")
_NO_ADDRESS = re.compile(r"[/\\?#%\x00-\x1f\x7f]+|^\.+$")
_BULLET = re.compile(r"^[-*•–]\s+(?=\S)")


@dataclass(frozen=True)
class Faq:
    """The entries of a file. ``rejected`` gives the reason for each line left out."""

    entries: tuple[Entry, ...]
    rejected: tuple[Reason, ...]


def read_faq(path: Path, collection: str, source: str = "") -> Faq:
    """Returns the entries of a file. ``source`` is the source of lines that name none.

    Incomplete lines are left out and reported. Raises ``InvalidSource`` if the file has another format, or a line is not JSON
    (for example, because the file was truncated).
    """
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise InvalidSource(*sentence("unreadable", path=path, reason=error.strerror)) from error
    entries: dict[str, Entry] = {}
    rejected: list[Reason] = []
    for number, raw in enumerate(lines, start=1):
        if not raw.strip():
            continue
        line = _parsed(raw, number, path)
        entry = faq_entry(line, collection, source)
        if isinstance(entry, Reason):
            rejected.append(entry.of_line(number))
        elif entry.id in entries:
            twice = Reason(f"l'identifiant {entry.id} figure déjà plus haut", f"the id {entry.id} stands further up already")
            rejected.append(twice.of_line(number))
        else:
            entries[entry.id] = entry
    if len(rejected) > len(entries):
        why = all_of(rejected[:3])
        raise InvalidSource(*sentence("no_faq", why=why, path=path, rejected=len(rejected), entries=len(entries)))
    return Faq(tuple(entries.values()), tuple(rejected))


def _parsed(raw: bytes, number: int, path: Path) -> Mapping[str, Any]:
    try:
        line = orjson.loads(raw) if len(raw) <= _MAX_LINE else None
    except orjson.JSONDecodeError:
        line = None
    if not isinstance(line, dict):
        raise InvalidSource(*sentence("not_json_line", path=path, number=number))
    return line


def faq_entry(line: Mapping[str, Any], collection: str, source: str) -> Entry | Reason:
    """Returns the entry of a line (with the file's field names), or why there is none."""
    page, title, text = (_field(line, name) for name in ("id", "title", "text"))
    page = _NO_ADDRESS.sub("-", page)  # "2024/15" cannot be part of an address at the desk
    lacking = [name for name, value in (("id", page), ("title", title), ("text", text)) if not value]
    if lacking:
        names = called(lacking)
        return Reason(f"il manque {names}", f"{names.en} missing")
    if len(page) > 64:
        return Reason("l'identifiant a plus de 64 caractères", "the id has more than 64 characters")
    url = markdown.url(_field(line, "url"))
    return Entry(
        id=page,
        collection=collection,
        title=markdown.tidy(title),
        body=(TextBlock(markdown=_body(text.splitlines())),),
        theme=tuple(filter(None, [markdown.tidy(_field(line, "theme"))])),
        audiences=tuple(name.lower() for name in _listed(line, "audience")),
        keywords=_listed(line, "keywords"),
        source=markdown.tidy(_field(line, "source")) or source,
        urls={"": url} if url else {},
    )


def called(fields: Iterable[str]) -> Reason:
    """Returns the names of ``fields`` for people, in one line."""
    names = [_CALLED.get(field, Reason(field, field)) for field in fields]
    return Reason(", ".join(names), ", ".join(name.en for name in names))


def _body(lines: Iterable[str]) -> str:
    """Returns one paragraph per line; lines that begin with a dash or a number are lists."""
    text = ""
    last = ""
    for line in map(str.strip, lines):
        if not line:
            continue
        if (found := _BULLET.match(line)) is not None:
            kind, content = "-", f"- {markdown.paragraph(line[found.end() :])}"
        elif (found := _NUMBERED.match(line)) is not None:
            kind, content = "1", f"{found[0].strip().rstrip(').')}. {markdown.paragraph(line[found.end() :])}"
        else:
            kind, content = "", markdown.paragraph(line)
        text += ("\n" if kind and kind == last else "\n\n") + content
        last = kind
    return text.strip()


def _field(line: Mapping[str, Any], name: str) -> str:
    value = line.get(name)
    return markdown.readable(str(value)).strip() if isinstance(value, str | int) else ""


def _listed(line: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = line.get(name)
    parts = [str(part) for part in value] if isinstance(value, list) else _field(line, name).split(",")
    return tuple(dict.fromkeys(part for part in map(markdown.tidy, map(markdown.readable, parts)) if part))
