"""Whose work a conversation is, and what that opens to whom. Pure."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from core.handoff import State
from core.identity import Role, Staff
from core.identity.conversations import Access, Whose, access, whose

_STAFFED = frozenset({"social", "urbanisme"})


class _Request(NamedTuple):
    state: str
    team: str = ""
    owner: str | None = None
    alert: bool = False


@pytest.mark.parametrize(
    ("requests", "found"),
    [
        ([], Whose()),
        ([_Request(State.WAITING, "social")], Whose(frozenset({"social"}))),
        ([_Request(State.DRAFT, "social", "a")], Whose()),
        # What is open counts: who answered before has handed it over.
        ([_Request(State.CLOSED, "social", "a"), _Request(State.CLAIMED, "urbanisme", "b")], Whose({"urbanisme"}, {"b"})),  # type: ignore[arg-type]
        ([_Request(State.CLOSED, "social", "a"), _Request(State.WAITING)], Whose()),
        # A call-back of nobody's beside a team's chat opens nothing.
        ([_Request(State.WAITING, "social"), _Request(State.WAITING)], Whose(frozenset({"social"}))),
        ([_Request(State.WAITING, "social"), _Request(State.WAITING, "urbanisme")], Whose(_STAFFED)),
        # Somebody has to answer, though nobody is in the team; what is over stays closed.
        ([_Request(State.WAITING, "empty")], Whose()),
        ([_Request(State.CLOSED, "empty")], Whose(frozenset({"empty"}))),
        ([_Request(State.WAITING, "social", None, True)], Whose(frozenset({"social"}), danger=True)),
        ([_Request(State.CLAIMED, "social", "a", True)], Whose({"social"}, {"a"})),  # type: ignore[arg-type]
        ([_Request(State.CLOSED, "social", "a", True)], Whose({"social"}, {"a"})),  # type: ignore[arg-type]
    ],
)
def test_whose_follows_from_what_is_open_else_from_what_is_over(requests: list[_Request], found: Whose) -> None:
    assert whose(requests, _STAFFED) == found


def test_whose_without_teams_in_use_is_everybodys() -> None:
    assert whose([_Request(State.CLOSED, "social")], frozenset()) == Whose()


def _staff(role: Role, *teams: str) -> Staff:
    return Staff("me", "Moi", "moi@mairie.example", role, teams=teams)


@pytest.mark.parametrize(
    ("staff", "of", "staffed", "found"),
    [
        (_staff(Role.SUPERVISOR, "social"), Whose(frozenset({"social"})), _STAFFED, Access.OPEN),
        (_staff(Role.SUPERVISOR, "social"), Whose(frozenset({"urbanisme"})), _STAFFED, Access.CLOSED),
        (_staff(Role.SUPERVISOR), Whose(frozenset({"urbanisme"})), _STAFFED, Access.CLOSED),
        (_staff(Role.SUPERVISOR), Whose(), _STAFFED, Access.OPEN),
        (_staff(Role.SUPERVISOR), Whose(frozenset({"social"}), frozenset({"me"})), _STAFFED, Access.OPEN),
        (_staff(Role.SUPERVISOR), Whose(frozenset({"social"}), danger=True), _STAFFED, Access.OPEN),
        (_staff(Role.ADMINISTRATOR), Whose(), frozenset(), Access.OPEN),  # a small town
        (_staff(Role.ADMINISTRATOR), Whose(), _STAFFED, Access.WITH_REASON),
        (_staff(Role.ADMINISTRATOR, "dropped"), Whose(), _STAFFED, Access.WITH_REASON),
        (_staff(Role.ADMINISTRATOR, "social"), Whose(), _STAFFED, Access.OPEN),
        (_staff(Role.READER, "social"), Whose(frozenset({"social"}), danger=True), _STAFFED, Access.CLOSED),
        (_staff(Role.PUBLISHER), Whose(holders=frozenset({"me"})), frozenset(), Access.CLOSED),
    ],
)
def test_access_needs_the_role_and_the_team(staff: Staff, of: Whose, staffed: frozenset[str], found: Access) -> None:
    assert access(staff, of, staffed) is found
