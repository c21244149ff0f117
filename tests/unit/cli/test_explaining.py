"""What ``ask --explain`` prints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from actions.situation import reading
from cli import explain_output
from cli.__main__ import with_commands
from cli.citizen_replies import as_reply
from cli.explain_output import asked_with_reasons, explained, printed
from cli.language import Refusal
from core.decision_trace import DecisionStep
from core.reply_explanation import Candidate, ReplyDecision, ReplyExplanation, Threshold, Understood
from core.settings import Settings
from core.turns import Outcome
from core.yaml_text import table
from desk.words import read
from knowledge_base.desk import publishing

FACETS = Path(reading.__file__).with_name("facets.yml")
STEPS = (
    DecisionStep(name="bare_subject", values={"yes": False}),
    DecisionStep(name="sure"),
    DecisionStep(name="fork", values={"cases": "En France / À l'étranger", "question": ""}),
    DecisionStep(name="side_by_side", values={"chars": 320, "room": 600}),
    DecisionStep(name="page_extract", values={"parts": 3}),
    DecisionStep(name="dated", values={"title": "Passeport", "day": "2020-05-12", "months": 18}),
)
WHY = ReplyExplanation(
    snapshot="s1",
    understood=Understood(
        query="passeport •••",
        searched="passeport",
        language="fr",
        scope="enquiry",
        outside=0.12,
        facts={"age": ("0", "17"), "country": ("eu", "world"), "area": ("69",)},
    ),
    confidence=0.83,
    candidates=(
        Candidate(
            place=1,
            entry_id="F1",
            collection="c",
            title="Passeport",
            score=9.5,
            headings=("Coût",),
            open_cases=("En France", "À l'étranger"),
            extracts={"web": "Il coûte\n86 €.", "sms": ""},
        ),
    ),
    thresholds=(
        Threshold(sort="answered", value=0.83, least=0.77),
        Threshold(sort="found", value=3.58, least=-0.33, weight=1.0),
        Threshold(sort="part", value=0.55, least=0.8),
    ),
    decisions={channel: ReplyDecision(outcome=Outcome.ANSWERED, entry="F1", steps=STEPS) for channel in ("web", "sms")},
)


def turn(text: str, outcome: str = "answered", entry: str = "F1") -> dict[str, Any]:
    return {"conversation": "c", "outcome": outcome, "text": text, "blocks": [], "entry": entry, "ms": 1}


def lines(language: str, monkeypatch: pytest.MonkeyPatch, *, outcome: str = "answered") -> Sequence[str]:
    monkeypatch.setenv("GUICHET_LANG", language)
    replies = {channel: as_reply(channel, turn(f"Réponse {channel}", outcome)) for channel in ("web", "sms")}
    return printed(WHY, replies, "web").splitlines()


def test_explained_in_french_tells_steps_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    told = [" ".join(line.split()) for line in lines("fr", monkeypatch)]
    first = told.index("1. Seulement un nom de sujet, porté par plusieurs fiches ? non")
    assert told[first + 1] == "2. Confiance 83 %, il faut 77 % → une fiche répond : « Passeport »"
    assert told[first + 3] == "4. Les cas tiennent côte à côte (320 caractères, 600 au plus) → tous montrés, aucun choisi"
    assert told[first + 4] == "5. Partie sûre à 55 % → les phrases qui disent le plus, prises dans 3 parties de la fiche"
    assert "12/05/2020" in told[first + 5]
    assert told[first + 6] == "7. Résultat : réponse"
    assert "Situation du citoyen : âge : de 0 à 17 ans ; lieu : Union européenne ou hors d’Europe ; département : 69" in told
    assert "Extrait sur le site : Il coûte 86 €." in told
    assert "répondre d’une seule fiche (confiance) : 83 % (il faut 77 %) – atteint" in told
    assert "Par SMS (1 segment)" in told


def test_explained_in_english_says_where_the_service_did_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    told = "\n".join(lines("en", monkeypatch, outcome="small_talk"))
    assert "The service treated this message otherwise (courtesy" in told
    assert "probability of being out of scope: 12%" in told
    assert "Confiance" not in told


class Answering:
    """A service that greets."""

    async def turn(self, text: str, *, channel: str, language: str | None) -> dict[str, Any]:
        assert "06 12" in text  # the service masks it itself, and says so
        return turn(f"Bonjour {channel}")


async def test_asked_with_reasons_masks_what_is_explained(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def explained(_: Settings, message: str, language: str) -> ReplyExplanation:
        asked.append(f"{message} ({language})")
        return WHY

    monkeypatch.setattr(explain_output, "explained", explained)
    found = await asked_with_reasons(settings, Answering(), "appelez le 06 12 34 56 78", channel="sms", language="")  # type: ignore[arg-type]
    assert asked == ["appelez le ••• (fr)"]
    assert (found["text"], found["replies"]["web"]["text"], found["replies"]["sms"]["segments"]) == (
        "Bonjour sms",
        "Bonjour web",
        1,
    )
    assert ReplyExplanation.model_validate(found["explanation"]) == WHY


async def test_an_action_server_that_does_not_answer_is_one_sentence(settings: Settings) -> None:
    silent = httpx.MockTransport(lambda _: httpx.Response(503))
    with pytest.raises(Refusal, match="503"):
        await explained(settings, "passeport", "fr", silent)
    answering = httpx.MockTransport(lambda _: httpx.Response(200, content=WHY.model_dump_json()))
    assert await explained(settings, "passeport", "fr", answering) == WHY


def test_only_a_first_message_is_explained() -> None:
    result = CliRunner().invoke(with_commands({"ask"}), ["ask", "bonjour", "--explain", "--conversation", "c1"])
    assert isinstance(result.exception, Refusal)


def test_each_outcome_and_each_fact_has_words() -> None:
    words = read(Path(publishing.__file__).parent / "words.yml")
    assert {f"came_to_{outcome}" for outcome in Outcome} <= set(words)
    wanted = {f"facet_{facet}" for facet in (*table(FACETS), "age", "area")}
    for facet, values in table(FACETS).items():
        known = {one for key in values if key not in ("lasting", "unknown") for one in str(key).split()}
        wanted |= {f"fact_{facet}_{value}" for value in known if not value.isdecimal()}
    assert wanted <= set(words)


@pytest.fixture
def settings() -> Settings:
    secrets = dict.fromkeys(("secret_key", "internal_secret", "address_key"), "s" * 40)
    return Settings.model_validate(secrets)
