"""The open data release: files, addresses, and nothing small in them."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import httpx

from analytics.insights.job import CountingRules, refresh
from analytics.open_data.release import FILES, Releases, write
from channels.gateway.composition import build
from cli.gateway import create
from core.database import Database
from core.turns import Origin
from tests.integration.channels_support import settings_for
from tools.bench.traffic import Year, load
from tools.bench.traffic.shape import ZONE

YEAR = Year(messages=3000, last=date(2026, 11, 3), days=36)


async def test_a_release_holds_no_small_figure_and_says_what_it_is(
    database: Database, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    await asyncio.to_thread(load, database_url, YEAR)
    await refresh(database, CountingRules(ZONE, origin=Origin.BENCH), moment=datetime(2026, 11, 10, tzinfo=UTC))
    settings = settings_for(database_url, redis_url, tmp_path)
    files = {path.name: path for path in await write(Releases(database, settings, Origin.BENCH), tmp_path / "release")}
    assert set(files) == set(FILES)
    rows = list(csv.DictReader(io.StringIO(files["monthly.csv"].read_text())))
    assert {row["month"] for row in rows} == {"2026-10"}
    published = [row for row in rows if row["status"] == "published"]
    assert min(int(row["count"]) for row in published) >= 10
    assert {row["count"] for row in rows if row["status"] == "suppressed"} == {""}
    dictionary = list(csv.DictReader(io.StringIO(files["dictionary.csv"].read_text())))
    assert {row["column"] for row in dictionary} == set(rows[0])
    assert all(row["fr"] and row["en"] and "{" not in row["fr"] for row in dictionary)
    catalogue = json.loads(files["catalogue.jsonld"].read_bytes())
    dataset = catalogue["dcat:dataset"]
    assert dataset["dcat:distribution"]["dcat:downloadURL"]["@id"] == f"{settings.base_url}/open-data/monthly.csv"
    assert dataset["dct:temporal"]["dcat:endDate"]["@value"] == "2026-10-31"
    deps = build(settings)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create(settings, deps)), base_url=settings.base_url) as anybody:
        for name, media_type in FILES.items():
            answer = await anybody.get(f"/open-data/{name}")
            assert answer.status_code == 200
            assert answer.headers["content-type"] == media_type
        assert (await anybody.get("/open-data/guichet.db")).status_code == 404
        # Only citizens count at the public address: the bench's months are not there.
        assert len((await anybody.get("/open-data/monthly.csv")).text.splitlines()) == 1
    await deps.close()
