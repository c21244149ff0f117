"""A processor of conversations that has nothing but what a test gives it."""

from __future__ import annotations

from typing import Any, cast

from conversations.worker.conversation_processor import ConversationProcessor


def bare_processor(**given: Any) -> ConversationProcessor:
    nothing = cast("Any", None)
    names = ("database", "event_bus", "budget", "turns", "outbound", "signing", "leading_messages", "before_commit", "lease")
    values = {**dict.fromkeys(names, nothing), "renderers": {}, "limits": {}, "owner": "w"}
    return ConversationProcessor(**{**values, "stopping": lambda: False, **given})
