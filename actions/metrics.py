"""Metrics of the action server: custom actions by name, searches by part and decision."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate
from time import perf_counter, time_ns

from prometheus_client import Counter, Gauge, Histogram

from core.telemetry import tracing
from retrieval.contracts import RetrievalResult

_SECONDS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 2, 5)

ACTIONS = Counter("guichet_actions", "Custom actions run, by how they ended.", ("action", "result"))
GIVEN_UP = Counter("guichet_actions_given_up", "Custom actions not run: whoever asked had given up before their turn came.")
ACTION_SECONDS = Histogram("guichet_action_seconds", "One custom action.", ("action",), buckets=_SECONDS)
INTENTS_OVERRULED = Counter("guichet_intents_overruled", "Messages taken for a question after all, by intent.", ("intent",))
SEARCHES = Counter("guichet_searches", "Searches, by what was decided.", ("decision", "language"))
SEARCH_SECONDS = Histogram(
    "guichet_search_seconds", "Parts of a search; total: all of it; waited: for one begun ahead.", ("part",), buckets=_SECONDS
)
SNAPSHOT_REFUSED = Gauge(
    "guichet_snapshot_refused", "1 while the active snapshot cannot be used: the last good one is, if there is one."
)


@contextmanager
def counted(action: str) -> Iterator[None]:
    """Counts one run of ``action``, which must be a name known to the executor: the set of labels is closed."""
    started, result = perf_counter(), "failed"
    try:
        with tracing.span("action", kind="server", action=action):
            yield
        result = "ok"
    finally:
        ACTIONS.labels(action, result).inc()
        ACTION_SECONDS.labels(action).observe(perf_counter() - started)


def count_search(found: RetrievalResult) -> None:
    """Counts a finished search with its parts. For a prefetched search, the trace shows the time spent waiting for it."""
    ended = time_ns()
    waited = found.timings_ms.get("waited")
    shown = found.timings_ms if waited is None else {"total": waited}
    took = {part: int(milliseconds * 1e6) for part, milliseconds in shown.items()}
    began = ended - took.pop("total", sum(took.values()))
    ends = [began + after for after in accumulate(took.values())]
    parts = [(part, end - took[part], end) for part, end in zip(took, ends, strict=True)]
    tracing.record_span("search", began, ended, parts=parts, decision=found.decision, language=found.language)
    SEARCHES.labels(found.decision, found.language).inc()
    for part, milliseconds in found.timings_ms.items():
        SEARCH_SECONDS.labels(part).observe(milliseconds / 1000)
