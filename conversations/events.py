"""A reply as a client receives it: events, socket, history."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from conversations.ports import Renderer
from core.database.models import Reply
from core.turns import Outcome, ReplyBlock

BLOCKS: TypeAdapter[tuple[ReplyBlock, ...]] = TypeAdapter(tuple[ReplyBlock, ...])


class ReplyEvent(BaseModel):
    """One reply. ``seq`` grows within a conversation: ask for replies ``after`` the last one seen.

    ``in_reply_to`` is the client's own message id, or ``None`` if the service or a human wrote unasked. ``ms`` runs from the
    message's arrival to the reply's commit. ``language`` is the conversation's present one. ``message`` is our id of that
    message; clients do not receive it.
    """

    model_config = ConfigDict(frozen=True)

    type: Literal["reply"] = "reply"
    seq: int
    id: str
    in_reply_to: str | None
    outcome: Outcome
    blocks: tuple[ReplyBlock, ...]
    text: str
    language: str
    entry: str
    entry_version: int
    snapshot: str
    confidence: float | None
    ms: int
    at: datetime
    message: str = Field("", exclude=True)


class QueueEvent(BaseModel):
    """News about waiting. ``place`` and ``minutes``: of a citizen who waits for a human. ``text`` says this in a sentence, or
    says of any message that its answer takes longer than usual. Without ``text``: no news (any more).
    """

    model_config = ConfigDict(frozen=True)

    type: Literal["queue"] = "queue"
    place: int | None = None
    minutes: int | None = None
    text: str = ""


def reply_event(reply: Reply, external_id: str | None, *, render: Renderer, language: str) -> ReplyEvent:
    """Returns ``reply`` as its readers see it. ``external_id`` is the client's id of the message that it answers."""
    blocks = read_blocks(reply)
    return ReplyEvent(
        seq=reply.seq,
        id=reply.id,
        in_reply_to=external_id,
        outcome=Outcome(reply.outcome),
        blocks=blocks,
        text=render(blocks, language=language).text,
        language=language,
        entry=reply.entry,
        entry_version=reply.entry_version,
        snapshot=reply.snapshot,
        confidence=reply.confidence,
        ms=reply.milliseconds,
        at=reply.created_at,
        message=reply.in_reply_to or "",
    )


def read_blocks(reply: Reply) -> tuple[ReplyBlock, ...]:
    """Returns the blocks of ``reply``, read from the record's JSON."""
    return BLOCKS.validate_python(reply.blocks)


def dump_blocks(blocks: tuple[ReplyBlock, ...]) -> list[Any]:
    """Returns the blocks as the JSON that the record keeps."""
    return [block.model_dump(mode="json") for block in blocks]
