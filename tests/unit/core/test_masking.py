"""What is masked, and what only looks like it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fr import nir
from structlog.testing import capture_logs

from core.privacy.finders.cases import use_patterns
from core.privacy.masking import MASK, mask

_NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1 85 05 78 006 084 91", "nir"),
        ("185057800608491", "nir"),
        ("1.85.05.78.006.084.91", "nir"),
        ("1-85-05-78-006-084-91", "nir"),
        (f"1{_NBSP}85{_NBSP}05{_NBSP}78{_NBSP}006{_NBSP}084{_NBSP}91", "nir"),
        ("1 85 05 78 006 084 clé 91", "nir"),
        ("1 85 05 78 006 084", "nir"),
        ("1 80 01 2A 004 001 " + nir.calc_check_digits("180012A004001"), "nir"),
        ("280012b004001" + nir.calc_check_digits("280012B004001"), "nir"),
        ("FR76 3000 6000 0112 3456 7890 189", "iban"),
        ("fr7630006000011234567890189", "iban"),
        ("GB82-WEST-1234-5698-7654-32", "iban"),
        ("4111 1111 1111 1111", "card"),
        ("5500-0000-0000-0004", "card"),
        ("4111111111111111", "card"),
        ("3782 822463 10005", "card"),
        ("3056 930902 5904", "card"),
        ("06 12 34 56 78", "phone"),
        ("06.12.34.56.78", "phone"),
        ("06-12-34-56-78", "phone"),
        ("0612345678", "phone"),
        ("01 42 68 53 00", "phone"),
        ("+33 6 12 34 56 78", "phone"),
        ("+33(0)612345678", "phone"),
        ("0033 6 12 34 56 78", "phone"),
        ("0692 12 34 56", "phone"),
        ("+32 475 12 34 56", "phone"),
        ("jeanne.d'arc+mairie@exemple.fr", "email"),
        ("jeanne @ exemple.co.uk", "email"),
        ("jeanne.dupont@gmail", "email"),
        ("jeanne arobase exemple point fr", "email"),
        ("3023217600053", "tax"),
        ("AB-123-CD", "plate"),
        ("ab123cd", "plate"),
        ("12 bis rue des Lilas, 75011 Paris", "address"),
        ("3 allée des tilleuls 44000 nantes", "address"),
        ("Sophie Lemaire", "name"),
        ("karim benali", "name"),
        ("Marie-Claire Dubois", "name"),
        ("BENALI Karim", "name"),
    ],
)
def test_what_identifies_somebody_is_masked(text: str, kind: str) -> None:
    masked = mask(f"voilà : {text}, merci")
    assert (masked.text, masked.kinds) == (f"voilà : {MASK}, merci", (kind,))
    assert mask(text).nothing_left


@pytest.mark.parametrize(
    "text",
    [
        "le 3939, le 115, le 15, le 112 ou le 3646",
        "0 800 360 360 et 0809 540 550",
        "SIRET 732 829 320 00074",
        "73282932000074",
        "SIREN 732 829 320",
        "1 234 567,89 € ou 12 345 678 euros",
        "cerfa n° 15776*10 et 12100*02",
        "le 12/03/2021, le 12.03.2021, le 2021-03-12 à 14:30",
        "article L. 123-4, R413-17, art. 1240 du Code civil, loi n° 78-17 du 6 janvier 1978",
        "75001 Paris, F1234",
        "4111 1111 1111 1112",
        "123456789012345",
        "plus de 100 km, remorque de 750 kg",
        "né en 1962, à la retraite en 2026 ; ouvert le 12/03/2026 de 9h à 12h30",
        "la loi Pinel, le lycée Jean Moulin, la rue Victor Hugo, madame la maire",
        "mon nom est mal orthographié, je suis marié, ma fille mineure, un petit pain",
        "3 cours de français, 2 places de parking, 3 allées",
        "cerfa 13750*05, avis d'imposition 2023, contrat de 35 heures, permis à 12 points",
        "FR12 3456 dossier 12",
        "",
        "bonjour",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert mask(text).text == text
    assert mask(text).kinds == ()


@pytest.mark.parametrize(
    "text", ["Usager poli", "Usager poli, rappeler demain", "Habitant Rue Basse", "Habitante Quartier Nord"]
)
def test_what_staff_call_people_is_no_name(text: str) -> None:
    assert mask(text).text == text


@pytest.mark.parametrize("text", ["Usager Dupont", "usagère Marie Dupont", "M. Habitant", "Riverain Durand a appelé"])
def test_a_name_after_what_staff_call_people_is_masked(text: str) -> None:
    assert "name" in mask(text).kinds


def test_a_mistyped_number_is_masked_where_the_words_say_what_it_is() -> None:
    assert mask("mon numéro de sécu est 185057800608499").text == f"mon numéro de sécu est {MASK}"


@pytest.mark.parametrize(
    ("text", "masked", "kind"),
    [
        ("je m'appelle sophie et je déménage", "je m'appelle ••• et je déménage", "name"),
        ("mme le gall ne répond pas", "mme ••• ne répond pas", "name"),
        ("mon fils lucas a 16 ans", "mon fils ••• a 16 ans", "name"),
        ("JE M'APPELLE SOPHIE LEMAIRE ET JE DÉMÉNAGE", "JE M'APPELLE ••• ET JE DÉMÉNAGE", "name"),
        ("ma fille, née le 3 mars 2010, peut-elle", "ma fille, née le •••, peut-elle", "birth"),
        ("date de naissance : 12/03/85", "date de naissance : •••", "birth"),
        ("j'habite 5 place du marché, comment", "j'habite •••, comment", "address"),
        ("n° allocataire 1234567 bloqué", "n° allocataire ••• bloqué", "case"),
        ("mon dossier n° 2024-12345678 n'avance pas", "mon dossier n° ••• n'avance pas", "case"),
        ("passeport 12AB34567 périmé", "passeport ••• périmé", "case"),
        ("ma voiture AB 123 CD est volée", "ma voiture ••• est volée", "plate"),
    ],
)
def test_words_around_it_tell_what_identifies_somebody(text: str, masked: str, kind: str) -> None:
    assert (mask(text).text, mask(text).kinds) == (masked, (kind,))
    assert not mask(text).nothing_left


@pytest.mark.parametrize(
    "text",
    ["je m'appelle Sophie Lemaire", "mon numéro est le 06 12 34 56 78 merci", "dossier n° 2024-123456"],
)
def test_who_only_presents_themselves_asks_nothing(text: str) -> None:
    assert mask(text).nothing_left


def test_an_administration_describes_its_own_numbers() -> None:
    assert mask("voir ZX/77-1 svp").kinds == ()
    use_patterns([r"\bZX/\d+-\d\b"])
    try:
        assert mask("voir ZX/77-1 svp").text == f"voir {MASK} svp"
    finally:
        use_patterns([])
    with pytest.raises(ValueError, match="regular expression"):
        use_patterns(["("])


def test_an_expression_that_searches_for_ages_masks_the_whole_text_and_holds_nobody_up() -> None:
    use_patterns([r"\bZX\d\b", r"(?:[a-z]+\s?)*!#"])
    try:
        began = time.process_time()
        assert mask("a" * 60 + "\nvoir ZX7 !#x !").text != MASK  # quick texts are read as ever
        assert mask("voir ZX7 " + "aé a" * 20 + "? !#"[::-1]).text.startswith(f"voir {MASK}")
        with capture_logs() as logs:
            assert mask("voir " + "a" * 2_000 + "9\n!#").text == MASK
        assert time.process_time() - began < 3
        assert [line["number"] for line in logs] == [2]
    finally:
        use_patterns([])


def test_an_expression_that_searches_for_ages_masks_also_what_stands_around_a_number() -> None:
    use_patterns([r"(?:[a-z]+\s?)*!#"])
    try:
        assert mask("voir " + "a" * 2_000 + " 06 12 34 56 78\n!#").text == MASK * 3
    finally:
        use_patterns([])


def test_several_kinds_in_one_text() -> None:
    masked = mask("Écrivez à a@b.fr ou au 06 12 34 56 78 et 06 98 76 54 32 : IBAN FR76 3000 6000 0112 3456 7890 189")
    assert masked.text == f"Écrivez à {MASK} ou au {MASK} et {MASK} : IBAN {MASK}"
    assert masked.kinds == ("email", "iban", "phone")
    assert not masked.nothing_left


@given(st.text(max_size=200))
def test_masking_again_changes_nothing_more(text: str) -> None:
    once = mask(text)
    assert mask(once.text).text == once.text


@given(st.integers(min_value=0, max_value=99_999_999), st.sampled_from(["", " ", ".", "-", _NBSP]), st.sampled_from("67"))
def test_every_mobile_number_is_found_however_it_is_spaced(number: int, separator: str, prefix: str) -> None:
    digits = f"0{prefix}{number:08d}"
    written = separator.join(digits[at : at + 2] for at in range(0, 10, 2))
    assert mask(f"appelez {written} svp").text == f"appelez {MASK} svp"


@pytest.mark.parametrize("hidden", ["\u200b", "\u00ad", "\u2060", "\u202e"])
def test_a_number_is_masked_though_something_that_nobody_sees_splits_it(hidden: str) -> None:
    """A remark on an answer, a supervisor's note, a line of the log: what was pasted may hold anything."""
    found = mask(f"rappelez le 06 12{hidden} 34 {hidden}56 78, ou marie.dupont@ex{hidden}emple.fr")
    assert found.text == f"rappelez le {MASK}, ou {MASK}"
