"""What a channel is: transport-free, so that one path serves the website, every SMS provider, and what comes after.

A channel lives in one folder (``channels/web``, ``channels/sms``), an SMS provider in one file. The gateway's route makes
a ``RawRequest`` of what arrived; ``conversations.intake.inbound`` does the rest; the worker calls ``send`` for those that push.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from core.turns import ReplyBlock

SIMULATED = "simulator"  # and "simulator-…": the providers whose messages are marked, and cost nothing


def is_simulated(provider: str) -> bool:
    """Decides whether ``provider`` is one that the simulator plays."""
    return provider == SIMULATED or provider.startswith(f"{SIMULATED}-")


class InvalidSignature(Exception):
    """The request was not signed by whom it claims. Nothing of it may be kept; the answer is 403."""


class MalformedRequest(Exception):
    """Signed, but not understood (a field is missing or ill-formed). Nothing is kept; the answer is 422."""


class SendFailed(Exception):
    """A message was surely not sent. ``permanent``: trying again would not help. ``code`` is the provider's own.

    ``account``: what stands in the way is ours (credentials, credit, sender), so another provider might take it.

    Any other exception out of ``Channel.send`` (a time-out after the request went out, say) means that its fate is
    unknown: the delivery becomes ``uncertain`` and is not repeated.
    """

    def __init__(self, code: str, *, permanent: bool, account: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent
        self.account = account


@dataclass(frozen=True, slots=True)
class RawRequest:
    """An HTTP request as it came: ``path`` without query, ``query`` raw (no ``?``), ``headers`` with lower-case names."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """What a citizen sent, before masking.

    ``external_id`` (at most 64 characters) is the provider's id of the message: the same id again is the same message.
    ``sender`` and ``recipient`` are addresses of the channel (E.164 by SMS). ``text`` may be blank.
    """

    external_id: str
    sender: str
    text: str
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class InboundPart:
    """One part of a long message whose provider sends parts apart, in any order: ``part`` from 1 to ``total``.

    ``reference`` tells the messages of one sender apart; senders' telephones count it from 0 to 255, or to 65,535.
    """

    message: InboundMessage
    reference: str
    part: int
    total: int


DeliveryStatus = Literal["sending", "sent", "delivered", "failed", "expired"]


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """What a provider reports of a message that we sent. ``error`` is its code, at most 64 characters."""

    provider_message_id: str
    status: DeliveryStatus
    error: str = ""


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """One part of a reply, rendered for the channel. ``id`` is ours and stays the same if it is tried again."""

    id: str
    recipient: str
    text: str


@dataclass(frozen=True, slots=True)
class SendReceipt:
    """What a provider said when it took a message."""

    provider_message_id: str
    status: Literal["sending", "sent", "delivered"] = "sent"
    segments: int = 0


Parsed = InboundMessage | InboundPart | DeliveryReceipt


class Channel(Protocol):
    """A way to reach citizens. ``name`` is the provider's (``twilio``), unique among all channels."""

    name: str

    def verify(self, request: RawRequest) -> None:
        """Raise ``InvalidSignature`` unless the request is genuine: constant time, closed when in doubt."""
        ...

    def parse(self, request: RawRequest) -> Parsed:
        """Read a verified request. Raises ``MalformedRequest``."""
        ...

    async def send(self, reply: OutboundMessage) -> SendReceipt:
        """Hand one message to the provider. Raises ``SendFailed`` where it surely did not go out."""
        ...


@runtime_checkable
class Polled(Protocol):
    """A channel whose provider calls nobody: it is asked for what has come."""

    async def poll(self, pending: Sequence[str]) -> Sequence[InboundMessage | DeliveryReceipt]:
        """Returns what has come and was not ``done`` with yet, and the states of the ``pending`` messages (provider's ids).

        May give the same thing again. Raises ``httpx.HTTPError`` and ``SendFailed``.
        """
        ...

    async def done(self, taken: Sequence[InboundMessage | DeliveryReceipt]) -> None:
        """``taken`` is committed: the provider need not keep it."""
        ...


@dataclass(frozen=True, slots=True)
class Rendered:
    """A reply as text for a channel with numbers instead of buttons.

    ``offered`` holds the payloads of the numbered choices that ``text`` really shows: number 1 first. ``segments`` is
    what the text costs by SMS (0 elsewhere); ``rest`` what did not fit, which SUITE asks for.
    """

    text: str
    offered: tuple[str, ...] = ()
    segments: int = 0
    rest: tuple[ReplyBlock, ...] = ()


class Renderer(Protocol):
    """Blocks → text. Pure; ``channels.rendering.text`` and ``channels.sms.rendering`` each have one."""

    def __call__(self, blocks: Sequence[ReplyBlock], *, language: str) -> Rendered: ...
