"""The date of an old page behind its figures."""

from __future__ import annotations

from datetime import date

import pytest

from actions.replies.dated_amounts import has_figure, is_dated, with_dates

DAY = date(2020, 5, 12)
AT = " (au 12/05/2020)"


@pytest.mark.parametrize(
    ("text", "dated"),
    [
        # amounts
        ("Il coûte 86 €.", f"Il coûte 86 €{AT}."),
        ("Il coûte 1\u00a0500,50\u00a0€ par an.", f"Il coûte 1\u00a0500,50\u00a0€{AT} par an."),
        ("Il coûte 30 euros TTC.", f"Il coûte 30 euros TTC{AT}."),
        ("Un salaire de 1 500 € bruts.", f"Un salaire de 1 500 € bruts{AT}."),
        ("Chaque SMS coûte 5 centimes.", f"Chaque SMS coûte 5 centimes{AT}."),
        # rates
        ("Le taux est de 2,5 %.", f"Le taux est de 2,5 %{AT}."),
        ("Une taxe de 4\u00a0‰ est due.", f"Une taxe de 4\u00a0‰{AT} est due."),
        # times
        ("Vous avez 3 mois pour venir.", f"Vous avez 3 mois{AT} pour venir."),
        ("Vous avez 15 jours.", f"Vous avez 15 jours{AT}."),
        ("Le congé est de 30 jours ouvrables.", f"Le congé est de 30 jours ouvrables{AT}."),
        ("Comptez 2 semaines.", f"Comptez 2 semaines{AT}."),
        # years and hours, as a limit only
        ("Le délai est de 2 ans.", f"Le délai est de 2 ans{AT}."),
        ("Elle est valable 10 ans.", f"Elle est valable 10 ans{AT}."),
        ("À faire dans les 48 heures.", f"À faire dans les 48 heures{AT}."),
        ("La durée est de 3 heures 30.", f"La durée est de 3 heures 30{AT}."),
        ("Elle se renouvelle tous les 5 ans.", f"Elle se renouvelle tous les 5 ans{AT}."),
    ],
)
def test_with_dates_puts_the_date_behind_a_figure(text: str, dated: str) -> None:
    assert with_dates(text, DAY) == dated
    assert has_figure(text)
    assert is_dated(dated, DAY)
    assert with_dates(dated, DAY) == dated


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Venez en mairie.",
        "Vous avez 18 ans.",
        "Vous êtes mineur de plus de 16 ans : venez à deux.",
        "Le guichet ferme à 17 h.",
        "Ouvert 8 heures par jour.",
        "Le 3 janvier 2020.",
        "Voir l'article 5 du code.",
        "Appelez le 39 39.",
        "Voir [la page](https://exemple.fr/3-mois-50-€).",
        "3 personnes sur 5.",
    ],
)
def test_with_dates_leaves_a_text_without_a_figure(text: str) -> None:
    assert with_dates(text, DAY) == text
    assert not has_figure(text)


@pytest.mark.parametrize(
    ("text", "dated"),
    [
        ("Il coûte 86 € ici et 96 € ailleurs.", f"Il coûte 86 €{AT} ici et 96 € ailleurs."),
        ("Cela coûte 5 €. Venez. Comptez 3 mois.", f"Cela coûte 5 €{AT}. Venez. Comptez 3 mois{AT}."),
        ("- 25 € de timbre\n- une photo\n- 3 mois d'attente", f"- 25 €{AT} de timbre\n- une photo\n- 3 mois{AT} d'attente"),
        (
            "| Âge | Prix |\n| --- | --- |\n| Majeur | 86 € |\n| Mineur | 17 € ou 42 € |",
            f"| Âge | Prix |\n| --- | --- |\n| Majeur | 86 €{AT} |\n| Mineur | 17 €{AT} ou 42 € |",
        ),
        ("Un prix.\n\nIl est de 86 €.", f"Un prix.\n\nIl est de 86 €{AT}."),
    ],
)
def test_with_dates_says_it_once_a_sentence_item_and_row(text: str, dated: str) -> None:
    assert with_dates(text, DAY) == dated
    assert with_dates(dated, DAY) == dated


@pytest.mark.parametrize(
    ("text", "dated"),
    [
        ("Il coûte **86 €** pour un **majeur**.", f"Il coûte 86 €{AT} pour un **majeur**."),
        ("**Il dispose de 14 jours.**", f"Il dispose de 14 jours{AT}."),  # a whole sentence in bold is no heading
        ("**Délai : 3 mois** et plus.", f"Délai : 3 mois{AT} et plus."),
    ],
)
def test_with_dates_leaves_no_figure_in_bold(text: str, dated: str) -> None:
    assert with_dates(text, DAY) == dated
    assert with_dates(dated, DAY) == dated


@pytest.mark.parametrize(
    ("text", "dated"),
    [
        ("**Moins de 3 mois** : c'est gratuit.", "**Moins de 3 mois** : c'est gratuit."),
        ("**Moins de 3 mois** : il coûte 86 €.", f"**Moins de 3 mois** : il coûte 86 €{AT}."),
        ("**Jusqu'à 1 500 €**\n\n- une photo\n- 25 €", f"**Jusqu'à 1 500 €**\n\n- une photo\n- 25 €{AT}"),
        ("**Taux de 20 %** :\n\n- les livres", "**Taux de 20 %** :\n\n- les livres"),
    ],
)
def test_with_dates_leaves_the_name_of_a_case_and_a_heading(text: str, dated: str) -> None:
    assert with_dates(text, DAY) == dated
    assert with_dates(dated, DAY) == dated


@pytest.mark.parametrize(
    ("text", "dated"),
    [
        ("[86 €](https://exemple.fr/a) au guichet.", f"[86 €](https://exemple.fr/a){AT} au guichet."),
        ("Payez [le prix de 86 € ici](https://exemple.fr/a).", f"Payez [le prix de 86 € ici](https://exemple.fr/a){AT}."),
        ("[Un timbre](https://exemple.fr/25-€) de 25 €.", f"[Un timbre](https://exemple.fr/25-€) de 25 €{AT}."),
        ("[Payer 86 €](https://exemple.fr/a)", "[Payer 86 €](https://exemple.fr/a)"),  # a link by itself states nothing
    ],
)
def test_with_dates_never_writes_into_a_link(text: str, dated: str) -> None:
    assert with_dates(text, DAY) == dated
    assert with_dates(dated, DAY) == dated


def test_with_dates_of_a_range_stands_behind_its_last_figure() -> None:
    assert with_dates("Il coûte de 17 € à 42 €.", date(2020, 5, 12)) == "Il coûte de 17 € à 42 € (au 12/05/2020)."


def test_with_dates_takes_seven_days_a_week_for_no_time_limit() -> None:
    assert with_dates("Appelez le 17, 24h/24, 7 jours/7.", DAY) == "Appelez le 17, 24h/24, 7 jours/7."
