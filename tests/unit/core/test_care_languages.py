"""Dangers told in Portuguese, Turkish, Ukrainian or the Russian of many who fled Ukraine; everyday messages beside them."""

from __future__ import annotations

import pytest

from core.care import Care, LaterSign, load_detector
from core.care.keys import fold

DETECTOR = load_detector()


@pytest.mark.parametrize(
    ("text", "kind", "language"),
    [
        ("quero morrer", Care.SUICIDE, "pt"),
        ("já não quero viver mais", Care.SUICIDE, "pt"),
        ("o meu marido bate-me", Care.VIOLENCE, "pt"),
        ("meu marido me ameaça", Care.VIOLENCE, "pt"),
        ("o professor bate no meu filho", Care.CHILD, "pt"),
        ("o meu filho desapareceu", Care.CHILD, "pt"),
        ("o meu pai não respira", Care.MEDICAL, "pt"),
        ("a minha mãe desmaiou e não acorda", Care.MEDICAL, "pt"),
        ("há fogo no prédio", Care.FIRE, "pt"),
        ("o patrão ficou com o meu passaporte", Care.TRAFFICKING, "pt"),
        ("não temos onde dormir esta noite", Care.HOMELESS, "pt"),
        ("não temos comida para as crianças", Care.HUNGER, "pt"),
        ("ölmek istiyorum", Care.SUICIDE, "tr"),
        ("ARTIK YAŞAMAK İSTEMİYORUM", Care.SUICIDE, "tr"),
        ("kocam beni dovuyor", Care.VIOLENCE, "tr"),
        ("eski kocam beni tehdit ediyor", Care.VIOLENCE, "tr"),
        ("öğretmen çocuğumu dövüyor", Care.CHILD, "tr"),
        ("kızım kayboldu", Care.CHILD, "tr"),
        ("oğlum nefes almıyor", Care.MEDICAL, "tr"),
        ("evde yangın var", Care.FIRE, "tr"),
        ("patronum pasaportumu aldı", Care.TRAFFICKING, "tr"),
        ("bu gece uyuyacak yerimiz yok", Care.HOMELESS, "tr"),
        ("çocuklara verecek yemeğimiz yok", Care.HUNGER, "tr"),
        ("хочу померти", Care.SUICIDE, "uk"),
        ("не хочу больше жить", Care.SUICIDE, "uk"),
        ("чоловік мене бʼє", Care.VIOLENCE, "uk"),
        ("муж меня бьёт", Care.VIOLENCE, "uk"),
        ("мене зґвалтували", Care.VIOLENCE, "uk"),
        ("мою дитину б'є вчитель", Care.CHILD, "uk"),
        ("донька зникла", Care.CHILD, "uk"),
        ("мама втратила свідомість", Care.MEDICAL, "uk"),
        ("ребёнок не дышит", Care.MEDICAL, "uk"),
        ("горить квартира", Care.FIRE, "uk"),
        ("у мене забрали паспорт і не платять", Care.TRAFFICKING, "uk"),
        ("нам ніде спати сьогодні", Care.HOMELESS, "uk"),
        ("живемо на вулиці вже тиждень", Care.HOMELESS, "uk"),
        ("немає грошей на їжу", Care.HUNGER, "uk"),
    ],
)
def test_a_danger_is_recognised_and_its_language(text: str, kind: Care, language: str) -> None:
    alert = DETECTOR.detect(text)
    assert alert is not None
    assert (alert.kinds[0], alert.language) == (kind, language)


@pytest.mark.parametrize(
    "text",
    [
        "o passaporte do meu filho desapareceu",
        "seguro contra incêndio",
        "moro na rua de Lisboa, onde me inscrevo?",
        "o patrão não paga o salário",
        "o chefe me ameaça de despedimento",
        "não quero viver com o meu marido, divórcio",
        "não há lugar na creche",
        "não tenho onde estacionar",
        "pensão depois de um AVC",
        "çocuğumun pasaportu kayıp",
        "döviz hesabı vergisi",
        "yangın sigortası zorunlu mu",
        "burada yaşamak istemiyorum, ülkeme dönmek istiyorum",
        "ambulans şoförü olmak istiyorum",
        "patronum maaşımı ödemiyor",
        "ev sahibim evden çıkmamı istiyor",
        "okulda yemek ücreti",
        "у сина пропав паспорт",
        "у дитини вкрали телефон у школі",
        "не хочу жити в гуртожитку, як знайти квартиру",
        "живу на вулиці Шевченка, куди звертатися",
        "роботодавець не платить зарплату",
        "страхування від пожежі",
        "не маю грошей на штраф",
        "хазяїн тримає завдаток за квартиру",
        "у мене інвалідність після інсульту",
        "не можу подзвонити в префектуру",
    ],
)
def test_everyday_messages_are_left_alone(text: str) -> None:
    assert DETECTOR.detect(text) is None


@pytest.mark.parametrize(
    "text", ["kocam beni dövüyor", "o meu marido bate-me", "чоловік мене б'є", "patronum pasaportumu aldı"]
)
def test_who_only_tells_gets_the_numbers_at_once(text: str) -> None:
    alert = DETECTOR.detect(text)
    assert alert is not None
    assert not alert.answer_too


@pytest.mark.parametrize("text", ["kocam beni dövüyor, nasıl boşanabilirim", "чоловік мене б'є, як розлучитися?"])
def test_a_question_that_comes_with_it_is_answered_too(text: str) -> None:
    alert = DETECTOR.detect(text)
    assert alert is not None
    assert alert.answer_too


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("ele está aqui", LaterSign.SILENT),
        ("konuşamıyorum", LaterSign.SILENT),
        ("він вдома", LaterSign.SILENT),
        ("ninguém me ajuda", LaterSign.AGAIN),
        ("korkuyorum", LaterSign.AGAIN),
        ("мені страшно", LaterSign.AGAIN),
        ("onsuz yaşayamam", LaterSign.DESPAIR),
        ("não sei para onde ir", LaterSign.NOWHERE),
        ("nereye gideceğimi bilmiyorum", LaterSign.NOWHERE),
        ("мені нікуди йти", LaterSign.NOWHERE),
    ],
)
def test_what_goes_on_about_a_danger(text: str, since: LaterSign) -> None:
    found = DETECTOR.later_sign(text)
    assert found is not None
    assert found[0] == since


@pytest.mark.parametrize(
    "text", ["o meu pai morreu ontem", "babam vefat etti", "annem öldü", "помер мій чоловік, що робити з документами?"]
)
def test_who_mourns_is_heard(text: str) -> None:
    assert DETECTOR.mourning_language(text)
    assert DETECTOR.detect(text) is None


@pytest.mark.parametrize(
    "text",
    ["meu pai morreu há 10 anos", "babam 5 yıl önce vefat etti", "oğlum oldu", "eşim hasta oldu", "батько помер 10 років тому"],
)
def test_a_death_of_long_ago_and_what_is_none_are_not(text: str) -> None:
    assert DETECTOR.mourning_language(text) == ""


def test_letters_that_telephones_write_in_two_ways_are_one() -> None:
    assert fold("İŞ, ışık") == "is isik"
    assert fold("бʼє б'є б’є") == "б є б є б є"
