"""The database as the source of an index."""

from collections.abc import Sequence

from cli.database import run_on_database
from core.entry import Entry
from knowledge_base.entries import store
from retrieval.index.catalogue import Listed


class DatabaseCatalogue:
    """Implements ``retrieval.index.catalogue.Catalogue`` for a command, which is not asynchronous."""

    def __init__(self, sql_url: str) -> None:
        self._sql_url = sql_url

    def listed(self) -> list[Listed]:
        return run_on_database(self._sql_url, store.listed)

    def fetch(self, wanted: Sequence[Listed]) -> list[Entry]:
        return run_on_database(self._sql_url, lambda database: store.fetch(database, wanted)) if wanted else []
