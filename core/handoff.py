"""The states of a handoff, and the moves between them. Pure: the record and the desk use this module.

::

    flagged ─┐                ┌─> closed      the supervisor is done
    offline ─┼─> claimed ─────┼─> returned    handed back to the bot
    waiting ─┘      │         └─> cancelled   the citizen gave up (also before the claim)
       ^            └─> waiting               released: another may take it
    draft            a call-back whose form is being filled in: no supervisor sees it
"""

from enum import StrEnum


class Kind(StrEnum):
    """The kind of a handoff.

    ``chat``: a human answers in the conversation, and the bot is silent. ``call_back``: a human telephones. ``mail_back``: a
    human answers by e-mail. ``mail_again``: another address for a ``mail_back``, only ever a draft; kept apart so that no
    answer goes to one that was not confirmed. ``validation``: answers of the bot wait for a supervisor before they are sent,
    and the bot continues.
    """

    CHAT = "chat"
    CALL_BACK = "call_back"
    MAIL_BACK = "mail_back"
    MAIL_AGAIN = "mail_again"
    VALIDATION = "validation"


class State(StrEnum):
    """The state of a handoff. ``flagged``: a supervisor should look, unasked. ``offline``: requested outside hours."""

    DRAFT = "draft"
    FLAGGED = "flagged"
    OFFLINE = "offline"
    WAITING = "waiting"
    CLAIMED = "claimed"
    CLOSED = "closed"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class Reason(StrEnum):
    """The reason for a handoff."""

    ASKED = "asked"
    FAILURES = "failures"
    CRISIS = "crisis"
    SUBJECT = "subject"  # a subject whose answers are checked before they are sent


BY_FORM = frozenset({Kind.CALL_BACK, Kind.MAIL_BACK, Kind.MAIL_AGAIN})  # the citizen leaves a number or an address in the form
UNCLAIMED = frozenset({State.FLAGGED, State.OFFLINE, State.WAITING})
OPEN = UNCLAIMED | {State.DRAFT, State.CLAIMED}
ENDED = frozenset({State.CLOSED, State.RETURNED, State.CANCELLED})

_MOVES = {
    State.DRAFT: frozenset({State.WAITING}),
    State.FLAGGED: frozenset({State.OFFLINE, State.WAITING, State.CLAIMED, State.CLOSED}),
    State.OFFLINE: frozenset({State.WAITING, State.CLAIMED, State.CLOSED, State.CANCELLED}),
    State.WAITING: frozenset({State.OFFLINE, State.CLAIMED, State.CLOSED, State.CANCELLED}),
    State.CLAIMED: frozenset({State.WAITING, *ENDED}),
}


def sources(target: State) -> frozenset[State]:
    """Returns the states from which ``target`` can be reached in one move."""
    return frozenset(state for state, targets in _MOVES.items() if target in targets)
