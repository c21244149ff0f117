"""Who is in danger, and when: the same words of somebody or something else, and of what is over."""

from __future__ import annotations

import pytest

from core.care import Care, load_detector

DETECTOR = load_detector()


@pytest.mark.parametrize(
    "text",
    [
        "mon père a fait un AVC il y a deux ans, il lui faut une carte de stationnement",
        "il y a trois mois j'ai eu un infarctus, je reprends lundi",
        "ma mère a eu un malaise l'été dernier",
        "mon mari est en arrêt depuis sa crise cardiaque",
        "mon frère est mort d'une crise cardiaque en mars",
        "notre grange a brûlé, l'assurance demande des photos",
        "un feu de poubelle samedi dernier, qui remplace le bac",
    ],
)
def test_detect_attack_or_fire_that_is_over_is_no_emergency(text: str) -> None:
    assert DETECTOR.detect(text) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("mon père a fait un AVC il y a deux ans et là il ne respire plus", Care.MEDICAL),
        ("il a fait un malaise il y a dix minutes", Care.MEDICAL),
        ("il fait une crise cardiaque depuis une heure", Care.MEDICAL),
        ("le feu a pris dans la cuisine", Care.FIRE),
        ("la grange brûle", Care.FIRE),
        ("il y a le feu au dernier étage", Care.FIRE),
        ("la cuisine a brûlé et ma mère est dedans", Care.FIRE),
        ("depuis son malaise il ne répond plus", Care.MEDICAL),
        ("notre maison a brûlé, on est dehors avec les enfants", Care.HOMELESS),
    ],
)
def test_detect_attack_or_fire_that_goes_on_is_one(text: str, kind: Care) -> None:
    alert = DETECTOR.detect(text)
    assert alert is not None
    assert kind in alert.kinds


@pytest.mark.parametrize(
    "text",
    [
        "on m'a volé mon passeport dans le métro",
        "mon fils s'est cassé le bras au foot",
        "mes filles se battent pour la console",
        "le site internet ne rembourse pas",
        "on organise l'enterrement de vie de garçon de mon frère",
        "cette attente va me tuer",
        "je suis au bout du rouleau de tickets",
        "l'arrêt est sans abri bus",
        "j'ai été battue aux élections",
        "je dors à Menton",
        "nous dormons à Menton chez des amis",
        "j'habite à la rue du Moulin",
        "j'ai menacé mon voisin",
    ],
)
def test_detect_who_is_hurt_by_nobody_is_in_no_danger(text: str) -> None:
    assert DETECTOR.detect(text) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("je passe la nuit dans le métro", Care.HOMELESS),
        ("je dors à Menton dans ma voiture", Care.HOMELESS),
        ("je dors à la rue", Care.HOMELESS),
        ("j'ai menacé mon voisin de le tuer", Care.VIOLENCE),
        ("il m'a cassé le bras", Care.VIOLENCE),
        ("il a cassé le bras de ma mère", Care.VIOLENCE),
        ("mes parents se battent tous les soirs", Care.VIOLENCE),
        ("je rembourse mon voyage avec des passes", Care.TRAFFICKING),
        ("il va me tuer", Care.VIOLENCE),
        ("elle est battue pour un rien, ma femme est battue", Care.VIOLENCE),
        ("je travaille comme une esclave pour mon patron", Care.TRAFFICKING),
        ("je suis dégoûtée de la vie en général", Care.SUICIDE),
        ("je suis au bout du rouleau de toute façon", Care.SUICIDE),
        ("je suis au bout du rouleau", Care.SUICIDE),
        ("je suis sans abri", Care.HOMELESS),
        ("ma voisine est une femme battue", Care.VIOLENCE),
    ],
)
def test_detect_who_is_hurt_in_the_same_words_is(text: str, kind: Care) -> None:
    alert = DETECTOR.detect(text)
    assert alert is not None
    assert kind in alert.kinds
