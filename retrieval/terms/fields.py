"""The fields of an entry that are searched by words."""

from core.entry import Entry, passages

FIELDS = ("title", "summary", "body")


def field_texts(entry: Entry) -> dict[str, str]:
    """Returns the entry's words by field: its names, its subject, its content."""
    parts = passages(entry)
    body = [entry.introduction, entry.easy_text]
    for passage in parts:
        body.extend((*passage.headings[-1:], *passage.cases[-1:], passage.markdown))
    return {
        "title": "\n".join((entry.title, *entry.wordings)),
        "summary": "\n".join((entry.description, *entry.theme, *entry.keywords)),
        "body": "\n".join(body),
    }
