"""The identity of a new installation until an administration sets its own: an imaginary town, with offices and hours."""

from core.settings import Settings

PHONE = "01 99 00 45 67"  # 01 99 00 is reserved for fiction (Arcep)
COMMUNE = "00006"  # of Valbourg, in the imaginary département of places/demonstration/offices.csv

_QUESTIONS = (
    "Comment refaire ma carte d'identité perdue ?|Où peut-on se marier ?|Comment s'inscrire sur les listes électorales ?"
    "|en: How do I get a birth certificate?"
)
IDENTITY = f"""\
# The imaginary town of the demonstration, as citizens read it: put your administration in its place.
GUICHET_ORGANISATION="Ville de Valbourg (démonstration)"
GUICHET_CONTACT_PHONE="{PHONE}"
GUICHET_CONTACT_EMAIL="accueil@valbourg.example"
GUICHET_CONTACT_ADDRESS="Hôtel de ville, 1 place de la Halle, 99999 Valbourg"
GUICHET_CONTACT_ACCESS="Bus 2 et 5, arrêt Halle. Entrée de plain-pied rue des Tanneurs, boucle magnétique à l'accueil."
GUICHET_APPOINTMENT_URL="https://www.valbourg.example/rendez-vous"
GUICHET_OPENING_HOURS="Du lundi au vendredi de 8 h 30 à 12 h et de 13 h 30 à 17 h"
GUICHET_OFFICE_COMMUNE="{COMMUNE}"
GUICHET_LOCAL_HEADING="À Valbourg"
GUICHET_OFFICE_HOURS="Mo-Fr 08:30-12:00,13:30-17:00; PH off"
GUICHET_RELAY_URL="https://relais.valbourg.example/"
GUICHET_RELAY_MEANS="Relais téléphonique : texte, LSF, LfPC"
GUICHET_RELAY_HOURS="du lundi au vendredi de 9 h à 17 h"
GUICHET_LEGAL_ADDRESS="Mairie, 1 place de la Halle, 99999 Valbourg"
GUICHET_PUBLICATION_DIRECTOR="Camille Exemple, maire"
GUICHET_HOSTING_PROVIDER="Cette machine (démonstration)"
GUICHET_DATA_PROTECTION_CONTACT="dpo@valbourg.example"
GUICHET_ACCESSIBILITY_SCHEME="https://www.valbourg.example/accessibilite/schema-2025-2027"
GUICHET_ACCESSIBILITY_PLAN="https://www.valbourg.example/accessibilite/plan-d-action"
GUICHET_FIRST_QUESTIONS="{_QUESTIONS}"
"""


def is_demonstration(settings: Settings) -> bool:
    """Decides whether an installation is still the imaginary town."""
    return settings.contact_phone == PHONE and settings.office_commune == COMMUNE
