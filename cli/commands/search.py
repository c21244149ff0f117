"""``./guichet search``: the search results for one query."""

from typing import Annotated

import httpx
import typer

from cli.engine import open_engine
from cli.language import pick
from cli.options import Json
from core.action_server import blocking_action_server
from core.settings import Settings
from retrieval.contracts import RetrievalResult


def search(
    query: Annotated[str, typer.Argument(help="A question, in any words.")],
    collection: Annotated[str, typer.Option(help="Search this collection only.")] = "",
    audience: Annotated[str, typer.Option(help="Search pages for this audience only.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many at most.")] = 5,
    lang: Annotated[str, typer.Option(help="The asker's language.")] = "fr",
    as_json: Json = False,
) -> None:
    """Find entries, through the running service if there is one, else with the index on this machine."""
    settings = Settings()
    collection = collection or settings.collection
    result = _through_service(settings, query, collection, audience, limit, lang) or open_engine(settings).search(
        query, locale=lang, collection=collection or None, audience=audience or None, limit=limit
    )
    if as_json:
        print(result.model_dump_json())
        return
    print(f"{result.decision} ({result.confidence:.2f}) — {result.snapshot} — {result.timings_ms.get('total', 0):.0f} ms")
    for hit in (*result.hits, *result.rejected):
        passage = pick("passage", "passage")
        print(f"  {hit.score:7.3f}  {hit.entry_id:<12} {hit.title}  [{passage} {hit.passage}]")


def _through_service(
    settings: Settings, query: str, collection: str, audience: str, limit: int, lang: str
) -> RetrievalResult | None:
    """Returns the result of the running action server; ``None`` if it does not answer."""
    body = {"query": query, "locale": lang, "collection": collection or None, "audience": audience or None, "limit": limit}
    try:
        with blocking_action_server(settings, seconds=10) as client:
            answer = client.post("/search", json=body)
        answer.raise_for_status()
        return RetrievalResult.model_validate_json(answer.content)
    except (httpx.HTTPError, ValueError):
        return None
