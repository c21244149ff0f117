"""Adds the telephone relay, for people who cannot hear, below the administration's number in a reply."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.ports import Renderer
from conversations.wording import Wording
from core.channels import traits_of
from core.database.models import Conversation, Message
from core.turns import AnswerBlock, ChoicesBlock, NoticeBlock, Option, Outcome, PlaceBlock, ReplyBlock, TextBlock, Turn

WORDS = frozenset({"gateway_relay", "gateway_offer_mail", "gateway_option_mail"})
ANSWER_BY_MAIL = '/ask_call_back{"by": "mail"}'
_OFFER = ("gateway_offer_mail", "gateway_option_mail")
_OFFERED_WITH = (Outcome.NO_ANSWER, Outcome.OUT_OF_SCOPE, Outcome.HANDOFF_OFFLINE)
_SEGMENTS = 2  # of an SMS: the line costs no third one


class RelayLine:
    """A ``BeforeCommit``: adds the relay to every turn that gives the administration's number, whichever step made it.

    ``offers_mail``: where the number was the way on, the website also offers the answer of a person by e-mail.
    """

    def __init__(
        self, wording: Wording, renderers: Mapping[str, Renderer], *, offers_mail: Callable[[], bool] = lambda: False
    ) -> None:
        wording.require(WORDS)
        self._wording, self._renderers, self._offers_mail = wording, renderers, offers_mail

    async def __call__(self, session: AsyncSession, conversation: Conversation, message: Message, turn: Turn) -> Turn:
        language = turn.language or conversation.last_language
        blocks = with_relay(turn.blocks, self._wording, self._renderers, channel=conversation.channel, language=language)
        if blocks == turn.blocks:
            return turn
        by_number = traits_of(conversation.channel).identifies_by_number
        if turn.outcome in _OFFERED_WITH and not by_number and self._offers_mail():
            blocks = (*blocks, *self._offer(turn, conversation.channel, language))
        return turn.model_copy(update={"blocks": blocks})

    def _offer(self, turn: Turn, channel: str, language: str) -> Iterator[ReplyBlock]:
        menus = (block for block in turn.blocks if isinstance(block, ChoicesBlock))
        if any(option.payload == ANSWER_BY_MAIL for menu in menus for option in menu.options):
            return
        text, label = (self._wording.text(name, channel=channel, language=language) for name in _OFFER)
        yield ChoicesBlock(purpose="menu", text=text, options=(Option(label=label, payload=ANSWER_BY_MAIL),))


def with_relay(
    blocks: Sequence[ReplyBlock], wording: Wording, renderers: Mapping[str, Renderer], *, channel: str, language: str
) -> tuple[ReplyBlock, ...]:
    """Returns ``blocks``, with the relay below the last block that gives the number, if both are set.

    Where each part of a message costs, the line gives way to the second segment's end: first the opening hours beside the
    number are left out, then the line.
    """
    blocks = tuple(blocks)
    brief = traits_of(channel).pays_by_segment
    phone, relay = wording.common("phone"), wording.common("relay_brief" if brief else "relay")
    with_phone = [index for index, block in enumerate(blocks) if phone and relay and _shows_phone(block, phone, brief=brief)]
    if not with_phone:
        return blocks
    line = wording.text("gateway_relay", channel=channel, language=language, relay=relay)
    longer = tuple(_with_line_after(blocks, with_phone[-1], line))
    render = renderers.get(channel)
    if not brief or render is None:
        return longer
    most = max(_SEGMENTS, render(blocks, language=language).segments)
    shorter = tuple(_without_hours(block, wording.common("hours")) for block in longer)
    for candidate in (longer, shorter):
        rendered = render(candidate, language=language)
        if rendered.segments <= most and not rendered.rest:
            return candidate
    return blocks


def _shows_phone(block: ReplyBlock, phone: str, *, brief: bool) -> bool:
    match block:
        case TextBlock() | NoticeBlock() | ChoicesBlock():
            return phone in block.text
        case PlaceBlock():
            return phone in block.phone
        case AnswerBlock():  # a page by SMS seldom has room for its own numbers
            return not brief and phone in block.body


def _with_line_after(blocks: Sequence[ReplyBlock], last: int, line: str) -> Iterator[ReplyBlock]:
    """Yields ``blocks`` with ``line`` below the one at ``last``; of choices, between their sentence and their options."""
    for index, block in enumerate(blocks):
        if index != last:
            yield block
        elif isinstance(block, ChoicesBlock):
            yield from (TextBlock(text=block.text), TextBlock(text=line), block.model_copy(update={"text": ""}))
        else:
            yield from (block, TextBlock(text=line))


def _without_hours(block: ReplyBlock, hours: str) -> ReplyBlock:
    """Returns ``block`` without the opening hours that follow the ways to reach the administration."""
    if not hours or not isinstance(block, TextBlock | NoticeBlock):
        return block
    return block.model_copy(update={"text": block.text.replace(f", {hours}", "")})
