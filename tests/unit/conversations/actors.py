"""An actor that has nothing but what a test gives it."""

from __future__ import annotations

from typing import Any, cast

from conversations.worker.conversation_processor import Actor


def bare_actor(**given: Any) -> Actor:
    nothing = cast("Any", None)
    names = ("database", "nerve", "budget", "turns", "outbound", "signing", "settle", "lease")
    values = {**dict.fromkeys(names, nothing), "renderers": {}, "prefaces": {}, "limits": {}, "owner": "w"}
    return Actor(**{**values, "stopping": lambda: False, **given})
