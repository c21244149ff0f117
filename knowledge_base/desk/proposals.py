"""What the desk's pages of synonyms and topics have in common: an item that is proposed first and then put in use."""

from pydantic import BaseModel

from core.database import Database
from core.problems import Problem
from core.settings import Settings
from knowledge_base.editing.proposals import ProposalRefused, ProposalStore, Stored

NEW = "new"  # in the address of an item that does not exist yet
_USING = ("use", "remove")
SAVING = (*_USING, "keep", "propose_removal")
NEEDS_PUBLISHER = (*_USING, "accept")


async def stored_item[T: BaseModel](store: ProposalStore[T], database: Database, name: str) -> Stored[T] | None:
    """Returns the item with this name in an address; ``None`` for a new one. Raises ``Problem`` (404)."""
    if name == NEW:
        return None
    try:
        return await store.get(database, name)
    except ProposalRefused as error:
        raise Problem(404) from error


async def carry_out[T: BaseModel](
    store: ProposalStore[T],
    database: Database,
    settings: Settings,
    action: str,
    before: Stored[T] | None,
    content: T | None,
    *,
    seen: int,
    author: str,
) -> None:
    """Carries out an ``action`` that changes the item ``before`` (``None``: a new one): keep or use ``content``, remove or
    propose_removal; accept or drop the proposal. Raises ``ProposalRefused``, and ``Problem`` (422) for another action.
    """
    name, two_persons = before.id if before else "", settings.desk_two_persons
    if action in _USING and two_persons:
        raise ProposalRefused("own_version")
    if action in SAVING:
        await store.propose(database, content, author=author, name=name, seen=seen, use=action in _USING)
    elif action == "accept" and before:
        await store.put_in_use(database, name, seen=seen, author=author, two_persons=two_persons)
    elif action == "drop" and before:
        await store.drop_proposal(database, name, seen=seen, author=author)
    else:
        raise Problem(422)
