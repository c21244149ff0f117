"""Which errors of the channels are which problem (``core.problems``)."""

from __future__ import annotations

from collections.abc import Callable

from channels.contracts import InvalidSignature, MalformedRequest
from channels.inbound import UnknownConversation
from core.problems import Problem

KNOWN: dict[type[Exception], Callable[[Exception], Problem]] = {
    InvalidSignature: lambda _: Problem(403, "gateway_bad_request"),
    MalformedRequest: lambda _: Problem(422),
    UnknownConversation: lambda _: Problem(401),
}
