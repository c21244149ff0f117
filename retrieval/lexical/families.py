"""Words of one family that no stemmer brings together: what citizens do, and what administrations call it.

One family a line; each word of it becomes the first one's term. Only words that mean the same in every administrative text
stand here: what depends on the subject belongs to an entry's keywords or wordings.

Of the whole search without and with the second half (from *démission* on, what a verb and its noun have in common where their
stems differ), R@1, R@5, R@10: service_public_dev .563 .841 .868, .570 .841 .861; code_du_travail_dev .699 .888 .941,
.708 .890 .938; the project's own .621 .851 .907, .621 .857 .907.
"""

from __future__ import annotations

_FAMILIES = """
perdre perte perdu égarer égaré
voler vol volé
naître naissance né
mourir mort décès décédé décéder
acheter achat acquérir acquisition acheteur acquéreur
vendre vente vendeur
louer location locataire locatif
payer paiement
marier mariage épouser
déménager déménagement
construire construction
immatriculer immatriculation
séjourner séjour
héberger hébergement
accoucher accouchement
grossesse enceinte
salaire rémunération
enfant fille fils gosse bébé nourrisson
mère maman
père papa
voiture véhicule auto automobile bagnole
boulot emploi job
changer changement
coûter coût prix tarif
renouveler renouvellement refaire
annuler annulation
résilier résiliation
contester contestation
durer durée
démission démissionner démissionnaire
inscrire inscription
rompre rupture rompu
reconnaître reconnaissance
hériter héritage héritier
réduire réduction
exclure exclusion
déduire déduction
souscrire souscription
protéger protection
conduire conduite conducteur
transmettre transmission
admettre admission
suspendre suspension
interdire interdiction
chômage chômeur
apprentissage apprenti
stage stagiaire
veuf veuve veuvage
tutelle tuteur
curatelle curateur
copropriété copropriétaire
adhérer adhésion
témoin témoigner témoignage
cambriolage cambrioler
escroquerie escroquer escroc
assurance assurer assureur
absence absent
mutation muter
pacs pacser
créer création
modifier modification
rectifier rectification corriger correction
voisin voisinage
pollution polluer
bruit bruyant
impôt imposition imposable
soigner soin
percevoir toucher
étude étudier étudiant
détruire destruction
dissoudre dissolution
"""


def families() -> list[list[str]]:
    """Returns the words of each family, the one that stands for all of them first."""
    return [line.split() for line in _FAMILIES.split("\n") if line.strip()]
