"""Recognising a person in danger: the lexicon on messages that it was not written from, and what it must leave alone."""

from __future__ import annotations

from typing import Any

import pytest

from core.care import Care, CareDetector, LaterSign, load_detector
from core.care.keys import fold, key

DETECTOR = load_detector()


@pytest.mark.parametrize("words", [("frappe", "frape"), ("suicider", "suisidé"), ("enfants", "anfan")])
def test_misspelt_words_sound_the_same(words: tuple[str, str]) -> None:
    first, second = (key(fold(word)) for word in words)
    assert first == second


@pytest.mark.parametrize(
    "words", [("viol", "vol"), ("viol", "violet"), ("agressée", "agréée"), ("faim", "femme"), ("laisse", "les")]
)
def test_words_of_another_meaning_do_not(words: tuple[str, str]) -> None:
    first, second = (key(fold(word)) for word in words)
    assert first != second


def test_sms_words_are_spelled_out() -> None:
    assert fold("G envi 2 mourir, jpeu plu") == "j ai envie 2 mourir je peux plus"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Je veux mourir", (Care.SUICIDE,)),
        ("jve mourire", (Care.SUICIDE,)),
        ("mon mari me frappe et je dors dans ma voiture", (Care.VIOLENCE, Care.HOMELESS)),
        ("il y a le feu chez moi", (Care.FIRE,)),
        ("le feu dans la cuisine", (Care.FIRE,)),
        ("mon voisin frappe ses enfants", (Care.CHILD,)),
        ("my husband beats me", (Care.VIOLENCE,)),
        ("ma mère est battue à l'ehpad", (Care.VIOLENCE,)),
        ("mon beau-père vient dans mon lit la nuit", (Care.VIOLENCE,)),
        ("mon patron me garde enfermée", (Care.TRAFFICKING,)),
        ("il m'a mis le couteau sous la gorge", (Care.VIOLENCE,)),
        ("le petit chauffage fait mal à la tête, tout le monde vomit dans la maison", (Care.MEDICAL,)),
        ("depuis qu'on a allumé le poêle ma fille vomit", (Care.MEDICAL,)),
        ("j'ai plus la force, j'ai rangé mes affaires et écrit à ma soeur", (Care.SUICIDE,)),
        ("j'ai avalé de travers un bout de pain, il s'étouffe", (Care.MEDICAL,)),
        ("no tengo donde dormir esta noche", (Care.HOMELESS,)),
        ("زوجي يضربني", (Care.VIOLENCE,)),
    ],
)
def test_a_danger_is_recognised(text: str, kinds: tuple[Care, ...]) -> None:
    alert = DETECTOR.detect(text)
    assert alert is not None
    assert alert.kinds == kinds


@pytest.mark.parametrize(
    ("phrase", "danger"),
    [
        ("je suis bénévole au Secours populaire", Care.VIOLENCE),
        ("j'ai une retenue sur salaire", Care.SUICIDE),
        ("le noyer du voisin dépasse", Care.VIOLENCE),
        ("passeport de mon gamin de 9 ans oublié dans le train, introuvable", Care.VIOLENCE),
        ("ma mère s'est fait voler son sac", Care.VIOLENCE),
        ("si je me fais voler mon passeport", Care.VIOLENCE),
        ("en fait on me l'a volé en Grèce", Care.VIOLENCE),
        ("on a essayé de forcer ma porte cet été", Care.VIOLENCE),
        ("je suis noyée sous les crédits", Care.SUICIDE),
        ("je prends le nom de mon mari", Care.VIOLENCE),
        ("mon CDD va jusqu'à fin janvier", Care.HOMELESS),
        ("la mairie ne bouge pas", Care.VIOLENCE),
        ("il ne répond plus à mes messages", Care.SUICIDE),
        ("ma caisse était mal garée, elle a été enlevée", Care.VIOLENCE),
        ("je vis chez ma tante", Care.VIOLENCE),
        ("je touche une petite retraite", Care.SUICIDE),
        ("vendue sur le bon coin, il a jamais changé la carte grise", Care.SUICIDE),
        ("je n'ai pas internet, c'est ma petite-fille qui tape", Care.VIOLENCE),
        ("j'ai avalé de travers la note d'impôts", Care.VIOLENCE),
        ("on est étranglés par les charges", Care.SUICIDE),
        ("la banque me met le couteau sous la gorge", Care.SUICIDE),
        ("je me noie dans la paperasse", Care.VIOLENCE),
        ("le fisc nous saigne à blanc", Care.VIOLENCE),
        ("j'ai failli faire une crise cardiaque en voyant la facture", Care.SUICIDE),
        ("ma mère de 84 ans ne peut plus rester seule", Care.SUICIDE),
        ("mon mari peut plus vivre tout seul", Care.SUICIDE),
        ("ils peuve pa me mettre dehor kan meme", Care.HOMELESS),
        ("ils n'ont pas le droit de nous mettre dehors", Care.HOMELESS),
        ("I got a fine for speeding", Care.VIOLENCE),
    ],
)
def test_what_only_sounds_like_a_danger_is_left_alone_and_hides_none(phrase: str, danger: Care) -> None:
    assert DETECTOR.detect(phrase) is None
    told = {Care.VIOLENCE: "mon mari me frappe", Care.SUICIDE: "je veux mourir", Care.HOMELESS: "je dors dans la rue"}[danger]
    for text in (f"{phrase}, {told}", f"{told} et {phrase}"):
        alert = DETECTOR.detect(text)
        assert alert is not None, text
        assert danger in alert.kinds, text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("j'ai appelé la police, mon mari ne bouge plus", Care.MEDICAL),
        ("mon père a fait un avc il ne peut plus parler", Care.MEDICAL),
        ("j'étais garée en bas, il a enlevé ma fille", Care.CHILD),
        ("ma tante qui me tape dessus", Care.VIOLENCE),
        ("il me fait voler dans les magasins", Care.TRAFFICKING),
        ("quelqu'un essaie de forcer ma porte", Care.VIOLENCE),
        ("des types sont entrés chez moi, ils sont encore là", Care.VIOLENCE),
        ("je dors dans ma tente", Care.HOMELESS),
        ("le voisin est au fond de la piscine, il se noie", Care.MEDICAL),
        ("il peut pas me mettre dehors ce soir", Care.HOMELESS),
        ("on peut me mettre dehors ?", Care.HOMELESS),
        ("mon père ne veut plus vivre", Care.SUICIDE),
    ],
)
def test_words_that_stand_near_an_everyday_phrase_still_tell(text: str, kind: Care) -> None:
    alert = DETECTOR.detect(text)
    assert alert is not None
    assert kind in alert.kinds


@pytest.mark.parametrize("text", ["i want to die", "quiero morir", "أريد أن أموت"])
def test_the_language_of_the_words_is_told(text: str) -> None:
    alert = DETECTOR.detect(text)
    assert alert is not None
    assert alert.language in {"en", "es", "ar"}


@pytest.mark.parametrize(
    "text", ["suicide de mon locataire, que faire du bail ?", "violences conjugales quelle peine", "comment aider un sans-abri"]
)
def test_a_question_about_a_danger_is_answered_too(text: str) -> None:
    alert = DETECTOR.detect(text)
    assert alert is not None
    assert alert.answer_too


@pytest.mark.parametrize("text", ["comment mourir sans souffrir", "je veux mourir, quelle démarche ?"])
def test_no_page_stands_under_a_suicide(text: str) -> None:
    alert = DETECTOR.detect(text)
    assert alert is not None
    assert not alert.answer_too


@pytest.mark.parametrize(
    "text",
    [
        "",
        "attestation d'hébergement",
        "assurance incendie",
        "feu rouge grillé",
        "je veux en finir avec mon abonnement",
        "violation de domicile",
        "mon fils a disparu des listes électorales",
        "je meurs d'envie de savoir",
        "j'ai 3 enfants et je les élève toute seule",
        "j'ai 15 000 euros à placer sans risque",
        "je voudrais en finir avec le Pacs",
    ],
)
def test_paperwork_is_no_danger(text: str) -> None:
    assert DETECTOR.detect(text) is None


def test_a_pattern_that_names_unknown_words_is_refused() -> None:
    lexicon: dict[str, Any] = {kind: {"fr": {"sure": ["$nobody"]}} for kind in Care}
    lexicon |= {"words": {}, "question": [], "person": []}
    with pytest.raises(ValueError, match="nobody"):
        CareDetector(lexicon)


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("je ne peux pas appeler, il est là", LaterSign.SILENT),
        ("jpeu pa parlé", LaterSign.SILENT),
        ("I can't talk", LaterSign.SILENT),
        ("لا أستطيع الكلام", LaterSign.SILENT),
        ("j'ai envie de la rejoindre", LaterSign.DESPAIR),
        ("je sais plus quoi faire", LaterSign.AGAIN),
        ("nadie me ayuda", LaterSign.AGAIN),
        ("je c pa ou aller", LaterSign.NOWHERE),
        ("jai pas de sous", LaterSign.NOWHERE),
        ("où je peux aller ?", LaterSign.NOWHERE),
        ("I don't know where to go", LaterSign.NOWHERE),
        ("ليس لدي مكان اذهب اليه", LaterSign.NOWHERE),
        ("je sais pas où aller pour ma carte", None),
        ("où aller pour refaire ma carte", None),
        ("sans elle ma vie est finie", LaterSign.DESPAIR),
        ("sans lui je n'ai plus que ma retraite", None),
        ("je n'ose pas appeler", LaterSign.SILENT),
        ("j'ai pas le courage d'appeler", LaterSign.SILENT),
        ("il est derrière la porte", LaterSign.SILENT),
        ("je suis cachée dans la salle de bain", LaterSign.SILENT),
        ("il lit mes messages", LaterSign.SILENT),
        ("je suis sourde", LaterSign.SILENT),
        ("il va revenir", LaterSign.AGAIN),
        ("il est revenu", LaterSign.AGAIN),
        ("et la cantine, c'est selon les revenus ?", None),
        ("et maintenant je fais quoi", LaterSign.AGAIN),
        ("mais qu'est-ce que je peux faire ?", LaterSign.AGAIN),
        ("mon assurance refuse de payer le dégât des eaux, que faire ?", None),
        ("je ne peux pas faire appel", None),
        ("comment appeler la mairie", None),
        ("j'ai préparé une lettre pour mes enfants", LaterSign.DESPAIR),
        ("après je serai tranquille", LaterSign.DESPAIR),
        ("bientôt tout sera fini", LaterSign.DESPAIR),
        ("ils seront mieux sans moi", LaterSign.DESPAIR),
        ("j'ai écrit une lettre au procureur", None),
        ("je serai tranquille demain pour remplir le dossier", None),
        ("quand est-ce que ce sera fini", None),
        ("je ne sais pas quoi faire de ma carte grise", None),
    ],
)
def test_what_goes_on_about_a_danger(text: str, since: LaterSign | None) -> None:
    found = DETECTOR.later_sign(text)
    assert (found[0] if found else None) == since


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("mon mari est décédé le mois dernier", "fr"),
        ("j'ai perdu ma femme en mars", "fr"),
        ("suite au décès de ma mère", "fr"),
        ("my father passed away", "en"),
        ("ma mère est morte hier, je voudrais savoir si je dois prévenir la CAF", "fr"),
        ("mon mari est mort hier, nous étions mariés depuis 40 ans", "fr"),
        ("mon mari est mort hier, comment obtenir le certificat de décès ?", "fr"),
        ("mon père est décédé le 19 novembre", "fr"),
        ("mon fils est mort, il avait 19 ans", "fr"),
        ("mon père vient de mourir, que faire en cas de dettes ?", "fr"),
        ("papa est mort ce matin", "fr"),
        ("je viens de perdre ma maman", "fr"),
        ("notre fils s'est éteint hier", "fr"),
        ("mon père est mort en novembre 2025", "fr"),
        ("mi marido ha fallecido", "es"),
        ("توفي زوجي", "ar"),
        ("mon mari m'a quittée", ""),
        ("j'ai perdu ma carte", ""),
        ("en cas de décès de mon mari, que se passe-t-il ?", ""),
        ("mon mari est mort il y a 20 ans, puis-je me remarier ?", ""),
        ("acte de décès de mon père", ""),
        ("ma fille est morte de rire", ""),
        ("la voiture de ma mère est morte", ""),
        ("mon mari nous a quittés pour une autre", ""),
        ("j'ai perdu l'ordonnance de ma mère", ""),
        ("résilier l'assurance décès de mon mari", ""),
        ("mon mari n'est pas mort, mais la caisse l'a radié", ""),
        ("le chien de mon mari est décédé", ""),
        ("ma fille est morte de trouille", ""),
        ("j'ai perdu mon bébé chien", ""),
        ("quand ma mère est morte, qui a hérité ?", ""),
        ("mon père est décédé d'un cancer il y a 10 ans", ""),
        ("il y a dix ans, mon mari est mort", ""),
        ("mon père est décédé en 2003", ""),
        ("mon grand-père est mort à la guerre de 14", ""),
        ("comment ne pas tout perdre, ma femme a dit oui", ""),
        ("my husband died in 1998", ""),
        ("I lost my child's passport", ""),
        ("lost my child benefit letter", ""),
    ],
)
def test_who_mourns_is_recognised(text: str, language: str) -> None:
    assert DETECTOR.mourning_language(text) == language


@pytest.mark.parametrize("text", ["je veux me marier à la mairie", "on va se marier", "nous souhaitons nous marier en juin"])
def test_who_wants_to_marry_is_in_no_danger(text: str) -> None:
    assert DETECTOR.detect(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "je ne veux pas me marier",
        "je veux pas me marier",
        "mes parents veulent me marier",
        "on veut me marier avec un homme de 50 ans",
        "on va me marier à un inconnu",
        "je vais me marier de force",
        "je vais me marier cet été contre mon gré",
    ],
)
def test_who_is_made_to_marry_is(text: str) -> None:
    alert = DETECTOR.detect(text)
    assert alert is not None
    assert alert.kinds[0] == Care.VIOLENCE


def test_a_letter_about_an_emergency_that_is_over_gets_its_answer_too() -> None:
    told = "Mon mari a fait un infarctus au bureau."
    letter = f"Bonjour, {told} C'était en novembre, l'employeur a été très correct. " + "Depuis, je range les papiers. " * 7
    urgent, calm = DETECTOR.detect(told), DETECTOR.detect(letter)
    assert urgent is not None
    assert calm is not None
    assert (urgent.answer_too, calm.answer_too) == (False, True)
    assert calm.kinds == urgent.kinds


def test_who_has_lost_everything_is_told_of_a_roof_and_answered() -> None:
    alert = DETECTOR.detect("j'ai perdu mon emploi, mon logement et ma femme m'a quitté, je sais plus quoi faire")
    assert alert is not None
    assert (alert.kinds, alert.answer_too) == ((Care.HOMELESS,), True)
    assert DETECTOR.detect("j'ai perdu les clés de mon logement") is None
    assert DETECTOR.detect("j'ai perdu mon bail, mon appartement est à Lyon") is None


def test_stolen_keys_take_no_number_away() -> None:
    alert = DETECTOR.detect("je suis sans domicile, on m'a volé mes clés")
    assert alert is not None
    assert alert.kinds == (Care.HOMELESS,)


@pytest.mark.parametrize("text", ["j'ai envie de disparaître", "à quoi ça sert de vivre", "je suis au bout du rouleau"])
def test_who_sees_no_use_in_going_on_is_in_danger(text: str) -> None:
    alert = DETECTOR.detect(text)
    assert alert is not None
    assert alert.kinds == (Care.SUICIDE,)


@pytest.mark.parametrize(
    "text",
    [
        "nous voulons une piscine de 8 mètres derrière la maison",
        "le chêne de mon voisin dépasse de deux mètres chez moi",
        "un copain s'est battu au stade",
    ],
)
def test_metres_put_nobody_out_and_who_fights_is_not_beaten(text: str) -> None:
    assert DETECTOR.detect(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "mon mari surveille mon téléphone",
        "mon copain fouille mon portable tous les jours",
        "mon conjoint contrôle toutes mes dépenses",
        "il me laisse pas sortir",
        "mon mari ne me laisse pas travailler",
        "mon compagnon m'a confisqué mon téléphone",
    ],
)
def test_who_is_controlled_by_a_partner_is_in_danger(text: str) -> None:
    alert = DETECTOR.detect(text)
    assert alert is not None
    assert alert.kinds[0] == Care.VIOLENCE


@pytest.mark.parametrize(
    "text",
    [
        "mon mari a perdu mon téléphone",
        "mon ex ne me laisse pas voir mes enfants",
        "mon employeur surveille mes messages",
        "mon mari m'a pris un abonnement",
        "mon ex m'a pris mes meubles",
        "comment surveiller le téléphone de mon fils",
        "mon patron ne me laisse pas partir en congé",
        "mon employeur ne me laisse pas prendre mes jours",
    ],
)
def test_a_lost_telephone_a_leave_refused_are_no_danger(text: str) -> None:
    assert DETECTOR.detect(text) is None


@pytest.mark.parametrize("text", ["mon patron ne me laisse pas partir", "il ne me laisse pas sortir, je suis enfermée"])
def test_who_is_kept_in_is_in_danger(text: str) -> None:
    assert DETECTOR.detect(text) is not None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("jeter un frigo ou ça", "ou ca"),
        ("elle perd un peu la tête", ""),
        ("je perds la tête", "je perds la tête"),  # may be said in distress
        ("Ma mère perd la tête, elle veut mourir", "ma elle veut mourir"),
        ("un trou dans la route devant chez moi", "un devant chez moi"),
        ("Où voter ?", "Où voter ?"),
    ],
)
def test_idioms_are_left_out_for_the_second_look(text: str, rest: str) -> None:
    assert DETECTOR.without_idioms(text) == rest


@pytest.mark.parametrize(("text", "heard"), [("il arrive", True), ("mais il arrive", True), ("merci ils arrivent", False)])
def test_who_comes_may_be_feared_or_the_help_that_was_called(text: str, heard: bool) -> None:
    assert (DETECTOR.later_sign(text) is not None) == heard


@pytest.mark.parametrize("text", ["j'ai rangé mes affaires et écrit à mon proprio", "tous malades à cause de l'humidité"])
def test_words_of_a_danger_about_something_else_are_left_alone(text: str) -> None:
    assert DETECTOR.detect(text) is None
