"""The proof of a reply: where its pieces stand in the page, and what the verifier refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from actions.replies.cards import answer_card
from actions.replies.style import Style
from core.proof import verify as verifier
from core.proof.prove import with_proof
from core.proof.verify import Snapshot, replies_in, verify
from tests.unit.actions.fakes import BY_SMS, ON_WEB
from tests.unit.core.published_page import PAGE, publish, write

type Json = dict[str, Any]

_WORDING = ("La suite : SUITE.", "Vérifié le 12/05/2020")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(tmp_path_factory.mktemp("snapshots"))


@pytest.fixture(scope="module")
def snapshot(folder: Path) -> Snapshot:
    return Snapshot(folder)


def _reply(snapshot: Snapshot, body: str = "", style: Style = ON_WEB, text: str = "", **fields: Any) -> Json:
    card = answer_card(PAGE, 0, snapshot.name, style).block
    card = card.model_copy(update={**({"body": body, "sms_text": ""} if body else {}), **fields})
    return {"outcome": "answered", "text": text, "blocks": [card.model_dump(mode="json")]}


def _proved(snapshot: Snapshot, reply: Json) -> Json:
    proved: Json = json.loads(json.dumps(with_proof(reply, lambda name: snapshot)))
    return proved


def _faults(snapshot: Snapshot, reply: Json) -> list[str]:
    return [fault.args[0] for fault in verify(reply, lambda name: snapshot, _WORDING).faults]


@pytest.mark.parametrize("style", [ON_WEB, BY_SMS])
def test_card_of_an_old_page_is_quoted_around_its_dates(snapshot: Snapshot, style: Style) -> None:
    reply = _proved(snapshot, _reply(snapshot, style=style))
    first = reply["proof"]["texts"][0]
    assert first["pieces"][0]["field"] == "/introduction"
    assert first["added"] == [{"start": first["added"][0]["start"], "text": "(au 12/05/2020)"}]
    verdict = verify(reply, lambda name: snapshot, _WORDING)
    assert (verdict.faults, verdict.pages) == ((), (f"F1, version 3, {snapshot.name} ({snapshot.digest})",))
    assert "(au 12/05/2020)" in verdict.added


def test_offsets_are_those_of_the_page(snapshot: Snapshot) -> None:
    (proof,) = _proved(snapshot, _reply(snapshot, "Comptez 3 semaines (au 12/05/2020). Le consulat répond."))["proof"]["texts"]
    assert proof["pieces"] == [{"field": "/body/0/body/0/cases/1/body/0/markdown", "start": 0, "end": 38}]
    assert "Comptez 3 semaines. Le consulat répond."[:38] == "Comptez 3 semaines. Le consulat répond"


@pytest.mark.parametrize(
    "body",
    [
        "**À l'étranger** : Comptez 3 semaines.",
        "**Délais › En France** : Comptez 10 jours.",
        "**En France / Délais** : Comptez 10 jours.",
        "Apportez :\n\n- une photo,\n- … (1 sur 3)",
        "Apportez :\n\n- l'ancien passeport.",
        "| Âge | Délai | Prix |\n|---|---|---|\n| Mineur | 5 ans | 42 € |\n\n… (1 sur 2)",
        "Âge : Mineur ; Prix : 42 €",
        "Âge : Majeur ; Délai : - ; Prix : 86 €",
        "Comptez 10 jours.\n\nLe consulat…",
        "Il ne suffit pas de ⅓ des 20 °C d'unjuré.",
    ],
)
def test_extract_in_each_form_is_proved(snapshot: Snapshot, body: str) -> None:
    assert _faults(snapshot, _proved(snapshot, _reply(snapshot, body))) == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("Comptez 5 semaines.", "words"),
        ("Comptez 10 jours. Tout est gratuit.", "words"),
        ("Comptez jours.", "words"),
        ("Comptez 3", "words"),
        ("Vous l'achetez en ligne. Comptez", "words"),
        ("3 semaines.", "words"),
        ("Comptez 3 semaines (au 12/05/2026).", "added"),
        ("**En France** : Comptez 3 semaines.", "name"),
        ("**À l'étranger › Délais** : Comptez 10 jours.", "name"),
        ("Âge : Mineur ; Prix : 86 €", "row"),
        ("Prix : Mineur", "row"),
        ("Vous l'achetez [en ligne](https://exemple.org/timbre).", "fact"),
    ],
)
def test_text_that_is_not_the_page_s_is_refused_with_a_proof_of_its_own(snapshot: Snapshot, body: str, kind: str) -> None:
    assert _faults(snapshot, _proved(snapshot, _reply(snapshot, body))) == [kind]


def _set(**fields: Any) -> Callable[[Json], None]:
    return lambda reply: reply["blocks"][0].update(fields)


def _replace(old: str, new: str) -> Callable[[Json], None]:
    return lambda reply: reply["blocks"][0].update(body=reply["blocks"][0]["body"].replace(old, new))


def _piece(**fields: Any) -> Callable[[Json], None]:
    return lambda reply: reply["proof"]["texts"][0]["pieces"][-1].update(fields)


def _declare(reply: Json) -> None:
    """Adds a sentence, and declares it as an addition of the service."""
    added = {"start": len(reply["blocks"][0]["body"]) + 1, "text": "C'est gratuit."}
    reply["blocks"][0]["body"] += " C'est gratuit."
    reply["proof"]["texts"][0]["added"].append(added)


def _shorten(reply: Json) -> None:
    """Ends the last sentence before its end, in the text and in the proof."""
    reply["blocks"][0]["body"] = reply["blocks"][0]["body"].removesuffix(" semaines.")
    reply["proof"]["texts"][0]["pieces"][-1]["end"] -= len(" semaines")


def _skip(reply: Json) -> None:
    """Begins the last sentence after its beginning, in the text and in the proof."""
    reply["blocks"][0]["body"] = reply["blocks"][0]["body"].replace("Comptez 3", "3")
    reply["proof"]["texts"][0]["pieces"][-1]["start"] += len("Comptez ")


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (_replace("3 semaines", "5 semaines"), "words"),
        (_replace("Comptez 3 semaines.", ""), "words"),
        (_replace("À l'étranger", "En France"), "words"),
        (_declare, "added"),
        (_shorten, "cut"),
        (_skip, "cut"),
        (_piece(field="/title"), "words"),
        (_piece(field="/theme"), "proof"),
        (_piece(start=2), "words"),
        (_set(title="Carte d'identité"), "fact"),
        (_set(cases=["En France"]), "fact"),
        (_set(headings=["Tarifs"]), "fact"),
        (_set(source={"name": "exemple.fr", "url": "https://exemple.org/F1"}), "fact"),
        (_set(source={"name": "exemple.org", "url": "https://exemple.fr/F1"}), "page"),
        (_set(services=[{"name": "Payer", "url": "https://exemple.org"}]), "fact"),
        (_set(verified_on="2026-01-01"), "fact"),
        (_set(entry_version=4), "page"),
        (_set(entry="F2"), "page"),
        (lambda reply: reply.pop("proof"), "proof"),
        (lambda reply: reply["proof"]["texts"].clear(), "proof"),
        (lambda reply: reply["proof"]["snapshots"].update(dict.fromkeys(reply["proof"]["snapshots"], "0" * 64)), "snapshot"),
    ],
)
def test_change_of_a_card_or_its_proof_is_found(snapshot: Snapshot, change: Callable[[Json], None], kind: str) -> None:
    body = "**À l'étranger** : Comptez 3 semaines."
    reply = _proved(snapshot, _reply(snapshot, body, headings=("Délais",), cases=("À l'étranger",)))
    assert _faults(snapshot, reply) == []
    change(reply)
    assert _faults(snapshot, reply) == [kind]


def test_later_part_may_begin_inside_a_sentence_or_a_date(snapshot: Snapshot) -> None:
    for begin in ("semaines. Le consulat répond.", "12/05/2020). Le consulat répond.", "sur 7)\n\nLe consulat répond."):
        assert _faults(snapshot, _proved(snapshot, _reply(snapshot, begin, part=1))) == []
    assert _faults(snapshot, _proved(snapshot, _reply(snapshot, "semaines. Le consulat répond."))) == ["words"]
    assert _faults(snapshot, _proved(snapshot, _reply(snapshot, "semaines. consulat répond.", part=1))) == ["words"]


def test_mini_card_is_verified(snapshot: Snapshot) -> None:
    option: Json = {
        **{"label": "Passeport", "payload": "x", "entry": "F1", "entry_version": 3, "snapshot": snapshot.name},
        **{"source": {"name": "exemple.fr", "url": "https://exemple.fr/F1"}, "verified_on": "2020-05-12"},
        "extract": "À l'étranger : Comptez 3 semaines (au 12/05/2020).",
    }
    reply = _proved(snapshot, {"text": "", "blocks": [{"type": "choices", "text": "Laquelle ?", "options": [option]}]})
    verdict = verify(reply, lambda name: snapshot, _WORDING)
    assert (verdict.quoted, verdict.faults) == (2, ())
    assert {"Laquelle ?", "Passeport"} <= set(verdict.added)
    reply["blocks"][0]["options"][0]["extract"] = option["extract"].replace("3", "2")
    assert _faults(snapshot, reply) == ["words"]


_SMS = (
    "Passeport\nA l'etranger\nComptez 3 semaines. Le consulat repond.\n"
    "exemple.fr http://127.0.0.1/l/F1-p34dvzxz (Verifie le 12/05/2020)\nAutres cas :\n1 En France\nLa suite : SUITE."
)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (_SMS, []),
        (_SMS.replace(" Le consulat repond.", ""), []),  # cut at the end of a sentence
        (_SMS.replace("semaines. Le consulat repond.", "..."), []),
        (_SMS.replace("Passeport\nA", "Passeport...\nA"), []),
        (_SMS.replace("semaines. Le consulat repond.", ""), ["added"]),
        (_SMS.replace("3 semaines", "5 semaines"), ["added"]),
        (_SMS.replace("Le consulat", "Le consulat ne"), ["added"]),
        (_SMS.replace("\nAutres", "\nC'est gratuit.\nAutres"), ["added"]),
        (_SMS.replace("12/05/2020", "12/05/2026"), ["added"]),
        (_SMS.replace("\n1 En", "\n1 2 En"), ["added"]),
        (_SMS.replace("/l/F1-", "/l/F2-"), ["fact"]),
        (_SMS.replace("http://127.0.0.1/l/F1-p34dvzxz", "https://exemple.org"), ["fact"]),
        (_SMS.replace("http://127.0.0.1/l/F1-p34dvzxz", "https://exemple.fr/F1"), []),
        (_SMS.replace("http://127.0.0.1/l/F1-p34dvzxz", "https://exemple.fr/F"), ["fact"]),
    ],
)
def test_sent_text_is_proved_from_the_blocks(snapshot: Snapshot, text: str, kinds: list[str]) -> None:
    body = "Comptez 3 semaines. Le consulat répond."
    reply = _reply(snapshot, body, text=text, cases=("À l'étranger",)) | {"text": text}
    reply["blocks"][0]["text"] = "Passeport"
    reply["blocks"].append({"type": "choices", "text": "Autres cas :", "options": [{"label": "En France", "payload": "x"}]})
    proved = _proved(snapshot, reply)
    assert _faults(snapshot, proved) == kinds
    proved["text"] += " Gratuit."  # after the proof
    assert "words" in _faults(snapshot, proved) or kinds


def test_line_that_was_cut_is_not_continued_by_the_next(snapshot: Snapshot) -> None:
    reply = _reply(snapshot, "Comptez 3 semaines.", cases=("À l'étranger",)) | {"text": "Passeport du...\nMajeur en France"}
    reply["blocks"][0] |= {"text": "Passeport du Majeur", "notice": "Majeur en France"}
    assert _faults(snapshot, _proved(snapshot, reply)) == []


def test_text_without_the_service_s_wording_names_what_it_adds(snapshot: Snapshot) -> None:
    reply = _proved(snapshot, _reply(snapshot, "Comptez 3 semaines.") | {"text": "Comptez 3 semaines.\nLa suite : SUITE."})
    verdict = verify(reply, lambda name: snapshot)
    assert (verdict.faults, "La suite : SUITE" in verdict.added) == ((), True)
    assert _faults(snapshot, reply) == []


def test_missing_or_changed_snapshot_is_refused(snapshot: Snapshot, tmp_path: Path) -> None:
    with pytest.raises(verifier.Fault, match="snapshot"):
        Snapshot(tmp_path / snapshot.name)
    reply = _reply(snapshot, "Comptez 10 jours.")
    assert with_proof(reply, lambda name: Snapshot(tmp_path / name))["proof"] == {"snapshots": {}, "texts": []}
    write(tmp_path / snapshot.name, snapshot.digest, PAGE.model_copy(update={"introduction": "Le passeport est gratuit."}))
    assert _faults(Snapshot(tmp_path / snapshot.name), _proved(snapshot, reply)) == ["snapshot"]


def test_replies_are_read_from_each_export() -> None:
    one = {"blocks": [], "text": "a"}
    assert replies_in(json.dumps(one)) == [one]
    assert replies_in(f"{json.dumps(one)}\n{json.dumps(one)}\n") == [one, one]
    assert replies_in(json.dumps({"turns": [{"message": {}, "reply": one}, {"message": {}, "reply": None}]})) == [one]
    rows = {"replies": [{"id": "r", "blocks": []}], "deliveries": [{"reply_id": "r", "part": 0, "text": "a"}]}
    assert replies_in(json.dumps(rows)) == [{"id": "r", "blocks": [], "text": "a"}]


def test_verifier_runs_without_the_service(snapshot: Snapshot, folder: Path, tmp_path: Path) -> None:
    script = tmp_path / "verify.py"
    script.write_text(Path(verifier.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    reply = _proved(snapshot, _reply(snapshot))
    reply["text"] = ""
    changed = json.dumps(reply).replace("86", "68")
    file = tmp_path / "reply.json"
    for content, code, said in ((json.dumps(reply), 0, "✓ "), (f"{json.dumps(reply)}\n{changed}", 1, "✗ words: ")):
        file.write_text(content, encoding="utf-8")
        run = subprocess.run([sys.executable, "-I", script, file, folder.parent], capture_output=True, text=True, check=False)
        assert (run.returncode, run.stderr) == (code, "")
        assert said in run.stdout
