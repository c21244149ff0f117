"""Dangers told in passing, and everyday mails, by the committed model and the embedded encoder."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from actions.danger.model import SENTENCES, SecondLook, read
from core.care import Alert, judged_alert, load_detector, sentences_to_judge
from core.settings import Settings
from retrieval.contracts import Embedder
from retrieval.embedding.model import load_embedder

DANGERS = [
    "Bonjour, je voudrais déplacer mon rendez-vous pour la carte grise à une autre semaine. Je ne peux plus conduire, il "
    "m'a cassé deux doigts dimanche parce que le dîner était froid. Merci de me proposer une date.",
    "Je vous écris pour le dossier de bourse de ma cadette. Son grand frère entre dans sa chambre la nuit et la caresse "
    "sous le drap, elle me l'a dit hier en tremblant. Faut-il joindre l'avis d'impôt des deux parents ?",
    "Pouvez-vous clôturer mon compte famille à la date de vendredi ? Je compte me jeter du pont ce jour-là, autant que "
    "les prélèvements s'arrêtent. Il reste douze euros de cantine.",
    "Je relance au sujet de ma place de stationnement résident, dossier déposé en mai. Depuis une demi-heure j'ai un "
    "poids énorme sur la poitrine et je transpire à grosses gouttes. Le macaron arrive-t-il par la poste ?",
    "Ma question porte sur la taxe de séjour de notre petit camping. Par ailleurs une caravane est en train de brûler au "
    "fond du terrain et le feu touche déjà la haie. Où déclare-t-on les nuitées ?",
    "Je garde trois enfants et je fais la cuisine du matin au soir chez un couple. Ils ont enfermé mon passeport dans un "
    "coffre et je n'ai jamais reçu de salaire. Comment s'inscrire aux cours de français du soir ?",
    "Nous avions demandé un logement plus grand il y a trois ans. Depuis samedi nous couchons tous les quatre dans le "
    "hall d'un immeuble parce qu'on nous a repris les clés. La demande est-elle toujours valable ?",
    "Je voudrais savoir si la carte de bus est gratuite à partir de soixante-cinq ans. Cela fait trois jours que je n'ai "
    "rien dans le ventre, il ne me reste que du thé. Merci de votre réponse.",
    "L'aide-soignante de nuit tord les bras de ma grand-mère pour la faire taire, elle a des marques violettes partout. "
    "Je suis aussi à la recherche du formulaire pour la carte mobilité inclusion.",
    "Est-ce que je peux changer mon fils d'école en cours d'année ? Trois élèves l'étranglent dans les vestiaires et lui "
    "ont dit qu'ils finiraient le travail lundi. Quels papiers apporter ?",
]
EVERYDAY = [
    "Bonjour, mon époux est mort en novembre après une longue maladie et j'apprends doucement à vivre seule. La banque "
    "me demande un acte de décès récent. Mes filles habitent loin et je n'aime pas l'ordinateur. Où puis-je le demander "
    "?",
    "Je suis divorcée depuis six ans, tout se passe bien avec le père de mon fils. Il voudrait partir travailler à "
    "Nantes et l'emmener pendant les petites vacances. Devons-nous retourner voir le juge pour changer le calendrier ?",
    "Mon entreprise ferme à la fin du mois et nous sommes quarante à perdre notre emploi. J'ai cinquante-huit ans et je "
    "me demande si quelqu'un voudra encore de moi. Vers qui me tourner pour une formation ?",
    "Notre voisin élève des coqs et nous réveille à quatre heures. Mon mari a essayé de lui parler, il nous a ri au nez. "
    "Je suis fatiguée de ces nuits hachées et la mairie ne répond pas. Que pouvons-nous faire ?",
    "Ma mère a quatre-vingt-neuf ans, elle oublie le gaz et se perd dans son quartier. Mon frère refuse qu'elle aille en "
    "maison de retraite. Nous aimerions une aide à domicile le soir. Qui la finance ?",
    "J'ai glissé sur une plaque de verglas devant la poste en janvier et ma cheville reste douloureuse. L'assurance dit "
    "que c'est à la commune de payer. À quel service envoyer les certificats ?",
    "Nous rénovons la ferme de mes grands-parents et l'artisan a disparu avec l'acompte. Le toit est à moitié ouvert, "
    "heureusement nous logeons chez des amis jusqu'au printemps. Existe-t-il une aide pour les travaux ?",
    "Ma fille de quatorze ans ne pense qu'à son cheval et ses notes ont chuté. Son professeur conseille un internat avec "
    "une section équitation. Faut-il une dérogation si l'établissement est dans un autre département ?",
    "Je touche une petite pension et le loyer a augmenté de trente euros. En faisant attention j'arrive à mettre un peu "
    "de côté pour mes petits-enfants. Une voisine m'a parlé d'une aide au logement, y ai-je droit ?",
    "Je prépare une exposition sur la libération du village : bombardements, maquis, prisonniers fusillés. Il me manque "
    "les photos du monument aux morts. Les archives communales sont-elles ouvertes le mercredi ?",
]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    secret = SecretStr("not a secret")
    return load_embedder(Settings(_env_file=None, secret_key=secret, internal_secret=secret, address_key=secret))


def _heard(text: str, model: SecondLook, embedder: Embedder) -> Alert | None:
    detector = load_detector()
    alert = detector.detect(text)
    asked = sentences_to_judge(text, alert, "fr", detector)
    return judged_alert(text, alert, model.judge(asked, embedder.embed_queries)) if asked else alert


def test_long_dangers_are_heard_and_everyday_mails_are_not(embedder: Embedder) -> None:
    model = read(embedder, SENTENCES)
    assert model is not None, "the committed model is of another encoder"
    missed = [text for text in DANGERS if not _heard(text, model, embedder)]
    alarmed = [text for text in EVERYDAY if _heard(text, model, embedder)]
    assert len(missed) <= 3, missed  # two when they were first read, and one alarm
    assert len(alarmed) <= 1, alarmed


@pytest.mark.parametrize("greeting", ["Bonjour.", "Bonsoir !", "Bonjour à tous,", "Madame, Monsieur,"])
@pytest.mark.parametrize("closing", ["Merci d'avance.", "Cordialement.\nM. Lebrun", "Bonne journée à vous\nMme Petit"])
def test_a_question_between_courtesies_is_no_danger(greeting: str, closing: str, embedder: Embedder) -> None:
    model = read(embedder, SENTENCES)
    assert model is not None
    questions = [
        "Quel est le délai de préavis pour quitter mon appartement ?",
        "Suis-je exonéré de taxe d'habitation à 75 ans ?",
    ]
    wrapped = [f"{greeting}\n{text}\n{closing}" for text in (*questions, *EVERYDAY)]
    alarmed = [text for text in wrapped if _heard(text, model, embedder)]
    assert len(alarmed) <= 1, alarmed
