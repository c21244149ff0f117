"""Converts the safe subset of Markdown, in which entries are written, to plain text."""

import re

_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_RULE = re.compile(r"^\s*\|?\s*:?-{3,}:?\s*(\|\s*:?-{3,}:?\s*)*\|?\s*$")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>])")


def plain(markdown: str, *, links: bool = True) -> str:
    """Returns ``markdown`` without marks. Lists keep their dashes and numbers; tables become lines with bars.

    ``links``: write addresses after their labels, in brackets; otherwise only the labels.
    """
    text = _LINK.sub(lambda found: _link(found[1], found[2]) if links else found[1], markdown)
    text = _BOLD.sub(r"\1", text)
    lines = [_row(line) for line in text.splitlines() if not _RULE.match(line)]
    text = _ESCAPE.sub(r"\1", "\n".join(lines))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _link(label: str, url: str) -> str:
    return url if label in ("", url) else f"{label} ({url})"


def _row(line: str) -> str:
    stripped = line.strip()
    if not (stripped.startswith("|") and stripped.endswith("|") and len(stripped) > 2):
        return line.rstrip()
    return " | ".join(cell for cell in (part.strip() for part in stripped.strip("|").split("|")) if cell)
