"""The links that do not work, in a file of the state folder: the publisher writes it from the database, answers say so."""

import os
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import orjson

FILE = "broken_links.json"
MARK = {"fr": "lien indisponible", "en": "link not working"}
# A link of our Markdown: its label, its address.
LINK = re.compile(r"\[([^\[\]]*)\]\((https?://[^\s()]+(?:\([^\s()]*\)[^\s()]*)*)\)")


def write(file: Path, urls: Iterable[str]) -> bool:
    """Makes ``file`` hold ``urls``, in one step. Returns false if it did already."""
    content = orjson.dumps(sorted(urls))
    if file.is_file() and file.read_bytes() == content:
        return False
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    aside.write_bytes(content)
    aside.replace(file)
    return True


def read(file: Path) -> frozenset[str]:
    """Returns the links in ``file``; none without it. It is read again only when it has changed."""
    try:
        state = file.stat()
    except OSError:
        return frozenset()
    return _read(file, state.st_mtime_ns, state.st_ino)


@lru_cache(maxsize=4)
def _read(file: Path, _modified: int, _inode: int) -> frozenset[str]:
    return frozenset(orjson.loads(file.read_bytes()))


def marked(label: str, locale: str) -> str:
    """Returns the label of a link that does not work."""
    return f"{label} ({MARK.get(locale, MARK['en'])})"


def with_marks(markdown: str, broken: frozenset[str], locale: str) -> str:
    """Returns ``markdown`` with each link of ``broken`` replaced by its marked label."""
    if not broken:
        return markdown
    return LINK.sub(lambda link: marked(link[1], locale) if link[2] in broken else link[0], markdown)
