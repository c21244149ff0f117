"""Selects the variation of a response if the conversation's language lacks some texts."""

from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain

_COMPLETE = "fr"  # all texts exist in it


class PartlyWorded(TemplatedNaturalLanguageGenerator):  # type: ignore[misc]
    """Named in ``endpoints.yml``. A text missing in a language is given in French, never left out.

    Spanish and Arabic have frames and care, Portuguese, Turkish and Ukrainian most of them.
    """

    def __init__(self, endpoint_config: Any, domain: Domain) -> None:
        super().__init__(domain.responses)

    def _random_response_for(
        self, utter_action: str, output_channel: str, filled_slots: dict[str, Any]
    ) -> dict[str, Any] | None:
        response: dict[str, Any] | None = super()._random_response_for(utter_action, output_channel, filled_slots)
        if response is None and filled_slots.get("language") != _COMPLETE:
            response = super()._random_response_for(utter_action, output_channel, {**filled_slots, "language": _COMPLETE})
        return response
