"""Every published entry as its first SMS: its length, alphabet and price. Pure except for the wording."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from actions.replies.cards import answer_card
from actions.replies.style import SMS, Style
from channels.sms.encoding import Encoding, encoding_of, prepare
from channels.sms.rendering import SmsRenderer
from cli.desk_walk import CardTexts, card_with_texts
from conversations.wording import Wording
from core.entry import Entry, passages
from core.turns import AnswerBlock

_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Compiled:
    """One entry's answer: its first part, and the number of parts with SUITE. ``link``: of the source, whole in some part."""

    entry: str
    text: str
    segments: int
    gsm7: bool
    parts: int
    all_segments: int
    words_cut: tuple[str, ...]
    links_cut: tuple[str, ...]
    link: str


@dataclass(frozen=True, slots=True)
class Summary:
    """All entries together. ``mean_*`` are segments; ``euros`` the price of the mean first part."""

    entries: int
    mean_segments: float
    most_segments: int
    gsm7_share: float
    mean_parts: float
    mean_all_segments: float
    words_cut: int
    links_cut: int
    euros: float

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


def compile_entries(
    entries: Iterable[Entry], renderer: SmsRenderer, wording: Wording, *, old_after_months: int
) -> list[Compiled]:
    """Returns the first passage of each entry as a citizen would get it; entries without text are left out."""
    style = Style(SMS, old_after_months, date.today(), pays_by_segment=True)
    texts = CardTexts(wording, "sms", "fr", style)
    cards = (card_with_texts(answer_card(entry, 0, "", style), texts) for entry in entries if passages(entry))
    return [_compiled(card, renderer) for card in cards]


def summary(compiled: Sequence[Compiled], *, segment_euros: float) -> Summary:
    """Returns the summary. Raises ``ZeroDivisionError`` if ``compiled`` is empty."""
    count = len(compiled)
    mean = sum(one.segments for one in compiled) / count
    return Summary(
        entries=count,
        mean_segments=round(mean, 3),
        most_segments=max(one.segments for one in compiled),
        gsm7_share=round(sum(one.gsm7 for one in compiled) / count, 4),
        mean_parts=round(sum(one.parts for one in compiled) / count, 2),
        mean_all_segments=round(sum(one.all_segments for one in compiled) / count, 2),
        words_cut=sum(len(one.words_cut) for one in compiled),
        links_cut=sum(len(one.links_cut) for one in compiled),
        euros=round(mean * segment_euros, 4),
    )


def _compiled(card: AnswerBlock, renderer: SmsRenderer) -> Compiled:
    parts = [renderer((card,), language="fr")]
    while parts[-1].rest:
        parts.append(renderer(parts[-1].rest, language="fr"))
    whole = SmsRenderer(renderer.wording, max_segments=10_000, link=renderer.link)
    first, link = parts[0], renderer.link(card)
    text, hint = whole((card,), language="fr").text, whole.wording.text("gateway_more", channel="sms")
    known = _words(f"{text} {hint} {link}")  # the link of the whole text may wait for its next part
    has_link = any(link in _LINK.findall(part.text) for part in parts)
    cut = tuple(word for word in first.text.split() if _bare(word) not in known)
    return Compiled(
        entry=card.entry,
        text=first.text,
        segments=first.segments,
        gsm7=encoding_of(first.text) is Encoding.GSM7,
        parts=len(parts),
        all_segments=sum(part.segments for part in parts),
        words_cut=cut,
        links_cut=(link,) if link and not has_link else (),
        link=link if has_link else "",
    )


def _words(text: str) -> set[str]:
    return {_bare(word) for word in text.split()}


def _bare(word: str) -> str:
    """Returns ``word`` in the GSM alphabet: a part may be sent in another one than the whole."""
    return prepare(word).rstrip(".,;:-")
