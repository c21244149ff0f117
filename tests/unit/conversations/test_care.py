"""Numbers first, in the wording of the domain, with an engine of our own making."""

from __future__ import annotations

import re

import httpx
import pytest
from pydantic import SecretStr

from channels.sms.rendering import SmsRenderer
from conversations.deadline import Deadline
from conversations.engine.rasa_client import RasaClient
from conversations.steps.too_many_attempts import MAX_ATTEMPTS
from conversations.turn_context import TurnContext
from conversations.turn_contracts import Step
from conversations.turns.care import CareReplies
from conversations.wording import Wording
from core.care import Care, DangerJudgement, LaterSign, SentencesToJudge, load_detector
from core.settings import ROOT, Settings
from core.turns import ChoicesBlock, Outcome, TextBlock, Turn
from tests.unit.conversations.pipelines import passes, pipeline

_SECRET = SecretStr("not a secret")
SETTINGS = Settings(_env_file=None, secret_key=_SECRET, internal_secret=_SECRET, address_key=_SECRET)
WORDING = Wording.load(ROOT / "domain.yml").filled_from(SETTINGS)
NUMBERS = {
    Care.FIRE: ("18", "112", "114"),
    Care.MEDICAL: ("15", "112", "114"),
    Care.SUICIDE: ("3114", "15", "112", "114"),
    Care.CHILD: ("119", "17", "112", "114"),
    Care.VIOLENCE: ("17", "112", "114", "3919"),
    Care.TRAFFICKING: ("17", "112", "114"),
    Care.HOMELESS: ("115",),
    Care.HUNGER: ("115", "CCAS"),
}
CARD = {"type": "text", "text": "La page officielle."}
ANSWERED = {"outcome": "answered", "blocks": [CARD], "entry": "F1", "entry_version": 2, "snapshot": "s"}


def context(text: str, **changes: object) -> TurnContext:
    values: dict[str, object] = {"message_id": "m", "conversation": "c", "channel": "web", "language": "fr", "payload": None}
    values |= {"text": text, "masked": (), "offered": (), "attempts": 1, "deadline": Deadline.after(60)}
    return TurnContext(**(values | changes))  # type: ignore[arg-type]


class Rasa:
    """Answers ``answer``; keeps what it was asked."""

    def __init__(self, answer: dict[str, object] | None) -> None:
        self._answer, self.asked = answer, list[bytes]()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.content)
        if self._answer is None:
            raise httpx.ConnectError("refused")
        return httpx.Response(200, json=self._answer)


async def answer(rasa: Rasa, asked: TurnContext, sms_commands: Step = passes) -> Turn:
    engine = RasaClient(["http://rasa"], "secret", max_concurrent=1, transport=httpx.MockTransport(rasa))
    return await pipeline(engine, WORDING, max_chars=200, sms_commands=sms_commands).answer(asked)


_EVICTED = "J'ai 79 ans et une petite pension. Mon propriétaire veut vendre, est-ce qu'il peut me mettre dehors comme ça ?"
_IN_PASSING = "Il me faudrait une attestation de domicile pour la fin du mois. Au fait il a dit qu'il me noierait si je pars."


class Judge:
    """Says ``meant``; keeps what it was asked."""

    def __init__(self, meant: DangerJudgement) -> None:
        self._meant, self.asked = meant, list[SentencesToJudge]()

    async def __call__(self, asked: SentencesToJudge) -> DangerJudgement:
        self.asked.append(asked)
        return self._meant


async def judged(meant: DangerJudgement, asked: TurnContext, rasa: Rasa) -> tuple[Turn, list[SentencesToJudge]]:
    judge = Judge(meant)
    engine = RasaClient(["http://rasa"], "secret", max_concurrent=1, transport=httpx.MockTransport(rasa))
    return await pipeline(engine, WORDING, max_chars=200, judge=judge).answer(asked), judge.asked


@pytest.mark.parametrize("confirmed", [True, False])
async def test_turn_of_a_long_message_with_danger_words_is_judged_once(confirmed: bool) -> None:
    turn, asked = await judged(DangerJudgement(confirmed), context(_EVICTED), Rasa(ANSWERED))
    assert [one.alarmed for one in asked] == [("Mon propriétaire veut vendre, est-ce qu'il peut me mettre dehors comme ça ?",)]
    assert (turn.outcome == Outcome.CRISIS) == confirmed
    assert CARD["text"] in said(turn)


async def test_turn_with_a_danger_in_passing_has_numbers_above_the_answer() -> None:
    rasa = Rasa(ANSWERED)
    turn, asked = await judged(DangerJudgement(True, (Care.VIOLENCE,)), context(_IN_PASSING), rasa)
    assert (turn.outcome, turn.entry, len(asked)) == (Outcome.CRISIS, "F1", 1)
    assert all(number in said(turn)[0] for number in NUMBERS[Care.VIOLENCE])
    assert said(turn)[-1] == CARD["text"]
    assert b'"enquiry":true' in rasa.asked[0]


async def test_turn_of_a_doubtful_danger_has_one_line_above_the_answer() -> None:
    turn, _ = await judged(DangerJudgement(True, (Care.CHILD, Care.VIOLENCE), sure=False), context(_IN_PASSING), Rasa(ANSWERED))
    assert (turn.outcome, turn.entry) == (Outcome.CRISIS, "F1")
    assert said(turn) == [WORDING.text("care_perhaps_child"), CARD["text"]]


async def test_turn_of_a_doubtful_danger_without_an_answer_has_the_numbers() -> None:
    turn, _ = await judged(DangerJudgement(True, (Care.CHILD,), sure=False), context(_IN_PASSING), Rasa(None))
    assert all(number in said(turn)[0] for number in NUMBERS[Care.CHILD])


async def test_turn_of_a_suicide_is_never_doubtful() -> None:
    turn, _ = await judged(DangerJudgement(True, (Care.SUICIDE,), sure=False), context(_IN_PASSING), Rasa(None))
    assert all(number in said(turn)[0] for number in NUMBERS[Care.SUICIDE])


async def test_turn_with_suicide_in_passing_needs_no_engine() -> None:
    rasa = Rasa(None)
    turn, _ = await judged(DangerJudgement(True, (Care.SUICIDE,)), context(_IN_PASSING), rasa)
    assert (turn.outcome, rasa.asked) == (Outcome.CRISIS, [])
    assert all(number in said(turn)[0] for number in NUMBERS[Care.SUICIDE])


async def test_turn_of_a_long_message_about_no_danger_is_answered() -> None:
    turn, asked = await judged(DangerJudgement(confirmed=True), context(_IN_PASSING), Rasa(ANSWERED))
    assert (turn.outcome, len(asked)) == (Outcome.ANSWERED, 1)


@pytest.mark.parametrize(
    "asked",
    [
        context("comment refaire ma carte d'identité ?"),
        context(_IN_PASSING, payload="/ask_human"),
        context(
            "I moved to Lyon in May and I would like to know how to register my two children at the nursery.", language="en"
        ),
    ],
    ids=["question in few words", "button", "English"],
)
async def test_turn_without_danger_words_is_not_judged(asked: TurnContext) -> None:
    engine = RasaClient(["http://rasa"], "secret", max_concurrent=1, transport=httpx.MockTransport(Rasa(ANSWERED)))
    judge = Judge(DangerJudgement(confirmed=True))
    await pipeline(engine, WORDING, max_chars=200, judge=judge, detect=lambda _, expected: expected).answer(asked)
    assert judge.asked == []


@pytest.mark.parametrize(
    ("text", "meant", "kinds"),
    [
        ("mon mari me frappe", DangerJudgement(confirmed=True), (Care.VIOLENCE,)),
        (_EVICTED, DangerJudgement(confirmed=False), ()),
        (_IN_PASSING, DangerJudgement(confirmed=True, kinds=(Care.VIOLENCE,)), (Care.VIOLENCE,)),
        ("où faire ma carte d'identité ?", DangerJudgement(confirmed=True), ()),
    ],
    ids=["by patterns", "taken back by meaning", "by meaning", "none"],
)
async def test_pipeline_reads_the_danger_before_the_limits_of_sms(
    text: str, meant: DangerJudgement, kinds: tuple[Care, ...]
) -> None:
    seen: list[tuple[Care, ...]] = []

    async def limits(asked: TurnContext) -> Turn | None:
        seen.append(asked.danger.kinds if asked.danger else ())
        return None

    engine = RasaClient(["http://rasa"], "secret", max_concurrent=1, transport=httpx.MockTransport(Rasa(ANSWERED)))
    await pipeline(engine, WORDING, max_chars=200, judge=Judge(meant), sms_limits=limits).answer(context(text))
    assert seen == [kinds]


@pytest.mark.parametrize("confirmed", [True, False])
async def test_turn_of_a_short_message_with_danger_words_is_judged(confirmed: bool) -> None:
    text = "on est étouffés sous les visites du syndic"
    turn, asked = await judged(DangerJudgement(confirmed), context(text), Rasa(ANSWERED))
    assert asked == [SentencesToJudge(alarmed=(text,), others=())]
    assert turn.outcome == (Outcome.CRISIS if confirmed else Outcome.ANSWERED)


def said(turn: Turn) -> list[str]:
    return [block.text for block in turn.blocks if isinstance(block, TextBlock)]


async def test_turn_of_a_danger_needs_no_engine() -> None:
    rasa = Rasa(None)
    turn = await answer(rasa, context("je veux mourir"))
    assert (turn.outcome, rasa.asked) == (Outcome.CRISIS, [])
    assert said(turn)[0].startswith("Appelez le 3114")
    offer = turn.blocks[-1]
    assert isinstance(offer, ChoicesBlock)
    assert [option.payload for option in offer.options] == ["/ask_human"]


async def test_turn_of_a_danger_with_a_question_has_the_answer_below_the_numbers() -> None:
    rasa = Rasa(ANSWERED)
    turn = await answer(rasa, context("suicide de mon locataire, que faire du bail ?"))
    assert (turn.outcome, turn.entry, turn.entry_version, turn.snapshot) == (Outcome.CRISIS, "F1", 2, "s")
    assert said(turn)[0].startswith("Appelez le 3114")
    assert said(turn)[-1] == "La page officielle."
    assert b'"enquiry":true' in rasa.asked[0]


RELATED, PART, OTHER_CASE, HUMAN = (
    {"label": label, "payload": payload}
    for label, payload in (
        ("Main courante", '/choose{"entry": "F2"}'),
        ("Faire constater", '/choose_case{"entry": "F1", "passage": 3}'),
        ("Mon cas est un autre", "/go_back"),
        ("Joindre une personne", "/ask_human"),
    )
)
LIKE_IT = {"label": "Divorce pour faute", "payload": '/choose{"entry": "F3", "passage": 2}'}


@pytest.mark.parametrize(
    ("offered", "left"),
    [
        (([PART], [RELATED, LIKE_IT]), [("Voir aussi :", ["Faire constater"]), ("Voir aussi :", ["Main courante"])]),
        (([PART], [LIKE_IT]), [("Voir aussi :", ["Faire constater"])]),
        (([LIKE_IT],), []),
        (([LIKE_IT, OTHER_CASE],), [("", ["Mon cas est un autre"])]),
        (([PART], [LIKE_IT, HUMAN]), [("Voir aussi :", ["Faire constater"])]),
    ],
)
async def test_turn_of_a_danger_offers_no_merely_similar_pages(
    offered: tuple[list[dict[str, str]], ...], left: list[tuple[str, list[str]]]
) -> None:
    lists = [{"type": "choices", "purpose": "related", "text": "Voir aussi :", "options": options} for options in offered]
    came = ANSWERED | {"blocks": [CARD, *lists], "alike": [LIKE_IT["payload"]]}
    turn = await answer(Rasa(came), context("mon mari me frappe et je ne sais pas où aller"))
    related = [block for block in turn.blocks if isinstance(block, ChoicesBlock) and block.purpose == "related"]
    assert [(block.text, [option.label for option in block.options]) for block in related] == left
    assert said(turn)[-1] == "La page officielle."


@pytest.mark.parametrize("came", [{"outcome": "no_answer", "blocks": [CARD]}, None])
async def test_turn_of_a_danger_without_an_answer_has_numbers_only(came: dict[str, object] | None) -> None:
    turn = await answer(Rasa(came), context("violences conjugales quelle peine", deadline=Deadline.after(0.2)))
    assert turn.outcome == Outcome.CRISIS
    assert [text for text in said(turn) if "3919" not in text] == []


async def test_turn_of_a_danger_after_too_many_attempts_has_numbers() -> None:
    turn = await answer(Rasa(None), context("mon mari ne respire plus", attempts=MAX_ATTEMPTS + 1))
    assert turn.outcome == Outcome.CRISIS
    assert "15" in said(turn)[0]


async def test_turn_of_a_danger_in_a_too_long_message_has_numbers() -> None:
    turn = await answer(Rasa(None), context("Bonjour. " * 40 + "mon mari me frappe"))
    assert turn.outcome == Outcome.CRISIS


async def test_turn_of_a_danger_after_stop_is_silent() -> None:
    async def silent(context: TurnContext) -> Turn | None:
        return Turn(outcome=Outcome.SILENT)

    asked = context("je veux mourir")
    assert await answer(Rasa(None), asked, silent) == Turn(outcome=Outcome.SILENT)


async def test_turn_of_a_danger_with_a_human_has_numbers_without_an_offer() -> None:
    async def human(context: TurnContext) -> Turn | None:
        return Turn(outcome=Outcome.HUMAN)

    turn = await answer(Rasa(None), context("je veux mourir"), human)
    assert turn.outcome == Outcome.CRISIS
    assert [block.type for block in turn.blocks] == ["text"]


async def test_turn_of_a_danger_is_in_the_language_of_the_message() -> None:
    turn = await answer(Rasa(None), context("i want to kill myself"))
    assert said(turn)[0].startswith("Call 3114")
    arabic = await answer(Rasa(None), context("أريد أن أموت"))
    assert "3114" in said(arabic)[0]
    assert said(arabic)[0] != said(turn)[0]


@pytest.mark.parametrize("language", ["fr", "en", "es", "ar", "pt", "tr", "uk"])
@pytest.mark.parametrize("kind", list(Care))
def test_turn_of_a_danger_in_any_wording_has_whole_numbers_first(kind: Care, language: str) -> None:
    """First sentence: the first number. By SMS nothing is cut, and the way to a human still fits."""
    render = SmsRenderer(WORDING, max_segments=3)
    for channel in ("web", "sms"):
        text = WORDING.text(f"care_{kind}", channel=channel, language=language)
        assert all(number in text for number in NUMBERS[kind]), text
        assert NUMBERS[kind][0] in text.replace("؟", ".").replace(":", ".").split(".")[0]
        if channel == "sms":
            assert not render((TextBlock(text=text),), language=language).text.endswith("…")


async def answer_after(said_before: tuple[str, ...], asked: TurnContext, rasa: Rasa) -> Turn:
    async def recall(conversation: str) -> tuple[str, ...]:
        return said_before

    engine = RasaClient(["http://rasa"], "secret", max_concurrent=1, transport=httpx.MockTransport(rasa))
    return await pipeline(engine, WORDING, max_chars=200, recall=recall).answer(asked)


@pytest.mark.parametrize(
    ("before", "text", "first"),
    [
        (("care_violence",), "je ne peux pas appeler il est là", "114"),
        (("care_violence",), "je peu pa parler", "114"),
        (("care_homeless",), "personne ne m'aide", "115"),
        (("care_suicide", "care_mourning"), "j'ai envie de la rejoindre", "3114"),
        (("care_mourning",), "je ne peux pas vivre sans lui", "3114"),
    ],
)
async def test_danger_follow_up_needs_no_engine(before: tuple[str, ...], text: str, first: str) -> None:
    rasa = Rasa(ANSWERED)
    turn = await answer_after(before, context(text), rasa)
    assert (turn.outcome, rasa.asked) == (Outcome.CRISIS, [])
    assert re.findall(r"\d+", " ".join(said(turn)))[0] == first
    assert isinstance(turn.blocks[-1], ChoicesBlock)


async def test_danger_follow_up_about_return_to_an_abuser_keeps_the_violence_numbers() -> None:
    turn = await answer_after(("care_violence",), context("je veux le retrouver"), Rasa(ANSWERED))
    assert [text in " ".join(said(turn)) for text in ("3114", "3919")] == [True, True]


@pytest.mark.parametrize(("before", "numbers"), [(("care_violence",), ["3919", "115"]), (("care_homeless",), ["115"])])
async def test_danger_follow_up_without_a_place_to_go_adds_the_shelter_number(
    before: tuple[str, ...], numbers: list[str]
) -> None:
    turn = await answer_after(before, context("je c pa ou aller"), Rasa(ANSWERED))
    assert turn.outcome == Outcome.CRISIS
    assert all(number in " ".join(said(turn)) for number in numbers)


@pytest.mark.parametrize("text", ["je sais pas où aller", "j'ai pas d'argent"])
async def test_danger_follow_up_about_money_or_home_after_a_death_passes(text: str) -> None:
    turn = await answer_after(("care_mourning",), context(text), Rasa(ANSWERED))
    assert turn.outcome == Outcome.ANSWERED


@pytest.mark.parametrize("before", [(), ("care_mourning",)])
async def test_danger_follow_up_without_an_earlier_danger_passes(before: tuple[str, ...]) -> None:
    turn = await answer_after(before, context("je ne sais plus quoi faire"), Rasa(ANSWERED))
    assert turn.outcome == Outcome.ANSWERED


async def test_condolences_are_given_once_above_the_answer() -> None:
    first = await answer_after((), context("mon mari est décédé, que dois-je faire ?"), Rasa(ANSWERED))
    assert said(first) == ["Toutes nos condoléances.", "La page officielle."]
    again = await answer_after(("care_mourning",), context("mon mari est décédé à l'hôpital"), Rasa(ANSWERED))
    assert said(again) == ["La page officielle."]


async def test_turn_of_a_death_taken_for_a_danger_has_its_answer_too() -> None:
    answers = iter([{"outcome": "crisis", "blocks": [], "care": "suicide"}, ANSWERED])

    def rasa(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=next(answers))

    engine = RasaClient(["http://rasa"], "secret", max_concurrent=1, transport=httpx.MockTransport(rasa))
    turn = await pipeline(engine, WORDING, max_chars=200).answer(context("ma femme est morte ce matin"))
    assert turn.outcome == Outcome.CRISIS
    assert said(turn)[0] == "Toutes nos condoléances."
    assert "3114" in said(turn)[1]
    assert said(turn)[-1] == "La page officielle."


@pytest.mark.parametrize("language", ["fr", "en", "es", "ar", "pt", "tr", "uk"])
@pytest.mark.parametrize("since", list(LaterSign))
def test_danger_follow_up_texts_fit_into_an_sms(since: LaterSign, language: str) -> None:
    render = SmsRenderer(WORDING, max_segments=3)
    replies = CareReplies(load_detector(), WORDING)
    for kind in ("care_suicide", "care_violence", "care_homeless"):
        turn = replies.repeat_numbers(since, [kind], channel="sms", language=language)
        assert turn is not None
        assert "…" not in render(turn.blocks, language=language).text
