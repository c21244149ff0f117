"""A signed-in person, for the rest of the code."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.database.models import StaffRow
from core.identity.rights import RIGHTS, Right, Role


@dataclass(frozen=True, slots=True)
class Staff:
    """The acting person. ``collections`` empty: all. ``session``: the id of the session (not its token), empty outside one."""

    id: str
    name: str
    email: str
    role: Role
    collections: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    capacity: int = 3
    language: str = "fr"
    session: str = ""

    def may(self, right: Right) -> bool:
        """Decides whether the person's role has ``right``."""
        return right in RIGHTS[self.role]

    def may_edit(self, collection: str) -> bool:
        """Decides whether the person may change entries of ``collection``."""
        return self.may(Right.EDIT_ENTRIES) and (not self.collections or collection in self.collections)


def staff_of(row: StaffRow, session: str = "") -> Staff:
    """Returns the person of ``row``."""
    return Staff(
        id=row.id,
        name=row.name or row.email,
        email=row.email,
        role=Role(row.role),
        collections=tuple(row.collections),
        teams=tuple(row.teams),
        languages=tuple(row.languages),
        capacity=row.capacity,
        language=row.language,
        session=session,
    )


async def staff_names(session: AsyncSession) -> dict[str, str]:
    """Returns the name of each member of staff, by id."""
    rows = await session.execute(select(StaffRow.id, StaffRow.name, StaffRow.email))
    return {row.id: row.name or row.email for row in rows}
