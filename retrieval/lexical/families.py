"""Words of one family that no stemmer brings together: what citizens do, and what administrations call it.

One family a line; each word of it becomes the first one's term. Only words that mean the same in every administrative text
stand here: what depends on the subject belongs to an entry's keywords or wordings.
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
"""


def families() -> list[list[str]]:
    """The words of each family, the one that stands for all of them first."""
    return [line.split() for line in _FAMILIES.split("\n") if line.strip()]
