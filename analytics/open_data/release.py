"""The release: one CSV of all months, a data dictionary, and DCAT metadata.

Only sealed days are used, so that published figures never change.
"""

import asyncio
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from analytics.insights.figures import K
from analytics.open_data.cells import Cell
from analytics.open_data.tables import Month, domains, last_of, month, sealed_months
from core.database import Database
from core.settings import Settings
from core.turns import Origin
from core.yaml_text import load as load_yaml

LICENCE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence"
FILES = {
    "monthly.csv": "text/csv; charset=utf-8",
    "dictionary.csv": "text/csv; charset=utf-8",
    "catalogue.jsonld": "application/ld+json",
}
_WORDS = Path(__file__).with_name("words.yml")
_COLUMNS = ("month", *Cell._fields, "count", "status")


@dataclass
class Releases:
    """Releases of one service. Computed months are cached, since they do not change."""

    database: Database
    settings: Settings
    origin: str = Origin.CITIZEN
    _cache: dict[tuple[date, int, int], Month] = field(default_factory=dict)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def files(self) -> dict[str, bytes]:
        """Returns every file of the release by name. Includes empty months."""
        months = await self.months()
        return {
            "monthly.csv": _csv(_COLUMNS, [row for data in months for row in _rows(data)]),
            "dictionary.csv": _dictionary(),
            "catalogue.jsonld": orjson.dumps(catalogue(self.settings, months), option=orjson.OPT_INDENT_2),
        }

    async def months(self) -> list[Month]:
        """Returns the published months, oldest first. Concurrent requests wait for the same computation."""
        async with self._lock:
            return await self._months()

    async def _months(self) -> list[Month]:
        themes, languages = await domains(self.database, origin=self.origin)
        months = []
        for first in await sealed_months(self.database, origin=self.origin):
            key = (first, len(themes), len(languages))
            if key not in self._cache:
                self._cache[key] = await month(self.database, first, themes, languages, self.origin)
            months.append(self._cache[key])
        return months


async def write(releases: Releases, folder: Path) -> list[Path]:
    """Writes the release into ``folder`` (created if missing). Returns the files."""
    files = await releases.files()
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    written = []
    for name, content in files.items():
        path = folder / name
        await asyncio.to_thread(path.write_bytes, content)
        written.append(path)
    return written


def _rows(data: Month) -> list[tuple[object, ...]]:
    return [
        (f"{data.first:%Y-%m}", *cell, "" if count is None else count, "suppressed" if count is None else "published")
        for cell, count in sorted(data.figures.items())
    ]


def _csv(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return buffer.getvalue().encode()


def _words() -> dict[str, Any]:
    words: dict[str, Any] = load_yaml(_WORDS.read_text())
    return words


def _dictionary() -> bytes:
    rows = [
        (row["column"], row.get("value", ""), row["fr"].format(k=K), row["en"].format(k=K)) for row in _words()["dictionary"]
    ]
    return _csv(("column", "value", "fr", "en"), rows)


def catalogue(settings: Settings, months: Sequence[Month]) -> dict[str, Any]:
    """Returns the metadata in DCAT 3 (https://www.w3.org/TR/vocab-dcat-3/) as JSON-LD."""
    words, base = _words(), f"{settings.base_url}/open-data"

    def in_both_languages(name: str) -> list[dict[str, str]]:
        return [
            {"@language": language, "@value": words[name][language].format(k=K, service=settings.service_name)}
            for language in ("fr", "en")
        ]

    publisher = {"@type": "foaf:Organization", "foaf:name": settings.organisation}
    dataset: dict[str, Any] = {
        "@id": f"{base}/catalogue.jsonld#monthly",
        "@type": "dcat:Dataset",
        "dct:title": in_both_languages("title"),
        "dct:description": in_both_languages("description"),
        "dct:publisher": publisher,
        "dct:license": {"@id": LICENCE},
        "dct:accrualPeriodicity": {"@id": "http://publications.europa.eu/resource/authority/frequency/MONTHLY"},
        "dct:conformsTo": {"@id": f"{base}/dictionary.csv"},
        "dcat:keyword": in_both_languages("keyword"),
        "dcat:distribution": {
            "@type": "dcat:Distribution",
            "dcat:downloadURL": {"@id": f"{base}/monthly.csv"},
            "dcat:mediaType": {"@id": "https://www.iana.org/assignments/media-types/text/csv"},
            "dct:license": {"@id": LICENCE},
        },
    }
    if months:
        dataset["dct:temporal"] = {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@type": "xsd:date", "@value": months[0].first.isoformat()},
            "dcat:endDate": {"@type": "xsd:date", "@value": last_of(months[-1].first).isoformat()},
        }
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": f"{base}/catalogue.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": in_both_languages("catalogue"),
        "dct:publisher": publisher,
        "dcat:dataset": dataset,
    }
