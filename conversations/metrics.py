"""Metrics of a worker process: turns, how long they took from receipt to commit, and what the engine took of that."""

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2, 4, 8, 15, 30)

TURNS = Counter("guichet_turns", "Turns committed. origin: citizen, or a tool of ours.", ("channel", "outcome", "origin"))
TURN_SECONDS = Histogram(
    "guichet_turn_seconds", "From a message's receipt to its reply's commit.", ("channel", "origin"), buckets=_SECONDS
)
ENGINE_SECONDS = Histogram(
    "guichet_engine_seconds", "One turn inside the dialogue engine, as the worker waits for it.", buckets=_SECONDS
)
ENGINE_FAILURES = Counter("guichet_engine_failures", "Turns that the engine did not give, by reason.", ("reason",))
LEASES_LOST = Counter("guichet_leases_lost", "Conversations that another worker took over in the middle of a turn.")
IN_HAND = Gauge("guichet_conversations_in_hand", "Conversations that this worker handles now.")
LOOP_FAILURES = Counter("guichet_worker_loop_failures", "Runs of a periodic loop that raised.", ("loop",))
CONFIDENCE = Histogram(
    "guichet_confidence", "Confidence of the first page, of citizens' turns that searched.", ("channel",),
    buckets=(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
)  # fmt: skip
SENT = Counter("guichet_sms_handed_over", "SMS given to a provider, by what it said at once.", ("provider", "result"))
