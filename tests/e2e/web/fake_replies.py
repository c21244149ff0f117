"""The scripted replies of the fake gateway: one for each state that the widget and the plain page can show."""

from __future__ import annotations

from typing import Any

BODY = """Vous devez **déclarer la perte** de votre carte, puis en demander une autre.

1. Faites la déclaration de perte au guichet de la mairie
2. Prenez rendez-vous :
   - en ligne,
   - ou par téléphone
3. Apportez les [pièces demandées](https://www.service-public.fr/particuliers/vosdroits/F1341)

| Situation | Prix |
|---|---|
| Carte présentée | Gratuit |
| Carte perdue | 25 € |
"""

CARD = {
    "type": "answer", "text": "Voici ce que dit la page officielle.", 
    "entry": "F1341", "entry_version": 1, "snapshot": "s1", "locale": "fr",
    "title": "Perte ou vol de la carte d’identité d’une personne majeure",
    "headings": ["Que faire ?", "En France"], "cases": ["Vous êtes majeur"],
    "body": BODY,
    "source": {"name": "service-public.fr", "url": "https://www.service-public.fr/particuliers/vosdroits/F1341"},
    "verified_on": "2020-03-01", "notice": "",
    "services": [{"name": "Pré-demande de carte d’identité", "url": "https://ants.gouv.fr/"}],
}  # fmt: skip
OLD = CARD | {"notice": "Vérifiée le 01/03/2020 : les règles et les montants ont pu changer."}
LOCAL = CARD | {"source": {"name": "", "url": "https://mairie.example/piscine"}, "verified_on": None}
PARTED = CARD | {
    "headings": [],
    "body": "Vous pouvez partir.\n\n**Délai de préavis**\n\n**Logement vide** : 3 mois.\n\n- **Meublé**",
}
PRICED = CARD | {
    "body": "Le timbre coûte 25 € ou **30 €**, 1 250,50 euros en tout.\n\n| Année | Prix |\n|---|---|\n| 2005 | 7 € |"
}
FRAMED = CARD | {
    "text": "This is what the official page says.",
    "frame": {
        "language": "en",
        "words": {
            "case": "Your situation",
            "online_services": "Online services",
            "open_page": "Open the page",
            "undated": "Date of verification unknown",
            "verified_on": "Verified on {date}",
        },
    },
}
ASKING = CARD | {
    "headings": [], "cases": [],
    "body": "Vous devez avoir 25 ans. " * 8 + "\n\nLa mairie, la Caf ou la mairie instruisent votre demande.",
}  # fmt: skip
PLACE: dict[str, Any] = {
    "type": "place", "text": "Ouvert en ce moment, jusqu’à 12:00.",
    "name": "Mairie de Clairval-sur-Orbe", "kind": "mairie", "commune": "Clairval-sur-Orbe",
    "address": "1 place du Tilleul, 00100 Clairval-sur-Orbe",
    "other_addresses": ["Annexe des Prés : 4 rue du Moulin, 00100 Clairval-sur-Orbe"],
    "postal_address": "BP 12, 00101 Clairval-sur-Orbe Cedex",
    "hours": [{"days": "lundi – vendredi", "times": "8:30–12:00, 13:30–17:00"}, {"days": "samedi", "times": "9:00–12:00"}],
    "note": "État civil : dernier accueil 15 minutes avant la fermeture", "phone": "00 00 00 01 00",
    "appointment": "Cartes d’identité et passeports sur rendez-vous",
    "source": {"name": "Annuaire de démonstration", "url": ""}, "verified_on": "2026-10-12",
}  # fmt: skip
OPTIONS = [
    "Carte d’identité perdue",
    "Passeport perdu",
    "Permis de conduire perdu, volé ou détérioré, avec un libellé vraiment très long pour voir",
]


def _page(entry: str, label: str, extract: str, verified_on: str = "2020-08-26") -> dict[str, Any]:
    """A mini card, as it is sent: without what is empty."""
    source = {"name": "service-public.fr", "url": f"https://www.service-public.fr/particuliers/vosdroits/{entry}"}
    dated = {"verified_on": verified_on} if verified_on else {}
    about = {"entry": entry, "entry_version": 1, "snapshot": "s1", "extract": extract, "source": source, **dated}
    return {"label": label, "payload": f"signed:{label}", **about}


RENOUNCING = "Renonciation à la succession : que faire de l’argent et des biens du défunt ?"
EXTRACT = "Si vous renoncez à la succession, vous n’avez jamais été héritier.\nVous ne pouvez rien en recevoir."
LIST = "Elle se fait :\n- au greffe du tribunal du dernier domicile du défunt, sur place ou par courrier,\n- chez un notaire."
ENDLESS = (
    f"Écrivez à {'renonciation-a-succession.' * 4}tribunal@justice.example, ou prenez rendez-vous au greffe. "
    + "Un délai court. " * 5
)
PAGES = [
    _page("F34849", RENOUNCING, EXTRACT),
    _page("F1199", "Accepter ou renoncer à la succession (option successorale)", LIST, verified_on=""),
    _page("F322", "Pension de l’époux survivant", ENDLESS[:280]),
    {"label": "Droits de succession : déclaration", "payload": "signed:Droits de succession : déclaration"},
    {"label": "Aucune de ces réponses", "payload": "signed:Aucune de ces réponses"},
]


def reply_to(message: dict[str, Any], language: str) -> dict[str, Any]:
    """The outcome, blocks and plain text of the reply to ``message``."""
    said = (message.get("text") or "").lower()
    blocks: list[dict[str, Any]]
    if "rsa" in said or message.get("payload") == "signed:Cas général":
        labels = ("Cas général", "Je ne sais pas") if "rsa" in said else ("En ligne", "Sur place")
        options = [{"label": label, "payload": f"signed:{label}"} for label in labels]
        about = {
            "text": "Quelle est votre situation ?" if "rsa" in said else "Comment préférez-vous faire ?",
            "purpose": "cases",
        }
        outcome, blocks = "guided", [ASKING, {"type": "choices", **about, "options": options}]
    elif "succession" in said and "payload" not in message:
        about = {"text": "Est-ce l’une de ces pages ?", "purpose": "entries"}
        outcome, blocks = "choices", [{"type": "choices", **about, "options": PAGES}]
    elif "horaires" in said or message.get("payload") == "signed:office":
        outcome, blocks = "answered", [PLACE]
    elif "où est" in said:
        option = {"label": "Le plus près de moi", "payload": "signed:nearest"}
        about = {"text": "Dans quelle commune ? Écrivez son nom ou son code postal.", "purpose": "nearest"}
        outcome, blocks = "guided", [{"type": "choices", **about, "options": [option]}]
    elif "ancienne" in said:
        outcome, blocks = "answered", [OLD]
    elif "piscine" in said:
        outcome, blocks = "answered", [LOCAL]
    elif "déchetterie" in said:
        outcome, blocks = "answered", [LOCAL | {"source": {"name": "Mairie de Nîmes", "url": ""}}]
    elif "suite" in said:
        further = [{"label": label, "payload": f"signed:{label}"} for label in ("Pièces à fournir", "Coût", "Lire la suite")]
        about = {"text": "Sur cette page, voir aussi :", "purpose": "related"}
        outcome, blocks = "answered", [PARTED, {"type": "choices", **about, "options": further}]
    elif "prix" in said:
        outcome, blocks = "answered", [PRICED | ({"notice": OLD["notice"]} if "ancien" in said else {})]
    elif "préavis" in said:
        outcome, blocks = "answered", [PARTED]
    elif "payload" in message or "carte" in said:
        outcome, blocks = "answered", [CARD]
    elif "lost" in said:
        outcome, blocks = "answered", [FRAMED]
    elif "perdu" in said:
        options = [{"label": label, "payload": f"signed:{label}"} for label in OPTIONS]
        outcome, blocks = (
            "choices",
            [{"type": "choices", "text": "De quoi s’agit-il ?", "purpose": "entries", "options": options}],
        )
    elif "<script" in said:
        outcome, blocks = (
            "answered",
            [CARD | {"title": "<img src=x onerror=alert(1)>", "body": "<b>gras</b> [piège](javascript:alert(1))"}],
        )
    elif "nom" in said:
        outcome, blocks = (
            "personal_data",
            [{"type": "notice", "text": "Votre message contenait des données personnelles : elles ont été masquées."}],
        )
    else:
        hello = "Hello. What is your question?" if language == "en" else "Bonjour. Quelle est votre question ?"
        outcome, blocks = "small_talk", [{"type": "text", "text": hello}]
    return {
        "outcome": outcome,
        "blocks": blocks,
        "text": "\n".join(str(block.get("body") or block["text"]) for block in blocks),
    }
