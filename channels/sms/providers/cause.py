"""Why a message did not arrive, in the few ways that staff can do something about. Each provider's file maps its codes."""

from __future__ import annotations

from typing import Literal

Cause = Literal[
    "unreachable",  # telephone off, out of reach, full
    "unknown_number",  # no such number, or no longer
    "no_sms",  # a number that takes no SMS: a landline, say
    "barred",  # the subscriber's line or operator takes none of these messages
    "filtered",  # taken for spam, or for content that is not allowed
    "stopped",  # the number said STOP to the provider
    "sender",  # our number or name may not write there
    "account",  # our account: credentials, credit, rights
    "overload",  # too much at once: ours, theirs or the network's
    "malformed",  # the message itself is refused: a mistake of ours
    "unsaid",  # refused or lost, and nobody says why
]
