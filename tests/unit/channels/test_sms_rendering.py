"""A reply as one SMS: what comes first, what is given up first, and what is never cut."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from channels.rendering.cutting import cut
from channels.sms.encoding import Encoding, encoding_of, segments
from channels.sms.rendering import SmsRenderer
from conversations.ports import Rendered
from conversations.wording import Wording
from core.turns import AnswerBlock, ChoicesBlock, NoticeBlock, Option, ReplyBlock, Source, TextBlock

WORDING = Wording(
    {
        ("ui_verified_on", "sms", "fr"): "Vérifié le {date}",
        ("ui_verified_on", "sms", "en"): "Verified on {date}",
        ("gateway_more", "sms", "fr"): "SUITE pour lire la suite.",
        ("gateway_more", "sms", "en"): "MORE to read on.",
        ("gateway_more_cases", "sms", "fr"): "Pas votre cas ? La suite : SUITE.",
    }
)
HINT = "SUITE pour lire la suite."
URL = "https://www.service-public.fr/particuliers/vosdroits/F1341"
BODY = "La déclaration de perte se fait **au moment** du [renouvellement](https://exemple.fr/cni), en mairie."
SENTENCES = [f"Phrase numéro {n}, assez longue pour compter." for n in range(40)]
LONG = " ".join(SENTENCES)
SHORT_END = " ".join(SENTENCES[:35])  # the last of its parts has room for more


def render(*blocks: ReplyBlock, language: str = "fr", max_segments: int = 3) -> tuple[str, tuple[str, ...]]:
    rendered = SmsRenderer(WORDING, max_segments=max_segments)(blocks, language=language)
    assert rendered.segments == segments(rendered.text) <= max_segments
    return rendered.text, rendered.offered


def answer(body: str = BODY, **more: object) -> AnswerBlock:
    values: dict[str, object] = {
        "text": "Perte de la carte d’identité",
        "entry": "F1341",
        "entry_version": 1,
        "snapshot": "s1",
        "title": "Perte de la carte d’identité",
        "body": body,
        "source": Source(name="Service-public.fr", url=URL),
        "verified_on": date(2020, 3, 12),
    }
    return AnswerBlock.model_validate(values | more)


def choices(*labels: str, purpose: str = "entries", text: str = "Laquelle ?") -> ChoicesBlock:
    options = tuple(Option(label=label, payload=f"/choose{n}") for n, label in enumerate(labels, 1))
    return ChoicesBlock.model_validate({"text": text, "purpose": purpose, "options": options})


def test_the_fact_then_the_source_and_its_date_then_choices_by_number() -> None:
    text, offered = render(answer(), choices("Renouveler", "Vol", purpose="related", text="Voir aussi :"))
    assert text == (
        "Perte de la carte d'identité\n"
        "La déclaration de perte se fait au moment du renouvellement, en mairie.\n"
        f"Service-public.fr {URL} (Vérifié le 12/03/2020)\n"
        "Voir aussi :\n"
        "1 Renouveler\n"
        "2 Vol"
    )
    assert offered == ("/choose1", "/choose2")


def test_who_wrote_in_another_language_than_the_conversation_s_reads_the_source_in_it() -> None:
    frame = {"language": "en", "words": {}}
    text, _ = render(answer(frame=frame))
    assert "(Verified on 12 March 2020)" in text
    assert render(answer(LONG, frame=frame))[0].endswith("MORE to read on.")


@given(
    sentences=st.integers(0, 14),
    body=st.integers(0, 30),
    labels=st.lists(st.integers(3, 90), max_size=6),
    related=st.integers(0, 3),
)
@example(
    sentences=14, body=16, labels=[89, 28, 18], related=3
)  # an ellipsis took the room of the last, which pressed all the same
@settings(max_examples=150)
def test_no_number_presses_what_was_not_shown(sentences: int, body: int, labels: list[int], related: int) -> None:
    """Through all parts of a reply: as many can be chosen as have a numbered line, in this part or one before."""
    blocks: tuple[ReplyBlock, ...] = (
        *(TextBlock(text=f"Une phrase numéro {number} qui prend de la place ici.") for number in range(sentences)),
        answer(" ".join(["mot"] * body * 20) or "Oui."),
        choices(*("x" * length for length in labels)) if labels else TextBlock(text="."),
        choices(*(["Voir"] * related), purpose="related", text="Voir aussi :") if related else TextBlock(text="."),
    )
    renderer, shown = SmsRenderer(WORDING), set[int]()
    while blocks:
        rendered = renderer(blocks, language="fr")
        shown |= {int(line.split()[0]) for line in rendered.text.split("\n") if line.split()[0].isdigit()}
        assert set(range(1, len(rendered.offered) + 1)) <= shown
        blocks = rendered.rest


def test_a_choice_that_is_one_long_word_still_has_a_label() -> None:
    text, _ = render(choices("x" * 89, "Autre"))
    assert [line.split()[0] for line in text.split("\n")[-2:]] == ["1", "2"]
    assert "1 xxxxxxxx" in text


def test_the_date_is_said_once() -> None:
    text, _ = render(answer(notice="Page vérifiée le 12/03/2020 : règles et montants ont pu changer."))
    assert text.count("12/03/2020") == 1
    assert text.endswith(URL)


def test_a_date_that_figures_carry_is_not_said_again() -> None:
    cost, notice = "Il coûte 86 € (au 12/03/2020).", "Au 12/03/2020, à vérifier."
    text, _ = render(answer(f"{cost} Venez.", sms_text=cost, notice=notice))
    assert "à vérifier" not in text
    assert text.count("12/03/2020") == 1
    assert "à vérifier" in render(answer(f"{LONG} {cost}", notice=notice))[0]  # the figure is cut off


def test_an_answer_for_one_case_says_which() -> None:
    text, _ = render(answer(cases=("Vous êtes mineur", "Né en France")))
    assert "\nVous etes mineur > Né en France\nLa déclaration" in text


@pytest.mark.parametrize(
    ("announced", "named"),
    [
        ("(Vous êtes mineur, Né en France)", ""),
        ("Retenu : Né en France. Sinon, écrivez RETOUR.", "Vous etes mineur\n"),
        ("Né en France métropolitaine, autre règle.", "Vous etes mineur > Né en France\n"),
    ],
)
def test_a_case_that_is_announced_is_not_named_again(announced: str, named: str) -> None:
    text, _ = render(TextBlock(text=announced), answer(cases=("Vous êtes mineur", "Né en France")))
    assert f"\n{named}La déclaration" in text
    assert ("\nVous etes mineur" in text) == bool(named)


def test_a_long_answer_is_cut_at_a_sentence_and_keeps_its_warning_and_source() -> None:
    notice = "Page ancienne : règles et montants ont pu changer."
    text, offered = render(answer(LONG, notice=notice), choices("Autre page", purpose="related"))
    passage, warning, source, hint = text.splitlines()[1:]
    assert LONG.startswith(passage)
    assert passage.endswith(".")
    assert (warning, source) == (
        "Page ancienne : règles et montants ont pu changer.",
        f"Service-public.fr {URL} (Vérifié le 12/03/2020)",
    )
    assert hint == HINT
    assert offered == ()  # what is only "see also" gives way first
    assert segments(text) == 3


def test_a_cut_inside_a_sentence_says_so() -> None:
    text, _ = render(answer("mot " * 400))
    assert "mot mot...\nService-public.fr" in text


def test_choices_that_are_asked_for_keep_their_place_before_the_passage() -> None:
    text, offered = render(answer(LONG), choices("Vous êtes majeur", "Vous êtes mineur", text="Votre situation ?"))
    assert text.endswith(f"Votre situation ?\n1 Vous etes majeur\n2 Vous etes mineur\n{HINT}")
    assert offered == ("/choose1", "/choose2")


def test_only_choices_that_are_shown_are_offered() -> None:
    labels = [f"Une démarche dont le titre est assez long, la numéro {n}" for n in range(1, 20)]
    text, offered = render(choices(*labels))
    assert 1 < len(offered) < 19
    assert text.splitlines()[-2].startswith(f"{len(offered)} Une démarche")
    assert text.endswith(HINT)


def test_a_long_label_is_cut_between_words() -> None:
    label = "Carte nationale d'identité d'une personne majeure en cas de perte ou de vol à l'étranger"
    text, _ = render(choices(label))
    assert text == "Laquelle ?\n1 Carte nationale d'identité d'une personne majeure en cas de..."


def test_a_notice_before_an_answer_stays_first() -> None:
    text, _ = render(NoticeBlock(text="J’ai masqué des données."), answer())
    assert text.startswith("J'ai masqué des données.\nPerte")


def test_an_address_is_never_rewritten() -> None:
    source = Source(name="Mairie", url="https://exemple.fr/être/n°1")
    text, _ = render(answer(source=source))
    assert "https://exemple.fr/%C3%AAtre/n%C2%B01" in text
    assert encoding_of(text) is Encoding.GSM7


def test_sentences_too_long_for_any_sms_are_cut_between_words() -> None:
    text, _ = render(TextBlock(text="bonjour " * 100), max_segments=1)
    assert text == ("bonjour " * 16).strip() + f"...\n{HINT}"


def test_another_script_costs_more_and_loses_nothing() -> None:
    body = "يمكنك تقديم الطلب في البلدية. " * 20
    text, _ = render(answer(body, text="", source=Source(name="", url=URL)))
    assert encoding_of(text) is Encoding.UCS2
    assert "?" not in text
    assert URL in text


def test_english() -> None:
    assert "(Verified on 12 March 2020)" in render(answer(), language="en")[0]


def test_accents_may_be_kept() -> None:
    render_kept = SmsRenderer(WORDING, keep_accents=True)
    assert render_kept((TextBlock(text="Vous êtes reçu"),), language="fr").text == "Vous êtes reçu"


WORDS = st.lists(
    st.one_of(
        st.sampled_from(["démarche", "l’été", "être", "€", "n°", "https://exemple.fr/a-b_c", "выше", "😀"]),
        st.text("abcé.", min_size=1),
    ),
    max_size=150,
).map(" ".join)


@settings(max_examples=150)
@given(body=WORDS, labels=st.lists(WORDS.filter(str.strip), max_size=6), asked=st.booleans(), room=st.integers(2, 4))
def test_whatever_comes_fits_and_no_word_or_link_is_cut(body: str, labels: list[str], asked: bool, room: int) -> None:
    blocks: list[ReplyBlock] = [answer(body or "x")]
    if labels:
        blocks.append(choices(*labels, purpose="entries" if asked else "related"))
    rendered = SmsRenderer(WORDING, max_segments=room)(blocks, language="fr")
    assert rendered.segments <= room
    assert sum(part.text.count(URL) for part in parts(*blocks, max_segments=room)) == 1
    whole = SmsRenderer(WORDING, max_segments=10_000)(blocks, language="fr").text
    known = set(whole.split()) | {word.rstrip(",;:-") + "..." for word in whole.split()}
    known |= {word.rstrip(".") for word in known} | {"...", "…"} | {word.removesuffix("...") + "…" for word in known}
    known |= set(HINT.split())
    if encoding_of(whole) is encoding_of(rendered.text):
        assert [word for word in rendered.text.split() if word not in known and word.rstrip(".…") not in known] == []


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_setting_of_segments_is_kept(count: int) -> None:
    text, _ = render(TextBlock(text=LONG), max_segments=count)
    assert segments(text) == count


def parts(*blocks: ReplyBlock, max_segments: int = 3) -> list[Rendered]:
    """The reply and what SUITE gives after it, to the end."""
    renderer = SmsRenderer(WORDING, max_segments=max_segments)
    found = [renderer(blocks, language="fr")]
    while found[-1].rest:
        assert len(found) < 100, "SUITE never ends"
        found.append(renderer(found[-1].rest, language="fr"))
    return found


def test_suite_gives_the_rest_to_the_end_and_then_what_else_may_help() -> None:
    first, *later = parts(answer(SHORT_END), choices("Autre page", "Encore une", purpose="related", text="Voir aussi :"))
    assert first.text.endswith(HINT)
    assert later[-1].text.endswith("Voir aussi :\n1 Autre page\n2 Encore une")
    assert later[-1].offered == ("/choose1", "/choose2")
    assert all(HINT in part.text for part in later[:-1])
    said = " ".join(line for part in [first, *later] for line in part.text.splitlines() if line.startswith("Phrase"))
    assert said == SHORT_END
    assert URL not in "".join(part.text for part in later)  # said once


def test_choices_that_did_not_fit_keep_their_numbers() -> None:
    labels = [f"Une démarche dont le titre est assez long, la numéro {n}" for n in range(1, 20)]
    found = parts(choices(*labels))
    lines = [line for part in found for line in part.text.splitlines() if line[0].isdigit()]
    assert [line.split()[0] for line in lines] == [str(n) for n in range(1, 20)]
    assert found[-1].offered == tuple(f"/choose{n}" for n in range(1, 20))


def page_choices(extract: str) -> ChoicesBlock:
    """Three pages, the first with ``extract``."""
    first, *others = choices("Droits de succession", "Don manuel", "Assurance vie").options
    extracted = first.model_copy(update={"extract": extract, "entry": "F1", "entry_version": 1, "snapshot": "s"})
    return ChoicesBlock(text="Une de ces pages ?", purpose="entries", options=(extracted, *others))


@pytest.mark.parametrize(("characters", "shown", "count"), [(175, 3, 2), (240, 1, 2), (270, 3, 3)])
def test_titles_of_other_pages_wait_rather_than_cost_a_third_segment(characters: int, shown: int, count: int) -> None:
    first, *later = parts(page_choices("Phrase " * (characters // 7)))
    assert (len(first.offered), first.segments) == (shown, count)
    assert ([3] if shown < 3 else []) == [len(part.offered) for part in later]


def test_first_option_in_a_script_with_short_segments_has_a_shorter_extract() -> None:
    pages = page_choices("Vous devez vous rendre sur le site et remplir une demande. " * 3)
    text, _ = render(pages.model_copy(update={"text": "هل هي إحدى هذه الصفحات؟"}), language="ar")
    assert "\n1 Droits de succession\nVous devez vous rendre sur le site et remplir une demande." in text


def test_titles_that_would_be_cut_alike_are_longer() -> None:
    first, second, third = page_choices("Une phrase.").options
    alike = [second.model_copy(update={"label": f"Pension alimentaire impayée : {end}"}) for end in ("recouvrement", "plainte")]
    text, _ = render(ChoicesBlock(text="Une de ces pages ?", purpose="entries", options=(first, *alike, third)))
    assert "\n2 Pension alimentaire impayée : recouvrement\n3 Pension alimentaire impayée : plainte\n4 " in text


def test_cases_asked_for_can_still_be_chosen_after_the_rest() -> None:
    found = parts(answer(LONG), choices("Vous êtes majeur", "Vous êtes mineur", text="Votre situation ?"))
    assert all(part.offered == ("/choose1", "/choose2") for part in found)
    assert sum("Votre situation" in part.text for part in found) == 1


def test_answers_to_two_questions_each_begin_with_their_own_sms_text_and_go_on_on_demand() -> None:
    found = parts(answer(sms_text="Venez en mairie."), answer(f"Le prix est de 25 €. {BODY}", sms_text="Le prix est de 25 €."))
    assert "Venez en mairie." in found[0].text
    assert "Le prix est de 25 €." in found[0].text
    assert found[0].text.endswith(HINT)
    rest = " ".join(part.text for part in found[1:])
    assert rest.count("La déclaration de perte se fait au moment du renouvellement") == 2


def test_answer_to_a_second_question_waits_for_suite_where_both_do_not_fit() -> None:
    first, second = (TextBlock(text=f"Question {number} ?") for number in (1, 2))
    found = parts(
        first, answer(sms_text=f"Venez en {'très ' * 25}bonne mairie."), second, answer(sms_text=f"Payez {'bien ' * 40}vite.")
    )
    assert "bonne mairie." in found[0].text
    assert "Question 2 ?" not in found[0].text
    assert found[0].text.endswith(HINT)
    assert found[1].text.startswith("Question 2 ?")
    assert "vite." in found[1].text


def test_a_long_word_does_not_go_on_for_ever() -> None:
    found = parts(answer("mot " + "x" * 2000 + " fin"))
    assert found[-1].text.endswith("fin")


def test_sentences_that_are_too_long_go_on_in_the_next_part() -> None:
    found = parts(TextBlock(text=LONG), max_segments=1)
    assert len(found) > 3
    said = " ".join(part.text.removesuffix(HINT).strip() for part in found).replace("...", "")
    assert said.split() == LONG.split()


@settings(max_examples=100)
@given(body=WORDS, count=st.integers(0, 12), asked=st.booleans())
def test_every_word_comes_in_some_part(body: str, count: int, asked: bool) -> None:
    blocks: list[ReplyBlock] = [answer(body or "x", text="", notice="")]
    if count:
        blocks.append(choices(*[f"Choix {n}" for n in range(count)], purpose="entries" if asked else "related"))
    found = parts(*blocks)
    assert all(part.segments <= 3 for part in found)
    shown = sum(line.split(" ")[1:2] == ["Choix"] for part in found for line in part.text.splitlines())
    assert shown == count or (not asked and shown <= count)
    assert len(found[-1].offered) == shown
    everything = "".join(part.text.replace(HINT, "") for part in found)
    for address in {word for word in body.split() if word.startswith("https://")}:
        assert address in everything


@pytest.mark.parametrize(
    ("text", "room", "kept", "rest"),
    [
        ("un deux trois", 20, "un deux trois…", ""),
        ("un deux trois", 10, "un deux…", "trois"),
        ("Une phrase. Une autre", 19, "Une phrase.", "Une autre"),
        ("la carte « vie privée » ou", 12, "la carte…", "« vie privée » ou"),
        ("coûte 10\u00a0000\u00a0€ par an", 12, "coûte…", "10\u00a0000\u00a0€ par an"),
        ("immense", 3, "", "immense"),
    ],
)
def test_a_cut_falls_between_words(text: str, room: int, kept: str, rest: str) -> None:
    assert cut(text, lambda some: len(some) <= room) == (kept, rest)


def test_two_questions_in_one_reply_keep_their_sentences_and_go_on_in_the_next_part() -> None:
    asked = choices("En France", "À l’étranger", text="Où ?"), choices("Oui", "Non", text="D’accord ?")
    text, offered = render(*asked)
    assert text == "Où ?\n1 En France\n2 À l'étranger\nD'accord ?\n3 Oui\n4 Non"
    assert len(offered) == 4
    long = choices(*(f"Une possibilité dont le nom prend de la place {n}" for n in range(12)), text="Laquelle ?"), asked[1]
    renderer = SmsRenderer(WORDING, max_segments=2)
    first = renderer(long, language="fr")
    told, part = first.text, first
    while part.rest:
        part = renderer(part.rest, language="fr")
        told += f"\n{part.text}"
    assert "D'accord ?" not in first.text
    assert "\nD'accord ?\n13 Oui\n14 Non" in told
    assert len(part.offered) == 14
