"""The town's own page on the matter of a reply, shown with the State's: the rule, then where, when and what is asked here."""

import re
from collections.abc import Sequence
from dataclasses import replace

from actions.cases.dialogue_state import Focus
from actions.messages.plain_words import plain
from actions.replies.cards import answer_card
from actions.replies.page_extract import page_text
from actions.replies.page_question import split_passage
from actions.replies.piece_sets import visible_chars
from actions.replies.style import PAGES
from actions.replies.truncated_description import is_description
from actions.replies.utterance import Reply, Utterance, say
from actions.turn.page_answer import unasked_card
from actions.turn.turn import Turn
from core.dates import format_day, is_old
from core.decision_trace import note
from core.entry import Entry, passages
from core.text.markdown import plain as without_marks
from core.turns import AnswerBlock, Outcome

_SHOWN = "town_page"  # in the data of an utterance: the id of the page
# Folded words. "ou" is "où" where a verb, or nothing, follows, or where the message begins with it. "Où en est …" asks for no
# place.
_WHERE_OR_WHEN = re.compile(
    r"^(?:et )?ou\b(?! en (?:est|sont)\b)|\bou *$"
    r"|\bou (?:(?:la|les?|l'|se|s'|me|m') ?)?(?:aller|(?:re)?faire|faut|est|sont|je|on|peut|puis|dois"
    r"|doit|adresser|rendre|deposer|demander|declarer|inscrire|retirer|trouver|signaler|envoyer|acheter|prendre|payer|jeter)\b"
    r"|\bquand\b(?! meme)|\bhoraires?\b|\bheures?\b|\bquel(?:le)?s? (?:jours?|adresse|guichet|bureau|service|endroit)\b"
    r"|\ba qui (?:m'|s'|dois|faut|je)|\b(?:ouverte?s?|ouvre|ouvrent|ferme|ferment|adresse)\b"
    r"|\bwhere\b|\bwhen\b|\bopening hours\b"
)


def asks_where_or_when(text: str) -> bool:
    """Decides whether ``text`` asks where something is done, or when: "ou faire mon passeport", "quand passent les bacs ?"."""
    return _WHERE_OR_WHEN.search(plain(text)) is not None


def sought_town_page(turn: Turn, *, surely: bool = False) -> Entry | None:
    """Returns the town's page that the search finds first for the message; with ``surely`` only if it answers surely."""
    result = turn.search.glimpse(turn.text, PAGES)
    if not result.local or not result.hits or (surely and result.decision != "answered"):
        return None
    entry = turn.search.entry_of(result.hits[0])
    return entry and (turn.retriever.local_page(entry, turn.text) or entry)


def with_town_page(turn: Turn, reply: Reply) -> Reply:
    """Returns ``reply`` with the town's page on the matter of the page that it shows, or offers first.

    It comes after the State's page. If the message asks where or when ("horaires de la déchèterie"), it comes first: always
    where each line costs, else only if the search is sure of it. It is shown once, and again if a message asks where or when.
    """
    question = turn.typed or (reply.state and reply.state.focus and reply.state.focus.question) or ""
    entry = turn.search.entry(_page_of(reply))
    page = turn.retriever.local_page(entry, question) if entry else None
    if page is None or not passages(page) or turn.settings.collection not in ("", page.collection):
        return reply
    where_or_when = asks_where_or_when(question)
    if not where_or_when and any(custom.get(_SHOWN) == page.id for custom in turn.customs()):
        return reply
    note("town_page", title=page.title)
    utterances = _utterances(turn, page, question)
    first = where_or_when and (turn.style.pays_by_segment or sought_town_page(turn, surely=True) is not None)
    return replace(reply, utterances=(*utterances, *reply.utterances) if first else (*reply.utterances, *utterances))


def _page_of(reply: Reply) -> str:
    """Returns the page that ``reply`` answers from, or offers first; empty without one.

    Of several pages offered, only the first counts: the town's pages of the others helped in 9 of 30 replies only.
    """
    answering = [str(one.custom["entry"]) for one in reply.utterances if one.custom.get("entry")]
    if answering or not any(one.custom.get("outcome") == Outcome.CHOICES for one in reply.utterances):
        return "".join(answering[:1])
    blocks = (one.custom.get("block") or {} for one in reply.utterances)
    options = [option for block in blocks if block.get("purpose") == "entries" for option in block["options"]]
    return next((option["entry"] for option in options if option.get("entry")), "")


def _utterances(turn: Turn, page: Entry, question: str) -> Sequence[Utterance]:
    block = _block(turn, page, question)
    settings, day = turn.settings, format_day(page.verified_on, turn.language) if page.verified_on else ""
    heading = settings.local_heading if turn.language == settings.default_language else ""
    heading = heading or page.source or settings.organisation
    if turn.style.pays_by_segment:
        line = without_marks(block.sms_text or block.body, links=False).replace("\n\n", "\n").rstrip(".")
        source = ", ".join(filter(None, (page.source, day)))
        return [say("utter_town_page", {_SHOWN: page.id}, heading=heading, line=line, source=source)]
    utterances = [say("utter_town_page", {"block": block.model_dump(mode="json"), _SHOWN: page.id}, heading=heading)]
    if page.verified_on and is_old(page.verified_on, settings.verified_months, turn.style.today):
        utterances.append(say("utter_old", {"fill": "notice"}, date=day))
    return utterances


def _block(turn: Turn, page: Entry, question: str) -> AnswerBlock:
    """Returns the card of ``page``: all of it if it fits (by SMS: if editors wrote a text for SMS), else what answers
    ``question``.
    """
    parts = [split_passage(page, one.order) for one in passages(page) if not is_description(page, one.order)]
    body = turn.style.on_card(page, page_text(parts, {part.order: frozenset(range(len(part.pieces))) for part in parts}))
    card = answer_card(page, 0, turn.snapshot, turn.style)
    if page.sms_text if turn.style.pays_by_segment else 0 < visible_chars(body) <= turn.style.limits.page:
        return card.block.model_copy(update={"headings": (), "cases": (), "body": body, "sms_text": page.sms_text})
    start = turn.retriever.best_passage(page, question)
    return unasked_card(turn, page, Focus(entry=page.id, query=question, start=start), start).block
