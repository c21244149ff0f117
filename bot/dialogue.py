"""One turn of the dialogue: all of it, or nothing."""

from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.shared.core.events import SlotSet, UserUttered

from bot import trace
from bot.incoming import Incoming
from bot.turns import assemble

# Seconds between two attempts to get the lock of a conversation. Rasa's default is 1.
_LOCK_WAIT = 0.02


class TurnChannel(OutputChannel):  # type: ignore[misc]
    """Rasa's output channel. Its name selects the variation of each response; texts are read from the tracker afterwards."""

    def __init__(self, channel: str) -> None:
        self._channel = channel

    def name(self) -> str:
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Does nothing: whole messages are on the tracker, the same for a live turn and a replayed one."""


async def turn(agent: Agent, incoming: Incoming) -> dict[str, Any]:
    """Answers ``incoming``, or returns the earlier answer to the same message id.

    Raises ``TurnFailed`` if there is no outcome; after any exception, nothing has been stored. ``agent`` must be prepared
    (``input_channel.prepare``).
    """
    async with agent.lock_store.lock(incoming.conversation, wait_time_in_seconds=_LOCK_WAIT):
        stored = agent.tracker_store.turn(incoming.conversation, incoming.message_id)
        if stored is not None:
            return {**assemble(stored, incoming.form), "replayed": True}
        return await _apply(agent, incoming)


async def erase(agent: Agent, conversation: str) -> None:
    """Erases ``conversation``, after a turn that may be under way."""
    async with agent.lock_store.lock(conversation, wait_time_in_seconds=_LOCK_WAIT):
        agent.tracker_store.erase(conversation)


async def _apply(agent: Agent, incoming: Incoming) -> dict[str, Any]:
    """Works like ``MessageProcessor.handle_message`` of Rasa 3.6, but sets the language first and checks before saving."""
    processor, channel = agent.processor, TurnChannel(incoming.channel)
    message = UserMessage(
        incoming.text,
        channel,
        incoming.conversation,
        input_channel=incoming.channel,
        message_id=incoming.message_id,
        parse_data=_enquiry(incoming.text) if incoming.enquiry else None,
        metadata={"form": incoming.form} | ({"number": incoming.number} if incoming.number else {}),
    )
    with trace.part("understand"):
        tracker = await processor.log_message(message, should_save_tracker=False)
        tracker.update(SlotSet("language", incoming.language), agent.domain)
        tracker = await processor.run_action_extract_slots(channel, tracker)
    with trace.part("decide"):
        await processor._run_prediction_loop(channel, tracker)
    events = list(tracker.events)
    last_message = max(index for index, event in enumerate(events) if isinstance(event, UserUttered))
    result = assemble((event.as_dict() for event in events[last_message:]), incoming.form)
    with trace.part("store"):
        await agent.tracker_store.save(tracker)
    return result


def _enquiry(text: str) -> dict[str, Any]:
    """Returns the pipeline's result for a text that is certainly an enquiry."""
    return {"text": text, "intent": {"name": "enquiry", "confidence": 1.0}, "entities": []}
