"""Step: a question about the administration itself: its hours, its name, stored data, files that this service cannot see."""

import re

from actions.messages.file_questions import asks_a_page, only_asks_where, seeks_a_way
from actions.messages.plain_words import plain
from actions.policy.about_the_matter import adds_to_question, is_about_page
from actions.policy.offices import book_of, office
from actions.policy.small_talk import finds_page
from actions.policy.town_page import sought_town_page
from actions.replies.style import PAGES
from actions.replies.utterance import Reply, say
from actions.turn.choice_list import offer
from actions.turn.turn import Turn
from core.turns import Outcome
from retrieval.contracts import RetrievalResult

_RESPONSES = {
    "opening_hours": ("utter_opening_hours", Outcome.SMALL_TALK),
    "who_we_are": ("utter_who_we_are", Outcome.SMALL_TALK),
    "delete_messages": ("utter_delete_messages", Outcome.SMALL_TALK),
    "ask_file": ("utter_about_file", Outcome.OUT_OF_SCOPE),
}
# The confidence in the first page with which pages answer what to do about a file, and with which they are offered at all.
_AS_LIKELY_AS_NOT = 0.5
_PERHAPS = 0.25
# A message without any of these asks what happens to messages: "qui lit ce que j'écris ?".
_ERASES = re.compile(
    r"eff?ac|effass|suppr|retir|detru|destruct|dispara|oubli|enlev|jete[rz]|\bvire[rz]?\b"
    r"|table rase|clear|apag|\bsil\b|видал|soit garde"
    r"|vide[rz]?\b|nettoy"
    r"|erase|delet|remov|wipe|forget|borr|elimin|suprim|محو|احذف|حذف|امسح|مسح"
    r"|\b(?:ne |n')(?:gard|conserv|stock|sauvegard|enregistr)|(?:veux|souhaite|desire) pas|refus|m'oppos|(?:aucune|de) trace"
    r"|(?:not|n't) (?:keep|store|save)|article 17|consentement"
)
# "vous êtes où ?", "quelle est votre adresse ?"
_WHERE = re.compile(r"\bou (?:etes|se trouv|sont|est\b|vous)|\b(?:etes|est|c) ou\b|\badresse\b|\bwhere\b|\baddress\b|\bdonde\b")


def wants_erased(text: str) -> bool:
    """Decides whether ``text`` asks to delete what was written, and not only what happens to it."""
    return _ERASES.search(plain(text)) is not None


def about_administration(turn: Turn) -> Reply | None:
    """Answers from the settings. Passes for messages that only sound like a question about one's own file."""
    if _is_for_pages(turn):
        return None
    # "mairie de Rennes" sounds like the question which administration answers here.
    ours = turn.intent == "opening_hours" or (turn.intent == "who_we_are" and _WHERE.search(plain(turn.text)) is not None)
    at_office = office(turn, ours=ours) if turn.intent != "ask_file" else None
    if isinstance(at_office, Reply):
        return at_office
    if _has_page(turn, no_office=at_office is None):
        return None
    settings = turn.settings
    response, outcome = _RESPONSES[turn.intent]
    if turn.intent == "delete_messages" and not wants_erased(turn.text):
        response = "utter_privacy"
    if turn.intent == "opening_hours" and not settings.opening_hours:
        response = "utter_hours_unknown"
    contact = settings.contact
    if turn.intent == "opening_hours":  # what tells the hours does not tell them twice
        contact = settings.contact_ways or contact
    elif turn.intent == "ask_file" and turn.style.pays_by_segment:  # the page with the rule needs the room
        contact = settings.contact_phone or contact
    result = _pages_on_files(turn) if turn.intent == "ask_file" else None
    sentence = say(
        response,
        {} if result else {"outcome": outcome},
        service=settings.service_name,
        organisation=settings.organisation,
        contact=contact,
        hours=settings.opening_hours,
        days=str(settings.retention_days),
        url=settings.privacy_url,
    )
    if result is None:
        return Reply((sentence,))
    rules = offer(turn, result.hits, turn.text, result)
    return Reply((sentence, *rules.utterances), rules.state)


def _pages_on_files(turn: Turn) -> RetrievalResult | None:
    """Returns the pages that say what holds for every file, since this service sees none: how long it takes, where it can be
    followed. ``None`` if no page may fit: "où en est mon dossier ?" names no matter.
    """
    result = turn.search.pages(turn.text, PAGES)
    return result if result.hits and result.confidence >= _PERHAPS else None


def _has_page(turn: Turn, *, no_office: bool) -> bool:
    """Decides whether a page answers the message better."""
    if turn.intent == "opening_hours":  # "quand ouvre la piscine ?"
        return sought_town_page(turn, surely=True) is not None
    if turn.intent != "who_we_are":
        return False
    # "où se trouve la mairie ?", where the town has a page of its own about it; "les poubelles chez vous c'est quel jour ?"
    return (no_office and book_of(turn.settings).open() is not None) or finds_page(turn)


def _is_for_pages(turn: Turn) -> bool:
    """Decides whether pages answer the message: where to send a file, what to do about it, or "where?" about the page in
    focus.
    """
    focus = turn.focus
    page_shown = bool(focus and (focus.entry or focus.offered))
    if adds_to_question(turn):
        return True
    if turn.intent == "ask_file":
        if asks_a_page(turn.text, page_shown=page_shown):
            return True
        if seeks_a_way(turn.text) and turn.search.pages(turn.text, PAGES).confidence >= _AS_LIKELY_AS_NOT:
            return True
    return is_about_page(turn) or (page_shown and only_asks_where(turn.text))
