"""Causes of undelivered messages, grouped by what staff can do. Each provider's file maps its codes."""

from typing import Literal

Cause = Literal[
    "unreachable",  # telephone off, out of reach, full
    "unknown_number",  # no such number, or no longer
    "no_sms",  # a number that takes no SMS, for example a landline
    "barred",  # the subscriber's line or operator accepts no such messages
    "filtered",  # taken for spam, or for forbidden content
    "stopped",  # the number sent STOP to the provider
    "sender",  # our number or name may not send there
    "account",  # our account: credentials, credit, rights
    "overload",  # too much at once: our limit, the provider's or the network's
    "malformed",  # the message itself is refused: an error of ours
    "unsaid",  # refused or lost, without a reason given
]
