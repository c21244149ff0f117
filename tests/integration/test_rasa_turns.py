"""Turns through the input channel: a trained model, a running Rasa, the action server over a retriever written by hand."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from core.turns import AnswerBlock, ChoicesBlock, Turn
from tests.integration.rasa_support import SECRET, ActionServer, RasaServer, Talk, settings_for, trained_home
from tests.unit.actions.fakes import SNAPSHOT

type Opener = Callable[..., Talk]
type Stack = tuple[str, ActionServer, RasaServer]

PROBLEM = "application/problem+json"
RASA_ALONE = "laissez tomber"  # is answered without an action of ours


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = settings_for(trained_home())
    actions, rasa = ActionServer(settings), RasaServer(settings, tmp_path_factory.mktemp("rasa"))
    actions.start()
    rasa.start()
    yield settings.rasa_url, actions, rasa
    rasa.stop()
    actions.stop()


@pytest.fixture(scope="module")
def client(stack: Stack) -> Iterator[httpx.Client]:
    headers = {"X-Guichet-Secret": SECRET}
    with httpx.Client(base_url=f"{stack[0]}/webhooks/guichet", headers=headers, timeout=30, trust_env=False) as client:
        yield client


@pytest.fixture
def actions(stack: Stack) -> ActionServer:
    return stack[1]


@pytest.fixture
def talk(client: httpx.Client) -> Opener:
    return lambda **about: Talk(client, uuid.uuid4().hex, **about)


@pytest.mark.parametrize(
    ("channel", "language", "word"),
    [("web", "fr", "Je suis"), ("sms", "fr", "ici l'assistant"), ("web", "en", "I am"), ("sms", "en", "this is")],
)
def test_a_greeting_in_the_words_of_channel_and_language(talk: Opener, channel: str, language: str, word: str) -> None:
    turn = Turn.model_validate(talk(channel=channel, language=language).say("bonjour"))
    (block,) = turn.blocks
    assert (turn.outcome, turn.confidence, turn.replayed) == ("small_talk", None, False)
    assert word in block.text


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("merci beaucoup", "small_talk"),
        ("au revoir", "small_talk"),
        ("aide", "small_talk"),
        ("êtes-vous un robot ?", "small_talk"),
        ("oui", "small_talk"),
        ("non", "small_talk"),
        ("je veux parler à un conseiller", "handoff_offline"),
        ("bonjour, j'ai perdu ma carte d'identité", "answered"),
        ("zxcv qwrt plmk", "answered"),
        ("le directeur de l'école ne fait rien", "answered"),
        ("on m'a insulté par sms", "answered"),
        ("mon mari n'est pas français", "answered"),
        ("l'autre conducteur n'est pas assuré", "answered"),
    ],
)
def test_what_is_not_small_talk_is_an_enquiry(talk: Opener, text: str, outcome: str) -> None:
    assert talk().say(text)["outcome"] == outcome


def test_an_enquiry_is_answered_with_source_date_and_warning(talk: Opener) -> None:
    turn = Turn.model_validate(talk().say("j'ai perdu ma carte d'identité"))
    card, related = turn.blocks
    assert isinstance(card, AnswerBlock)
    assert isinstance(related, ChoicesBlock)
    assert (turn.entry, turn.entry_version, turn.snapshot, turn.confidence) == ("T1", 3, SNAPSHOT, 0.75)
    assert (card.source.url, str(card.verified_on)) == ("https://exemple.fr/T1", "2019-03-05")
    assert "05/03/2019" in card.notice
    assert card.text  # a sentence above the card, which shows its title itself
    assert card.title not in card.text
    assert related.text


def test_a_button_shows_its_entry_and_the_way_to_the_rest(talk: Opener) -> None:
    conversation = talk()
    offered = Turn.model_validate(conversation.say("question à choix sur mes papiers perdus"))
    (block,) = offered.blocks
    assert offered.outcome == "choices"
    assert isinstance(block, ChoicesBlock)
    shown = Turn.model_validate(conversation.say(payload=block.options[1].payload))
    card = shown.blocks[0]
    assert isinstance(card, AnswerBlock)
    assert (shown.outcome, card.entry) == ("answered", "T2")
    (rest,) = [one for one in shown.blocks[-1].options if '"rest"' in one.payload]  # type: ignore[union-attr]
    further = Turn.model_validate(conversation.say(payload=rest.payload)).blocks[0]
    assert isinstance(further, AnswerBlock)
    assert (further.entry, further.body[:40] == card.body[:40]) == ("T2", False)


def test_mini_cards_come_to_a_worker_that_reads_them_and_to_no_other(client: httpx.Client) -> None:
    asked = {"channel": "web", "language": "fr", "text": "question à choix sur mes papiers perdus"}

    def options(message: str, **more: int) -> list[dict[str, object]]:
        body = {"conversation": f"forms-{message}", "message_id": message, **asked, **more}
        turn = client.post("/turns", json=body).raise_for_status().json()
        found: list[dict[str, object]] = turn["blocks"][0]["options"]
        return found

    assert "extract" not in options("m1")[0]
    assert "extract" in options("m2", form=2)[0]
    assert "extract" not in options("m2")[0]  # an older worker asks again for what a newer one could not write down
    assert "extract" in options("m2", form=2)[0]


def test_no_answer_says_where_else_to_ask(talk: Opener) -> None:
    turn = talk().say("papiers introuvable pour mon cheval")
    assert turn["outcome"] == "no_answer"
    assert "Mairie de démonstration" in turn["blocks"][0]["text"]


def test_nobodys_business_is_told_apart(talk: Opener) -> None:
    turn = talk().say("pouvez-vous me donner une recette de tiramisu pour ce soir ?")
    assert turn["outcome"] == "out_of_scope"
    assert "Mairie de démonstration" in turn["blocks"][0]["text"]


def test_the_same_message_is_answered_once(talk: Opener, actions: ActionServer) -> None:
    conversation = talk()
    first = conversation.say("carte d'identité perdue", message_id="same")
    asked = len(actions.knowledge.asked)
    again = conversation.say("carte d'identité perdue", message_id="same")
    assert (first["replayed"], again["replayed"]) == (False, True)
    assert again | {"replayed": False} == first
    assert len(actions.knowledge.asked) == asked


def test_two_requests_that_race_are_one_turn(talk: Opener, actions: ActionServer) -> None:
    conversation = talk()
    asked = len(actions.knowledge.asked)
    with ThreadPoolExecutor(4) as pool:
        turns = list(pool.map(lambda _: conversation.say("carte d'identité perdue", message_id="raced"), range(4)))
    assert sorted(turn["replayed"] for turn in turns) == [False, True, True, True]
    assert len(actions.knowledge.asked) == asked + 1


def test_actions_belong_to_the_trace_of_the_turn(talk: Opener, client: httpx.Client, actions: ActionServer) -> None:
    trace = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"
    for written, passed_on in ((trace, trace), ("00-carte perdue-01", ""), ("", "")):
        client.headers["traceparent"] = written
        talk().say("carte d'identité perdue")
        assert actions.traces[-1] == passed_on
    del client.headers["traceparent"]


def test_a_traced_turn_tells_its_parts_and_another_does_not(talk: Opener, client: httpx.Client) -> None:
    header = "x-guichet-parts"
    assert header not in talk().post("carte d'identité perdue").headers
    client.headers["traceparent"] = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"
    parts = [part.partition("=") for part in talk().post("carte d'identité perdue").headers[header].split(", ")]
    del client.headers["traceparent"]
    assert [name for name, _, _ in parts] == ["understand", "decide", "store"]
    moments = [int(moment) for _, _, times in parts for moment in times.split("-")]
    assert moments == sorted(moments)


def test_a_failed_search_fails_the_turn_and_leaves_no_trace(talk: Opener) -> None:
    conversation = talk()
    conversation.say("bonjour", message_id="hello")
    failed = conversation.post("panne de chauffage dans mon logement", message_id="fails")
    assert (failed.status_code, failed.headers["content-type"]) == (503, PROBLEM)
    assert "chauffage" not in failed.text
    assert conversation.say("carte d'identité perdue", message_id="fails")["outcome"] == "answered"


def test_a_killed_action_server_is_a_failure_until_it_is_back(talk: Opener, actions: ActionServer) -> None:
    conversation = talk()
    actions.stop()
    try:
        failed = conversation.post("carte d'identité perdue", message_id="killed")
        assert (failed.status_code, failed.json()["cause"]) == (503, "actions_unreachable")
        assert conversation.say(RASA_ALONE)["outcome"] == "small_talk"
    finally:
        actions.start()
    turn = conversation.say("carte d'identité perdue", message_id="killed")
    assert (turn["outcome"], turn["replayed"]) == ("answered", False)


def test_an_action_that_hangs_is_given_up(talk: Opener, actions: ActionServer) -> None:
    conversation = talk()
    actions.knowledge.gate.clear()
    assert conversation.post("liste d'attente en crèche", message_id="hangs").status_code == 503
    actions.knowledge.gate.set()
    assert conversation.say("liste d'attente en crèche", message_id="hangs")["outcome"] == "answered"


def test_turn_that_waited_in_vain_for_the_action_server_says_so(
    talk: Opener, client: httpx.Client, actions: ActionServer
) -> None:
    conversation = talk()
    actions.knowledge.gate.clear()
    client.headers["x-guichet-seconds"] = "2.0"
    try:
        failed = conversation.post("liste d'attente en crèche").json()
    finally:
        del client.headers["x-guichet-seconds"]
        actions.knowledge.gate.set()
    assert failed["cause"] == "actions_silent"
    assert 0 < failed["waited_seconds"] < 4  # the worker's time, not Rasa's own


def test_turn_says_whether_the_action_server_answered_it(talk: Opener) -> None:
    header = "x-guichet-actions-answered"
    assert header in talk().post("carte d'identité perdue").headers
    assert header not in talk().post(RASA_ALONE).headers


def test_turn_whose_worker_knows_that_the_action_server_hangs_does_not_ask_it(
    talk: Opener, client: httpx.Client, actions: ActionServer
) -> None:
    conversation, before = talk(), len(actions.calls)
    client.headers["x-guichet-skip-actions"] = "1"
    try:
        failed = conversation.post("carte d'identité perdue", message_id="skipped")
        left_aside = conversation.say(RASA_ALONE)
    finally:
        del client.headers["x-guichet-skip-actions"]
    assert (failed.status_code, failed.json()["cause"]) == (503, "actions_skipped")
    assert (left_aside["outcome"], len(actions.calls)) == ("small_talk", before)
    assert conversation.say("carte d'identité perdue", message_id="skipped")["outcome"] == "answered"


@pytest.mark.parametrize("written", ["", "-1", "nan", "soon", "1e9"])
def test_time_that_cannot_be_read_is_rasas_own(talk: Opener, client: httpx.Client, written: str) -> None:
    client.headers["x-guichet-seconds"] = written
    try:
        assert talk().say("bonjour")["outcome"] == "small_talk"
    finally:
        del client.headers["x-guichet-seconds"]


def test_the_card_before_is_known_whatever_was_said_since(talk: Opener) -> None:
    conversation = talk()
    assert conversation.say("plus simplement")["outcome"] == "small_talk"  # what?
    conversation.say("j'ai perdu ma carte d'identité")
    for _ in range(2):
        assert conversation.say("merci")["outcome"] == "small_talk"
    assert conversation.say("plus simplement")["outcome"] == "answered"  # that page has no easier text: it is shown in short


def test_what_actions_are_told_stops_growing(talk: Opener, actions: ActionServer) -> None:
    conversation = talk()
    before = len(actions.calls)
    for _ in range(40):
        conversation.say("j'ai perdu ma carte d'identité")
    sizes = actions.calls[before:]
    assert len(sizes) == 40
    assert sizes[0] < sizes[1]  # the turns before belong to it (how many of them are kept: test_rasa_tracker_store)
    assert len(set(sizes[20:])) == 1
    assert conversation.say("j'ai perdu ma carte d'identité", message_id="m1")["replayed"]


def test_an_erased_conversation_is_unknown(talk: Opener, client: httpx.Client) -> None:
    conversation, other = talk(), talk()
    conversation.say("bonjour", message_id="m")
    other.say("bonjour", message_id="m")
    assert client.delete(f"/conversations/{conversation.conversation}").status_code == 204
    assert client.delete(f"/conversations/{conversation.conversation}").status_code == 204
    assert not conversation.say("bonjour", message_id="m")["replayed"]
    assert other.say("bonjour", message_id="m")["replayed"]


@pytest.mark.parametrize(("method", "path"), [("POST", "/turns"), ("DELETE", "/conversations/c1"), ("GET", "/health")])
@pytest.mark.parametrize("secret", [None, "wrong", "é"])
def test_every_route_wants_the_secret(
    stack: tuple[str, ActionServer, RasaServer], method: str, path: str, secret: str | None
) -> None:
    headers = {} if secret is None else {b"X-Guichet-Secret": secret.encode("latin-1")}
    response = httpx.request(method, f"{stack[0]}/webhooks/guichet{path}", headers=headers, json={}, trust_env=False)
    assert (response.status_code, response.headers["content-type"]) == (401, PROBLEM)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"text": "oui"}'])
def test_a_malformed_request_is_refused(client: httpx.Client, content: bytes) -> None:
    response = client.post("/turns", content=content)
    assert (response.status_code, response.headers["content-type"]) == (422, PROBLEM)


def test_rasa_offers_nothing_else(stack: Stack) -> None:
    with httpx.Client(base_url=stack[0], trust_env=False) as client:
        for path in ("/version", "/status", "/domain", "/conversations/c1/tracker", "/webhooks/rest/", "/webhooks/guichet/"):
            assert client.get(path).status_code == 404
        assert client.post("/webhooks/rest/webhook", json={"sender": "c1", "message": "bonjour"}).status_code == 404


def test_nothing_that_citizens_wrote_is_logged(talk: Opener, stack: Stack) -> None:
    talk().post("panne xylophone", message_id="logged")
    talk().say("carte xylophone")
    assert "turn_failed" in stack[2].log.read_text(encoding="utf-8")
    assert "xylophone" not in stack[2].log.read_text(encoding="utf-8")


def test_a_guided_answer_outlives_the_window_of_turns(talk: Opener) -> None:
    conversation = talk()
    asked = Turn.model_validate(conversation.say("comment demander un passeport"))
    (choices,) = [block for block in asked.blocks if isinstance(block, ChoicesBlock) and block.purpose == "cases"]
    assert (asked.outcome, asked.entry) == ("answered", "T4")  # the cases stand side by side
    assert [option.label for option in choices.options] == ["En France", "À l'étranger"]
    for _ in range(12):
        conversation.say("merci beaucoup")
    shown = Turn.model_validate(conversation.say(payload=choices.options[1].payload))
    card = shown.blocks[0]
    assert isinstance(card, AnswerBlock)
    assert (shown.outcome, card.body, card.cases) == ("answered", "Allez au consulat.", ("À l'étranger",))
    for _ in range(12):
        conversation.say("merci beaucoup")
    assert conversation.say("comment demander un passeport")["outcome"] == "answered"  # the case is still known
    assert conversation.say("retour")["outcome"] == "guided"
    assert conversation.say("oubliez ce que j'ai dit de ma situation")["outcome"] == "small_talk"
    forgotten = Turn.model_validate(conversation.say("comment demander un passeport"))
    assert [block.cases for block in forgotten.blocks if isinstance(block, AnswerBlock)] == [()]


def test_a_country_that_is_taken_for_a_language_answers_the_question(talk: Opener) -> None:
    conversation = talk()
    assert conversation.say("comment demander un passeport")["outcome"] == "answered"
    shown = Turn.model_validate(conversation.say("en espagne"))
    bodies = [block.body for block in shown.blocks if isinstance(block, AnswerBlock)]
    assert (shown.outcome, bodies) == ("answered", ["Allez au consulat."])
