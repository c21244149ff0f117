"""What the call-back form takes from a message, as Rasa calls it."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.handlers.call_back_form import START, CallBackQuestion, SubmitCallBack, ValidateCallBack
from actions.messages.call_back_reading import BY, CONFIRMED, CONSENT, NUMBER, SLOTS, SUBJECT, TIME
from core.settings import Settings

_CHOSEN: dict[str, Any] = {BY: "mail"}
_AGREED: dict[str, Any] = _CHOSEN | {CONSENT: True, TIME: ""}
BY_MAIL = '/ask_call_back{"by": "mail"}'


def _settings(smtp_host: str = "mail.example") -> Settings:
    secret: Any = "s"
    return Settings(
        _env_file=None,
        secret_key=secret,
        internal_secret=secret,
        address_key=secret,
        smtp_host=smtp_host,
        mail_from="guichet@mairie.example",
    )


def _tracker(text: str, intent: str, number: str, channel: str, slots: dict[str, Any]) -> Tracker:
    entities = [{"entity": "by", "value": "mail"}] if text == BY_MAIL else []
    message = {"text": text, "intent": {"name": intent}, "entities": entities}
    heard = [{"event": "user", "text": text, "metadata": {"number": number}, "input_channel": channel}]
    return Tracker("c", dict.fromkeys((*SLOTS, BY)) | slots, message, heard, False, None, {}, channel)


async def _validated(
    text: str, intent: str, *, number: str = "", channel: str = "web", smtp_host: str = "mail.example", **slots: Any
) -> tuple[list[tuple[str, Any]], list[str]]:
    """The slots that are set, in order, and the responses that are said."""
    dispatcher = CollectingDispatcher()
    form = ValidateCallBack(_settings(smtp_host))
    events = await form.run(dispatcher, _tracker(text, intent, number, channel, slots), {})
    return [(event["name"], event["value"]) for event in events], [one["response"] for one in dispatcher.messages]


@pytest.mark.parametrize("intent", ["enquiry", "affirm", "ask_human", START])
async def test_a_number_before_the_consent_is_answered_by_asking_for_it_again(intent: str) -> None:
    for text in ("•••", "mon numéro est le •••"):
        found = await _validated(text, intent, requested_slot=CONSENT)
        assert found == ([(CONSENT, None)], ["utter_call_back_consent_first"])


async def test_who_asks_to_be_called_back_again_is_asked_again() -> None:
    """Without any slot set, Rasa would take the message for somebody else's, and the turn would come to nothing."""
    assert await _validated("rappelez-moi", START, requested_slot=CONSENT) == ([(CONSENT, None)], [])
    anew = await _validated("rappelez-moi", START, requested_slot=NUMBER, call_back_consent=True)
    assert anew == ([(CONSENT, None)], [])


async def test_as_it_begins_nothing_is_set() -> None:
    assert await _validated("rappelez-moi", START) == ([], [])


async def test_the_button_begins_the_form_by_mail() -> None:
    assert await _validated(BY_MAIL, START) == ([(BY, "mail")], [])
    pressed_in_the_form = await _validated(BY_MAIL, START, requested_slot=NUMBER, call_back_consent=True)
    assert pressed_in_the_form == ([(CONSENT, None), (BY, "mail")], [])


@pytest.mark.parametrize("text", ["plutôt par e-mail", "par courriel svp", "by e-mail please", "por correo", "mail"])
async def test_where_the_consent_is_asked_for_the_wish_for_a_mail_asks_for_another_consent(text: str) -> None:
    assert await _validated(text, "enquiry", requested_slot=CONSENT) == ([(CONSENT, None), (BY, "mail")], [])


@pytest.mark.parametrize("about", [{"smtp_host": ""}, {"channel": "sms"}])
async def test_without_a_mail_server_and_by_sms_there_is_no_form_by_mail(about: Any) -> None:
    assert await _validated(BY_MAIL, START, **about) == ([], [])
    assert (BY, "mail") not in (await _validated("par e-mail", "enquiry", requested_slot=CONSENT, **about))[0]


async def test_a_call_asked_for_after_all_asks_for_a_number_again() -> None:
    again = await _validated("rappelez-moi", START, requested_slot=NUMBER, **_AGREED)
    assert again == ([(CONSENT, None), (TIME, None), (BY, None)], [])


async def test_by_mail_no_time_is_asked_for() -> None:
    agreed = await _validated("oui", "affirm", requested_slot=CONSENT, **_CHOSEN)
    assert agreed == ([(CONSENT, True), (TIME, "")], [])


@pytest.mark.parametrize("text", ["jean@exemple", "jean.dupont.exemple.fr", "jean arobase exemple", "oui", "•••"])
async def test_an_incomplete_address_is_asked_for_again(text: str) -> None:
    found = await _validated(text, "enquiry", requested_slot=NUMBER, **_AGREED)
    assert found == ([(NUMBER, None)], ["utter_call_back_mail_wrong"])


async def test_a_question_instead_of_the_address_is_for_another_action() -> None:
    found = await _validated("combien coûte un passeport ?", "enquiry", requested_slot=NUMBER, **_AGREED)
    assert found == ([], [])


async def test_at_the_end_address_and_subject_can_be_corrected_and_no_time() -> None:
    filled: dict[str, Any] = {
        BY: "mail",
        CONSENT: True,
        NUMBER: "j•••@gmail.com",
        TIME: "",
        SUBJECT: "",
        "requested_slot": CONFIRMED,
    }
    address = await _validated("non, c'est •••", "enquiry", number="a•••@free.fr", **filled)
    assert address == ([(NUMBER, "a•••@free.fr")], [])
    assert await _validated("le sujet est la cantine", "enquiry", **filled) == ([(SUBJECT, "la cantine")], [])
    time = await _validated("lundi matin", "enquiry", **filled)
    assert time == ([(CONFIRMED, None)], ["utter_call_back_mail_what_to_change"])


async def test_what_is_asked_for_noted_and_dropped_by_mail_is_told_to_the_record() -> None:
    slots = {BY: "mail", CONSENT: True, CONFIRMED: True, SUBJECT: "la cantine", NUMBER: "j•••@gmail.com", TIME: ""}
    for action, said, handoff in (
        (CallBackQuestion(CONSENT, _settings()), "utter_call_back_mail_consent", None),
        (CallBackQuestion(NUMBER, _settings()), "utter_call_back_mail_address", {"want": "draft", "by_mail": True}),
        (
            SubmitCallBack(_settings()),
            "utter_call_back_mail_noted",
            {"want": "call_back", "subject": "la cantine", "best_time": "", "own_number": False, "by_mail": True},
        ),
    ):
        dispatcher = CollectingDispatcher()
        await action.run(dispatcher, _tracker("oui", "affirm", "", "web", slots), {})
        assert dispatcher.messages[0]["response"] == said
        assert dispatcher.messages[0]["custom"].get("handoff") == handoff
    dispatcher = CollectingDispatcher()
    await SubmitCallBack(_settings()).run(dispatcher, _tracker("annuler", "cancel", "", "web", {**slots, CONFIRMED: False}), {})
    assert dispatcher.messages[0]["response"] == "utter_call_back_mail_dropped"
    assert dispatcher.messages[0]["custom"]["handoff"] == {"want": "drop", "by_mail": True}


async def test_the_recapitulation_by_mail_has_the_hint_and_no_time() -> None:
    dispatcher = CollectingDispatcher()
    slots = {BY: "mail", CONSENT: True, SUBJECT: "", NUMBER: "j•••@gmail.com", TIME: ""}
    await CallBackQuestion(CONFIRMED, _settings()).run(dispatcher, _tracker("oui", "affirm", "", "web", slots), {})
    first, *others = dispatcher.messages
    assert (first["response"], first["address"]) == ("utter_call_back_this_mail", "j•••@gmail.com")
    assert [each["response"] for each in others] == ["utter_call_back_last_subject", "utter_call_back_confirm"]


@pytest.mark.parametrize(
    ("outcome", "response"),
    [
        ("answered", "utter_call_back_subject"),
        ("handoff_offline", "utter_call_back_first_subject"),
        ("", "utter_call_back_first_subject"),
    ],
)
async def test_last_question_is_offered_as_the_subject_only_where_there_is_one(outcome: str, response: str) -> None:
    tracker, dispatcher = _tracker("n'importe quand", "enquiry", "", "web", {CONSENT: True}), CollectingDispatcher()
    tracker.events.insert(0, {"event": "bot", "data": {"custom": {"outcome": outcome}}})
    await CallBackQuestion(SUBJECT, _settings()).run(dispatcher, tracker, {})
    assert [one["response"] for one in dispatcher.messages] == [response]
