"""Searches for one turn; each text is searched only once."""

from actions.metrics import count_search
from core.entry import Entry
from retrieval.contracts import Hit, RetrievalResult, Retriever


class TurnSearch:
    """Searches ``collection`` (``None``: all) for one turn.

    ``language`` is that of the text searched last, and of the text around the answer.
    """

    def __init__(self, retriever: Retriever, collection: str | None, language: str) -> None:
        self.language = language
        self._retriever, self._collection = retriever, collection
        self._results: dict[tuple[str, str, int], RetrievalResult] = {}

    def pages(self, text: str, limit: int) -> RetrievalResult:
        """Returns what the index finds for ``text``."""
        asked = (text, self.language, limit)
        result = self._results.get(asked)
        if result is None:
            result = self._retriever.search(text, locale=self.language, collection=self._collection, limit=limit)
            self._results[asked] = result
            count_search(result)
        self.language = result.language
        return result

    def glimpse(self, text: str, limit: int) -> RetrievalResult:
        """Returns the result for ``text`` without changing the language of the reply."""
        language = self.language
        result = self.pages(text, limit)
        self.language = language
        return result

    def pages_behind_title(self, entry: Entry, text: str, limit: int) -> RetrievalResult:
        """Returns the result for ``text`` after the title of ``entry``. The title does not change the language of the reply."""
        return self.glimpse(f"{entry.title} {text}", limit)

    def entry(self, entry_id: str) -> Entry | None:
        """Returns the entry ``entry_id``; ``None`` for an empty id, or if it is no longer in the snapshot."""
        return self._retriever.entry(entry_id, self._collection) if entry_id else None

    def entry_of(self, hit: Hit) -> Entry | None:
        """Returns the entry of ``hit``; ``None`` if another snapshot became active in the meantime."""
        return self._retriever.entry(hit.entry_id, hit.collection)
