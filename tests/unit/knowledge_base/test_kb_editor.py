"""The edit form, what is pasted into it, and what it advises: pure functions."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.entry import AnsweredQuestion, Case, Cases, Chapter, Entry, TextBlock
from knowledge_base.desk.editor.checks import advice, duplicates, reading_ease
from knowledge_base.desk.editor.cleaning import markdown_of
from knowledge_base.desk.editor.form import EntryForm, FormError, new_id, values_of
from knowledge_base.quality.links.check import links_of

ENTRY = Entry(
    id="F1",
    collection="local",
    version=3,
    title="Carte d'identité : perte",
    wordings=("J'ai perdu ma carte",),
    short_answer="Faites une déclaration de perte.",
    theme=("Papiers", "Identité"),
    urls={"": "https://mairie.example/carte", "pro": "https://mairie.example/pro"},
    verified_on=date(2026, 3, 1),
    body=(
        TextBlock(markdown="Allez en mairie.\n\n- avec une photo"),
        Chapter(heading="Coût", body=(TextBlock(markdown="25 €", role="warning"),)),
        Cases(
            question="Qui ?", cases=(Case(label="Mineur", body=(TextBlock(markdown="Avec un parent."),)), Case(label="Majeur"))
        ),
    ),
)


def _form(entry: Entry, **changes: str) -> EntryForm:
    return EntryForm.model_validate(values_of(entry) | {"started_from": entry.version} | changes)


def test_a_form_sent_as_it_was_shown_changes_nothing() -> None:
    browsers = {name: value.replace("\n", "\r\n") for name, value in values_of(ENTRY).items() if name != "body"}
    assert _form(ENTRY, **browsers).entry(ENTRY).digest() == ENTRY.digest()


def test_what_the_form_says_is_in_the_entry_and_the_rest_stays() -> None:
    body = json.loads(values_of(ENTRY)["body"])
    body[1], body[2] = body[2], body[1]
    body[2]["body"][0]["markdown"] = "30 €\r\nau lieu de 25"
    entry = _form(ENTRY, body=json.dumps(body), title=" Carte perdue ", keywords="carte\nperte\ncarte").entry(ENTRY)
    assert (entry.title, entry.keywords) == ("Carte perdue", ("carte", "perte"))
    assert isinstance(entry.body[1], Cases)
    assert entry.body[2] == Chapter(heading="Coût", body=(TextBlock(markdown="30 €\nau lieu de 25", role="warning"),))
    assert entry.urls == ENTRY.urls


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("title", " ", "title_empty"),
        ("title", "x" * 301, "too_long"),
        ("short_answer", "x" * 20_001, "too_long"),
        ("url", "javascript:alert(1)", "url_wrong"),
        ("verified_on", "2026-13-1", "date_wrong"),
        ("body", "[{}]", "body_wrong"),
        ("national_pages", "le mariage", "page_wrong"),
        ("national_pages", "service-public/F1\n" * 300, "too_long"),
        ("body", '[{"kind": "text", "markdown": "x", "role": "script"}]', "body_wrong"),
    ],
)
def test_bad_input_is_named(field: str, value: str, code: str) -> None:
    with pytest.raises(FormError) as refused:
        _form(ENTRY, **{field: value}).entry(ENTRY)
    assert (refused.value.field, refused.value.code) == (field, code)


def test_an_id_is_readable_and_never_the_same() -> None:
    assert new_id("Été : où se baigner ?").startswith("ete-ou-se-baigner-")
    assert new_id("x") != new_id("x")


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>Un <b>prix</b> : 5 €</p><p>Deux</p>", "Un **prix** : 5 €\n\nDeux"),
        ("<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>", "- a\n- b\n  1. c"),
        ('<a href="https://x.example/a b">ici</a>', "[ici](https://x.example/a%20b)"),
        ('<a href="javascript:alert(1)">ici</a>', "ici"),
        (
            "<p class=MsoNormal>Apportez :</p><p class=MsoList><span>·<span>&nbsp;&nbsp; </span></span>la carte"
            "<o:p></o:p></p><p class=MsoList><span>·<span>&nbsp;&nbsp; </span></span><b>une</b> photo</p><p>Fin</p>",
            "Apportez :\n\n- la carte\n- **une** photo\n\nFin",
        ),
        ("<h2>Titre</h2>texte<br>suite", "**Titre**\n\ntexte\n\nsuite"),
        ("<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>", "| A | B |\n| --- | --- |\n| 1 | 2 |"),
        ("<script>alert(1)</script><style>p{}</style><img src=x onerror=alert(1)>", ""),
        ("<p>- pas une liste</p><p>1. non plus, [ni](lien) *ni* gras</p>", None),
    ],
)
def test_pasted_html_becomes_the_text_of_an_entry(html: str, markdown: str | None) -> None:
    cleaned = markdown_of(html)
    if markdown is None:
        assert not cleaned.startswith("- ")
        assert "\n1. " not in cleaned
        assert "[ni](" not in cleaned
    else:
        assert cleaned == markdown


@given(st.text(max_size=200))
def test_cleaning_never_fails_and_lets_no_tag_through(text: str) -> None:
    assert "<script" not in markdown_of(f"<p>{text}</p><script>{text}</script>").lower().replace("\\<script", "")


def test_advice_names_what_to_look_at() -> None:
    long = "Le demandeur doit " + "remplir le formulaire et le signer puis " * 5 + "l'envoyer à la mairie."
    entry = ENTRY.model_copy(
        update={"body": (TextBlock(markdown=f"{long} Conformément à la loi. NIR 2 55 08 14 168 025 38."),), "verified_on": None}
    )
    codes = {one.code: one.values for one in advice(entry)}
    assert {"check_personal", "check_no_date", "check_long", "check_jargon"} <= set(codes)
    assert codes["check_personal"]["kinds"] == "nir"
    assert codes["check_jargon"] == {"term": "conformément à", "plain": "selon"}
    assert "check_no_date" not in {one.code for one in advice(ENTRY)}


def test_what_citizens_would_meet_empty_is_pointed_out() -> None:
    watched = ("check_no_name", "check_empty", "check_nothing")

    def codes(*body: TextBlock | Chapter | Cases, **more: str) -> list[tuple[str, dict[str, str]]]:
        entry = Entry(id="e", collection="c", title="Vélos", body=body, **more)
        return [(one.code, one.values) for one in advice(entry) if one.code.startswith(watched)]

    said, none = (TextBlock(markdown="25 €"),), (TextBlock(markdown=" \n"),)
    assert codes() == codes(Chapter(heading="Coût", body=none)) == [("check_nothing_to_say", {})]
    assert codes(short_answer="Oui.") == codes(*said) == []
    fork = Cases(cases=(Case(label=" ", body=said), Case(label="Mineur", body=none), Case(label="Majeur", body=said)))
    assert codes(fork) == [("check_no_name_case", {}), ("check_empty_case", {"name": "Mineur"})]
    inner = Chapter(heading="Où ?", body=(Chapter(heading="", body=(fork,)),))
    assert codes(inner, Chapter(heading="Délai"))[0] == ("check_no_name_chapter", {})
    assert codes(inner, Chapter(heading="Délai"))[-1] == ("check_empty_chapter", {"name": "Délai"})


def test_advice_names_an_opening_that_stands_nowhere_in_the_page() -> None:
    page = Entry(id="e", collection="c", title="Carte", introduction="Elle **coûte** 25 €.", opening=("Elle coûte", "Un mois"))
    gone = [one.values["words"] for one in advice(page) if one.code == "check_opening_gone"]
    assert gone == ["Un mois"]


def test_opening_of_an_introduction_that_the_short_answer_replaces_is_said_to_be_hidden() -> None:
    page = Entry(id="e", collection="c", title="Piscine", introduction="Elle est rue du Stade.", opening=("Elle est rue",))
    assert "check_opening_hidden" not in [one.code for one in advice(page)]
    hidden = advice(page.model_copy(update={"short_answer": "Rue du Stade."}))
    assert [one.code for one in hidden if one.code.startswith("check_opening")] == ["check_opening_hidden"]


def test_form_keeps_openings_one_a_line() -> None:
    page = ENTRY.model_copy(update={"opening": ("Elle coûte", "Un mois")})
    assert values_of(page)["opening"] == "Elle coûte\nUn mois"
    assert EntryForm(started_from=1, title="Carte", opening=" Un mois\r\n\r\nElle coûte ").entry(page).opening == (
        "Un mois",
        "Elle coûte",
    )


ASKED = AnsweredQuestion(question="c'est combien", sentence="Elle coûte")


def test_form_keeps_questions_one_a_line_with_their_sentence() -> None:
    page = ENTRY.model_copy(update={"questions": (ASKED,)})
    assert values_of(page)["questions"] == "c'est combien → Elle coûte"
    assert EntryForm(started_from=1, title="Carte", questions=" c'est combien →Elle coûte\r\n").entry(page).questions == (
        ASKED,
    )


@pytest.mark.parametrize("typed", ["c'est combien", "c'est combien →", "→ Elle coûte"])
def test_form_refuses_a_question_without_its_sentence(typed: str) -> None:
    with pytest.raises(FormError) as refused:
        EntryForm(started_from=1, title="Carte", questions=typed).entry(ENTRY)
    assert (refused.value.field, refused.value.code) == ("questions", "question_without_answer")


def test_advice_names_a_question_whose_sentence_is_gone() -> None:
    page = ENTRY.model_copy(update={"questions": (ASKED,), "body": (TextBlock(markdown="Elle est gratuite."),)})
    assert [one.values for one in advice(page) if one.code == "check_question_gone"] == [
        {"words": "Elle coûte", "question": "c'est combien"}
    ]


def test_personal_data_is_pointed_out_in_what_people_ask_of_the_page_and_of_a_part() -> None:
    asked = ("mon numéro est le 2 55 08 14 168 025 38, où le changer",)
    part = Chapter(heading="Coût", wordings=asked, body=(TextBlock(markdown="25 €"),))
    for entry in (ENTRY.model_copy(update={"wordings": asked}), ENTRY.model_copy(update={"body": (part,)})):
        assert {"kinds": "nir"} in [one.values for one in advice(entry) if one.code == "check_personal"]


@pytest.mark.parametrize(
    ("today", "code"),
    [("2026-02-27", "check_date_ahead"), ("2026-03-01", None), ("2027-09-01", None), ("2027-09-02", "check_date_old")],
)
def test_a_day_to_come_and_one_long_ago_are_told(today: str, code: str | None) -> None:
    codes = {one.code for one in advice(ENTRY, months=18, today=date.fromisoformat(today))}
    assert codes & {"check_date_ahead", "check_date_old"} == ({code} if code else set())


def test_short_words_and_sentences_read_more_easily() -> None:
    easy = "Vous avez perdu la carte. Allez à la mairie. Prenez une photo. Un agent vous aide. " * 3
    hard = (
        "L'accomplissement préalable des formalités administratives nécessaires à l'obtention d'une indemnisation "
        "conditionne l'instruction ultérieure du dossier par l'administration territorialement compétente. "
    ) * 3
    easy_score, hard_score = reading_ease(easy), reading_ease(hard)
    assert easy_score is not None
    assert hard_score is not None
    assert easy_score > 70 > 30 > hard_score
    assert reading_ease("trop court") is None


def test_links_are_listed() -> None:
    entry = ENTRY.model_copy(update={"body": (TextBlock(markdown="[a](https://a.example/x_(y)) [b](mailto:b@b.example)"),)})
    assert links_of(entry) == ["https://mairie.example/carte", "https://mairie.example/pro", "https://a.example/x_(y)"]


def test_entries_with_alike_titles_are_named_and_itself_is_not() -> None:
    found = [("local", "F1", ENTRY.title), ("local", "F2", "Perte de la carte d'identité"), ("local", "F3", "Passeport")]
    assert [one.values["url"] for one in duplicates(ENTRY, found)] == ["/desk/entries/local/F2"]


def test_form_keeps_national_pages_by_name_with_title_or_by_their_address_at_the_desk() -> None:
    typed = "service-public/F930 Mariage en France\nhttps://mairie.example/desk/entries/service-public/F1341\nville/F2"
    entry = _form(ENTRY, national_pages=typed).entry(ENTRY)
    assert entry.national_pages == ("service-public/F930", "service-public/F1341", "ville/F2")
    assert _form(entry).entry(entry).national_pages == entry.national_pages
