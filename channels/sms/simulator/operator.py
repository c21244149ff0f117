"""Defines what the exchange needs of a simulated provider."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from fastapi import APIRouter

from channels.sms.simulator.texts import Text

Accept = Callable[[str, str], Awaitable[Text]]  # phone and body of a message that we sent


@dataclass(frozen=True, slots=True)
class Call:
    """A request from the provider to us. ``path`` without query; one of ``form``, ``params`` or ``content``."""

    path: str
    method: str = "POST"
    form: Mapping[str, str] | None = None
    params: Mapping[str, str] | None = None
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def arguments(self) -> dict[str, Any]:
        """Returns the arguments for ``httpx.AsyncClient.request``."""
        arguments = {"data": self.form, "params": self.params, "content": self.content, "headers": dict(self.headers)}
        return {name: value for name, value in arguments.items() if value}


class Operator(Protocol):
    """A simulated provider. ``name`` is the channel's, and part of our webhook's address."""

    name: str

    def inbound(self, text: Text) -> Sequence[Call]:
        """Returns the calls that bring a phone's text to us: one, several (parts), or none (it is polled)."""
        ...

    def receipt(self, text: Text) -> Call | None:
        """Returns the call that reports ``text.status``; ``None`` if the provider is polled."""
        ...

    def api(self, accept: Accept) -> APIRouter:
        """Returns the part of its API that we call."""
        ...
