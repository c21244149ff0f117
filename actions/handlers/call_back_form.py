"""The call-back form: validates messages, asks questions, and ends. Rasa's ``call_back_form`` runs these actions.

On the website the answer may also be wanted by e-mail (docs/adr/0077): the same form then asks for an address, and for no time.
The number or the address never arrives here: it is masked before the dialogue, and stored with the handoff (docs/adr/0010).
Once it is stored, the message's metadata have a hint of it.
"""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.messages.call_back_reading import (
    BY,
    CONFIRMED,
    CONSENT,
    NUMBER,
    OWN,
    SLOTS,
    SUBJECT,
    TIME,
    Said,
    comes_too_soon,
    read,
    wants_mail,
)
from core.channels import traits_of
from core.database.base import now
from core.opening_hours import day_and_time
from core.settings import Settings
from core.turns import Outcome

START = "ask_call_back"
_MAIL = "mail"
_REQUESTED = "requested_slot"
_QUESTIONS = {
    CONSENT: "utter_call_back_consent",
    NUMBER: "utter_call_back_number",
    TIME: "utter_call_back_time",
    SUBJECT: "utter_call_back_subject",
}
_FIRST_SUBJECT = "utter_call_back_first_subject"  # without a button for "my last question"
# Outcomes of a question: in such a conversation the call-back may be about the last one.
_OF_A_QUESTION = frozenset(
    {Outcome.ANSWERED, Outcome.CHOICES, Outcome.GUIDED, Outcome.NO_ANSWER, Outcome.OUT_OF_SCOPE, Outcome.CRISIS}
)
_QUESTIONS_BY_MAIL = _QUESTIONS | {CONSENT: "utter_call_back_mail_consent", NUMBER: "utter_call_back_mail_address"}

Events = list[dict[str, Any]]


class ValidateCallBack(Action):  # type: ignore[misc]
    """``validate_call_back_form``. No event means that the message is not for the form: another action answers, and the form
    resumes.
    """

    def __init__(self, settings: Settings) -> None:
        self._offers_mail = bool(settings.smtp_host)

    def name(self) -> str:
        return "validate_call_back_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        asked, heard = tracker.get_slot(_REQUESTED), _said(tracker)
        known = [slot for slot in SLOTS if tracker.get_slot(slot) is not None]
        chosen = self._chosen_way(tracker, heard)
        other_way = [SlotSet(BY, chosen)] if chosen != tracker.get_slot(BY) else []
        again = heard.intent == START and not heard.number and not comes_too_soon(heard, asked)
        if asked not in SLOTS:
            return [SlotSet(slot, None) for slot in known] + other_way  # the form begins
        if again or (asked == CONSENT and chosen and other_way and not _has_outcome(tracker)):
            # On a second request the form begins again, or if nothing was filled yet, asks its first question again: that of
            # the other way, if it was chosen.
            return [SlotSet(slot, None) for slot in known or [asked]] + other_way
        if _has_outcome(tracker):
            return []  # resumed after a question in between, which was answered
        reading = read(heard, asked)
        if reading.cancelled:
            return [SlotSet(CONFIRMED, False), SlotSet(_REQUESTED, None)]
        if reading.unclear:
            dispatcher.utter_message(response=reading.unclear)
            return [SlotSet(asked, None)]
        filled = reading.filled or {}
        if heard.by_mail and filled.get(CONSENT):
            filled = {**filled, TIME: ""}  # an e-mail is read at any time
        if asked == NUMBER and TIME in filled:
            dispatcher.utter_message(response="utter_call_back_this_time", time=filled[TIME])  # the number is still missing
        return [SlotSet(slot, value) for slot, value in filled.items()]

    def _chosen_way(self, tracker: Tracker, heard: Said) -> str | None:
        """Returns ``mail`` if the message chooses the answer by e-mail, on the website and where a mail server is set."""
        if heard.identified_by_number or not self._offers_mail:
            return None
        return _MAIL if next(tracker.get_latest_entity_values("by"), "") == _MAIL or wants_mail(heard.text) else None


class CallBackQuestion(Action):  # type: ignore[misc]
    """``action_ask_call_back_form_…``: asks for one slot, and sets the turn's outcome if nothing else did."""

    def __init__(self, slot: str, settings: Settings) -> None:
        self._slot, self._settings = slot, settings

    def name(self) -> str:
        return f"action_ask_call_back_form_{self._slot}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        custom: dict[str, Any] = {} if _has_outcome(tracker) else {"outcome": Outcome.HANDOFF_OFFLINE}
        by_mail = _by_mail(tracker)
        if self._slot == CONFIRMED:
            self._recapitulate(dispatcher, tracker, custom)
            return []
        if self._slot == NUMBER:  # from here on a typed number or address is stored in the record
            custom["handoff"] = {"want": "draft", **_way(by_mail)}
        days = self._settings.retention_days  # stated in the request for consent
        response = (_QUESTIONS_BY_MAIL if by_mail else _QUESTIONS)[self._slot]
        if self._slot == SUBJECT and not _asked_before(tracker):
            response = _FIRST_SUBJECT
        dispatcher.utter_message(response=response, json_message=custom, days=days)
        return []

    def _recapitulate(self, dispatcher: CollectingDispatcher, tracker: Tracker, custom: dict[str, Any]) -> None:
        number, subject = tracker.get_slot(NUMBER), tracker.get_slot(SUBJECT)
        if _by_mail(tracker):
            dispatcher.utter_message(response="utter_call_back_this_mail", address=number)
        else:
            own = "utter_call_back_own_number"
            dispatcher.utter_message(response=own if number == OWN else "utter_call_back_this_number", number=number)
            dispatcher.utter_message(response="utter_call_back_this_time", time=tracker.get_slot(TIME))
        last = "utter_call_back_last_subject"
        dispatcher.utter_message(response="utter_call_back_this_subject" if subject else last, subject=subject)
        dispatcher.utter_message(response="utter_call_back_confirm", json_message=custom)


class SubmitCallBack(Action):  # type: ignore[misc]
    """``action_submit_call_back``: the form has ended, confirmed or cancelled. Its slots are emptied."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def name(self) -> str:
        return "action_submit_call_back"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        by_mail = _by_mail(tracker)
        if tracker.get_slot(CONFIRMED):
            request = {
                "want": "call_back",
                "subject": tracker.get_slot(SUBJECT) or "",
                "best_time": tracker.get_slot(TIME) or "",
                "own_number": tracker.get_slot(NUMBER) == OWN,
                **_way(by_mail),
            }
            custom = {"outcome": Outcome.HANDOFF_OFFLINE, "handoff": request}
            noted = "utter_call_back_mail_noted" if by_mail else "utter_call_back_noted"
            dispatcher.utter_message(response=noted, json_message=custom)
            self._say_when(dispatcher, str(tracker.get_slot("language") or self._settings.default_language))
        else:
            custom = {"outcome": Outcome.SMALL_TALK, "handoff": {"want": "drop", **_way(by_mail)}}
            dropped = "utter_call_back_mail_dropped" if by_mail else "utter_call_back_dropped"
            dispatcher.utter_message(response=dropped, json_message=custom)
        return [SlotSet(slot, None) for slot in (*SLOTS, BY)]

    def _say_when(self, dispatcher: CollectingDispatcher, language: str) -> None:
        moment, opening = now(), self._settings.opening
        back = opening.next_opening(moment)
        if back is not None and not opening.is_open(moment):
            day, time = day_and_time(back, language)
            dispatcher.utter_message(response="utter_call_back_from", day=day, time=time)


def call_back_actions(settings: Settings) -> list[Action]:
    """Returns all actions of the form."""
    return [ValidateCallBack(settings), SubmitCallBack(settings), *(CallBackQuestion(slot, settings) for slot in SLOTS)]


def _by_mail(tracker: Tracker) -> bool:
    return bool(tracker.get_slot(BY) == _MAIL)


def _way(by_mail: bool) -> dict[str, bool]:
    """Returns the field of a request for the record. A call-back has none: a worker of the last version knows only calls."""
    return {"by_mail": True} if by_mail else {}


def _said(tracker: Tracker) -> Said:
    message = tracker.latest_message or {}
    user: dict[str, Any] = next((event for event in reversed(tracker.events) if event.get("event") == "user"), {})
    return Said(
        text=str(message.get("text") or ""),
        intent=str((message.get("intent") or {}).get("name") or ""),
        number=str((user.get("metadata") or {}).get("number") or ""),
        identified_by_number=traits_of(tracker.get_latest_input_channel()).identifies_by_number,
        by_mail=_by_mail(tracker),
    )


def _has_outcome(tracker: Tracker) -> bool:
    """Decides whether a reply since the citizen's message has set the turn's outcome."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if _outcome(event):
            return True
    return False


def _asked_before(tracker: Tracker) -> bool:
    """Decides whether the conversation has a question besides the wish to be called back."""
    return any(_outcome(event) in _OF_A_QUESTION for event in tracker.events)


def _outcome(event: dict[str, Any]) -> str:
    """Returns the outcome that a bot event has set; empty for all others."""
    if event.get("event") != "bot":
        return ""
    return str(((event.get("data") or {}).get("custom") or {}).get("outcome") or "")
