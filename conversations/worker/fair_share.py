"""The share of a worker that one address may take at a time, so that its flood makes nobody else wait for long.

A worker handles many conversations at a time. Those of one address (IPv6: a /64) take a twelfth of its places at most (two of
24), those of the /48 around it a sixth. Further ones wait in line, in order of arrival; nothing is refused here. Two a worker
are enough to keep the engine busy, so that an office whose staff and visitors share one address is answered quickly, too.
"""

from collections import Counter

from conversations.signals.work_budget import Payer

_ADDRESS_PART, _WIDE_NETWORK_PART = 12, 6


class FairShare:
    """Counts the conversations of each payer among the ``places`` of a worker, and keeps those that wait in line."""

    def __init__(self, places: int) -> None:
        self._shares = [max(1, places // part) for part in (_ADDRESS_PART, _WIDE_NETWORK_PART)]
        self._taken: Counter[str] = Counter()
        self._line: dict[str, Payer] = {}  # by conversation, in order of arrival

    def waits(self, conversation: str) -> bool:
        """Decides whether ``conversation`` is in line."""
        return conversation in self._line

    def enter(self, conversation: str, payer: Payer) -> bool:
        """Counts one more conversation of ``payer`` if its share allows it; otherwise puts ``conversation`` in line."""
        if self._has_room(payer):
            self._taken.update(payer)
            return True
        self._line.setdefault(conversation, payer)
        return False

    def leave(self, payer: Payer) -> tuple[str, Payer] | None:
        """Counts one conversation of ``payer`` less. Returns the first one in line whose share allows it now, with its payer;
        it has entered then.
        """
        self._taken -= Counter(payer)  # which also drops the zeros: addresses come and go
        for conversation, waiting in self._line.items():
            if self._has_room(waiting):
                del self._line[conversation]
                self._taken.update(waiting)
                return conversation, waiting
        return None

    def _has_room(self, payer: Payer) -> bool:
        return all(self._taken[account] < share for account, share in zip(payer, self._shares, strict=False))
