"""Word families that no stemmer brings together: what citizens do, and what administrations call it.

One family per line; each word of it gets the term of the first. All words of a family mean the same in every administrative
text. Words whose meaning depends on the subject belong in an entry's keywords or wordings.

The second half (from *démission* on, a verb and its noun with different stems) changes R@5 of the whole search little:
service_public_dev .841 without and with, code_du_travail_dev .888 → .890, own questions .851 → .857.
"""

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
    """Returns the words of each family, first the word whose term represents all."""
    return [line.split() for line in _FAMILIES.split("\n") if line.strip()]
