"""Opt-outs of simulated telephones, to explain why one gets no answer."""

from sqlalchemy import select

from conversations.delivery.opt_outs import stop_message_of
from conversations.ports import is_simulated
from core.database import Database
from core.database.models import Conversation
from core.privacy.addresses import Addresses


class SimulatedOptOuts:
    """The register of opt-outs, as far as the simulator may read it."""

    def __init__(self, database: Database, addresses: Addresses) -> None:
        self._database = database
        self._addresses = addresses

    async def has_opted_out(self, phone: str) -> bool:
        """Decides whether ``phone`` (E.164) has opted out.

        Only for numbers that wrote by the simulator last: an installation that had a real provider before keeps real citizens'
        opt-outs, which are not shown.
        """
        query = select(Conversation).where(Conversation.address_digest == self._addresses.digest(phone))
        async with self._database.read() as session:
            conversation = await session.scalar(query)
            if conversation is None or not is_simulated(conversation.provider or ""):
                return False
            return await stop_message_of(session, conversation.id) is not None
