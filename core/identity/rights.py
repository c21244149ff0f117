"""Roles and rights: a role is a set of rights, and routes check only rights."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """The role of a person; each person has one."""

    READER = "reader"
    EDITOR = "editor"
    PUBLISHER = "publisher"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """A permission."""

    READ_ENTRIES = "read_entries"
    EDIT_ENTRIES = "edit_entries"
    PUBLISH_ENTRIES = "publish_entries"  # publish, withdraw, roll back
    EXCHANGE_ENTRIES = "exchange_entries"  # import and export
    READ_INSIGHTS = "read_insights"
    HANDLE_CONVERSATIONS = "handle_conversations"
    MANAGE_CONVERSATIONS = "manage_conversations"  # assign to others, ready answers, duty
    READ_WITH_REASON = "read_with_reason"  # any conversation, for a written reason, recorded in the audit
    ERASE_CONVERSATIONS = "erase_conversations"
    READ_AUDIT = "read_audit"
    MANAGE_STAFF = "manage_staff"
    MANAGE_SERVICE = "manage_service"


_READER = frozenset({Right.READ_ENTRIES, Right.READ_INSIGHTS})
_EDITOR = _READER | {Right.EDIT_ENTRIES}

RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.READER: _READER,
        Role.EDITOR: _EDITOR,
        Role.PUBLISHER: _EDITOR | {Right.PUBLISH_ENTRIES, Right.EXCHANGE_ENTRIES},
        Role.SUPERVISOR: _READER | {Right.HANDLE_CONVERSATIONS, Right.ERASE_CONVERSATIONS},
        Role.ADMINISTRATOR: frozenset(Right),
    }
)
