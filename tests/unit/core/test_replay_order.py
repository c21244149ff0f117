"""What a backup does not know, in order, also after several restores and from several files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core.audit.ledger import RESTORED, LedgerRow
from core.audit.replay_order import rows_since

_BEGUN = datetime(2026, 1, 1, tzinfo=UTC)


def _row(seq: int, minute: int, action: str = "staff.disable") -> LedgerRow:
    at = _BEGUN + timedelta(minutes=minute)
    return LedgerRow(
        seq=seq, at=at, actor="a", action=action, target="staff:s", details="{}", previous="", digest=f"{seq} at {minute}"
    )


_LOST = [_row(1, 1), _row(5, 5), _row(9, 9)]  # of the first record, lost after minute 9
_RESTORED = _row(3, 20, RESTORED)  # from a backup of minute 2
_SINCE = [_row(4, 21), _row(8, 25)]


def test_entries_since_a_backup_are_those_that_its_audit_does_not_hold() -> None:
    contained = {_LOST[0].key}
    assert rows_since(_LOST, contained) == _LOST[1:]


def test_entries_since_come_by_number_and_once_whatever_the_order_of_the_files() -> None:
    assert rows_since([_LOST[2], _LOST[0], _LOST[2], _LOST[1]], set()) == _LOST


def test_entries_since_order_goes_by_number_where_a_clock_was_put_back() -> None:
    first, second = _row(1, 30), _row(2, 10)
    assert rows_since([second, first], set()) == [first, second]


def test_entries_since_an_old_backup_come_record_after_record() -> None:
    assert rows_since([*_LOST, _RESTORED, *_SINCE], {_LOST[0].key}) == [*_LOST[1:], *_SINCE]


def test_entries_since_a_backup_after_a_restore_leave_out_what_was_replayed_then() -> None:
    contained = {_LOST[0].key, _RESTORED.key, _SINCE[0].key}
    assert rows_since([*_LOST, _RESTORED, *_SINCE], contained) == [_SINCE[1]]
