"""The contract of a channel, free of transport: one path serves the website, every SMS provider, and later channels.

A channel lives in one folder (``channels/web``, ``channels/sms``), an SMS provider in one file. The gateway's route makes a
``RawRequest`` of a request; ``conversations.intake.inbound`` takes it in; the worker calls ``send`` of channels that push.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from core.turns import ReplyBlock

SIMULATED = "simulator"  # and "simulator-…": providers whose messages are marked and cost nothing


def is_simulated(provider: str) -> bool:
    """Decides whether the simulator plays ``provider``."""
    return provider == SIMULATED or provider.startswith(f"{SIMULATED}-")


class InvalidSignature(Exception):
    """The request was not signed by its alleged sender. Nothing of it may be kept; the answer is 403."""


class MalformedRequest(Exception):
    """The request is signed, but malformed (a field is missing or invalid). Nothing is kept; the answer is 422."""


class SendFailed(Exception):
    """A message was surely not sent. ``permanent``: another attempt would not help. ``code`` is the provider's own.

    ``account``: the cause lies with our account (credentials, credit, sender), so another provider might accept the message.

    Any other exception from ``Channel.send`` (for example a time-out after the request was sent) means that the outcome is
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
    """One part of a long message whose provider sends parts separately, in any order: ``part`` from 1 to ``total``.

    ``reference`` distinguishes the messages of one sender; telephones count it from 0 to 255, or to 65,535.
    """

    message: InboundMessage
    reference: str
    part: int
    total: int


DeliveryStatus = Literal["sending", "sent", "delivered", "failed", "expired"]


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """A provider's report on a message that we sent. ``error`` is its code, at most 64 characters.

    ``provider``, ``recipient`` (E.164) and ``segments``, where it names them, find a message whose id never reached us.
    """

    provider_message_id: str
    status: DeliveryStatus
    error: str = ""
    provider: str = ""
    recipient: str = ""
    segments: int = 0


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """One part of a reply, rendered for the channel. ``id`` is ours and the same in every attempt."""

    id: str
    recipient: str
    text: str


@dataclass(frozen=True, slots=True)
class SendReceipt:
    """The provider's answer when it accepts a message."""

    provider_message_id: str
    status: Literal["sending", "sent", "delivered"] = "sent"
    segments: int = 0


Parsed = InboundMessage | InboundPart | DeliveryReceipt


class Channel(Protocol):
    """A way to reach citizens. ``name`` is the provider's (``twilio``), unique among all channels."""

    name: str

    def verify(self, request: RawRequest) -> None:
        """Raises ``InvalidSignature`` unless the request is genuine. Compares in constant time, and refuses in doubt."""
        ...

    def parse(self, request: RawRequest) -> Parsed:
        """Reads a verified request. Raises ``MalformedRequest``."""
        ...

    async def send(self, reply: OutboundMessage) -> SendReceipt:
        """Hands one message to the provider. Raises ``SendFailed`` if it was surely not sent."""
        ...


@runtime_checkable
class Polled(Protocol):
    """A channel whose provider sends no requests: it is polled."""

    async def poll(self, pending: Sequence[str]) -> Sequence[InboundMessage | DeliveryReceipt]:
        """Returns new messages that ``done`` has not confirmed, and the states of the ``pending`` messages (provider's ids).

        May return the same item again. Raises ``httpx.HTTPError`` and ``SendFailed``.
        """
        ...

    async def done(self, committed: Sequence[InboundMessage | DeliveryReceipt]) -> None:
        """Confirms that ``committed`` is committed: the provider need not keep it."""
        ...


@dataclass(frozen=True, slots=True)
class Rendered:
    """A reply as text for a channel with numbers instead of buttons.

    ``offered`` holds the payloads of the numbered choices that ``text`` really shows: number 1 first. ``segments`` is the cost
    of the text by SMS (0 elsewhere). ``rest`` is the part that did not fit, which SUITE asks for.
    """

    text: str
    offered: tuple[str, ...] = ()
    segments: int = 0
    rest: tuple[ReplyBlock, ...] = ()


class Renderer(Protocol):
    """Blocks → text. Pure; ``channels.rendering.text`` and ``channels.sms.rendering`` each have one."""

    def __call__(self, blocks: Sequence[ReplyBlock], *, language: str) -> Rendered: ...
