"""What messages mean during the call-back form: a table for each question."""

from __future__ import annotations

from typing import Any

import pytest

from actions.messages.call_back_reading import CONFIRMED, CONSENT, NUMBER, OWN, SUBJECT, TIME, Reading, Said, read


def _filled(**slots: Any) -> Reading:
    return Reading(filled={f"call_back_{name}": value for name, value in slots.items()})


CANCELLED, INTERRUPTS = Reading(cancelled=True), Reading()


@pytest.mark.parametrize(
    ("asked", "said", "reading"),
    [
        # Consent: only a yes is one.
        (CONSENT, Said("/affirm", "affirm"), _filled(consent=True)),
        (CONSENT, Said("d'accord"), _filled(consent=True)),
        (CONSENT, Said("Oui, je suis d’accord"), _filled(consent=True)),
        (CONSENT, Said("non", "deny"), CANCELLED),
        (CONSENT, Said("combien coûte un passeport ?", "enquiry"), INTERRUPTS),
        # A number that comes before consent is not kept.
        (CONSENT, Said("06 •••", number="•• 01"), Reading(unclear="utter_call_back_consent_first")),
        (CONSENT, Said("•••"), Reading(unclear="utter_call_back_consent_first")),
        (CONSENT, Said("mon numéro de téléphone est le •••", "enquiry"), Reading(unclear="utter_call_back_consent_first")),
        (CONSENT, Said("•••", "affirm"), Reading(unclear="utter_call_back_consent_first")),
        (CONSENT, Said("appelez-moi au •••", "ask_human"), Reading(unclear="utter_call_back_consent_first")),
        (CONSENT, Said("oui, c'est le •••"), _filled(consent=True)),
        (CONSENT, Said("non, pas au •••"), CANCELLED),
        (CONSENT, Said("à qui est le ••• ?", "enquiry"), INTERRUPTS),
        # In Spanish and Arabic, in which the form is worded too.
        (CONSENT, Said("Sí"), _filled(consent=True)),
        (CONSENT, Said("نعم"), _filled(consent=True)),
        (CONSENT, Said("لا"), CANCELLED),
        (CONSENT, Said("إلغاء"), CANCELLED),
        (CONSENT, Said("si possible, dites-moi le prix ?", "enquiry"), INTERRUPTS),
        (NUMBER, Said("este teléfono", identified_by_number=True), _filled(number=OWN)),
        (TIME, Said("el lunes por la mañana", "enquiry"), _filled(time="el lunes por la mañana")),
        (TIME, Said("صباح الاثنين", "enquiry"), _filled(time="صباح الاثنين")),
        (CONFIRMED, Said("sí, gracias"), _filled(confirmed=True)),
        # Number.
        (NUMBER, Said("•••", number="•• 01"), _filled(number="•• 01")),
        (NUMBER, Said("ce numéro", identified_by_number=True), _filled(number=OWN)),
        (NUMBER, Said("12"), Reading(unclear="utter_call_back_number_wrong")),
        (NUMBER, Said("06 1"), Reading(unclear="utter_call_back_number_wrong")),
        (NUMBER, Said("/affirm", "affirm", identified_by_number=True), _filled(number=OWN)),
        (NUMBER, Said("06 12 34"), Reading(unclear="utter_call_back_number_wrong")),
        (NUMBER, Said("••• (mon mail)"), Reading(unclear="utter_call_back_number_wrong")),
        (NUMBER, Said("ce numéro"), Reading(unclear="utter_call_back_number_wrong")),  # a web page has none
        (NUMBER, Said("oui", "affirm"), Reading(unclear="utter_call_back_number_wrong")),
        (NUMBER, Said("faut-il un rendez-vous pour le passeport ?"), INTERRUPTS),
        (NUMBER, Said("lundi matin", "enquiry"), _filled(time="lundi matin")),
        (NUMBER, Said("plutôt vers 14h30", "enquiry", identified_by_number=True), _filled(time="plutôt vers 14h30")),
        (NUMBER, Said("vous êtes ouverts le lundi matin ?", "enquiry"), INTERRUPTS),
        (NUMBER, Said("la piscine est fermée tous les lundis matin", "enquiry"), INTERRUPTS),
        (NUMBER, Said("merci", "thank"), INTERRUPTS),
        (NUMBER, Said("laissez tomber"), CANCELLED),
        # Time.
        (TIME, Said("lundi matin"), _filled(time="lundi matin")),
        (TIME, Said("après  16h"), _filled(time="après 16h")),
        (TIME, Said("quand vous voulez"), _filled(time="quand vous voulez")),
        (TIME, Said("demain matin ?"), _filled(time="demain matin ?")),
        (TIME, Said("Monday after 4 pm"), _filled(time="Monday after 4 pm")),
        (TIME, Said("pendant ma pause"), _filled(time="pendant ma pause")),
        (TIME, Said("demain", "goodbye"), _filled(time="demain")),
        (TIME, Said("bonne journée", "goodbye"), INTERRUPTS),
        (TIME, Said("oui", "affirm"), Reading(unclear="utter_call_back_time_wrong")),
        (TIME, Said("à quelle heure ouvre la mairie ?"), INTERRUPTS),
        (TIME, Said("comment renouveler une carte d'identité perdue"), INTERRUPTS),
        (TIME, Said("non, le numéro c'est •••", number="•• 42"), _filled(number="•• 42")),
        # Subject: whatever is said, also a question.
        (SUBJECT, Said("mon permis de conduire"), _filled(subject="mon permis de conduire")),
        (SUBJECT, Said("comment obtenir un acte de naissance ?"), _filled(subject="comment obtenir un acte de naissance ?")),
        (SUBJECT, Said("/affirm", "affirm"), _filled(subject="")),
        (SUBJECT, Said("non, plutôt mardi"), _filled(time="non, plutôt mardi")),
        (SUBJECT, Said("non", "deny"), Reading(unclear="utter_call_back_subject_wrong")),
        (SUBJECT, Said("annuler", "cancel"), CANCELLED),
        (TIME, Said("laissez tomber", "cancel"), CANCELLED),
        (TIME, Said("peu importe l'heure", "cancel"), Reading({TIME: "peu importe l'heure"})),
        (TIME, Said("non annulez, pas demain", "cancel"), CANCELLED),
        # The end.
        (CONFIRMED, Said("oui c'est ça", "affirm"), _filled(confirmed=True)),
        (CONFIRMED, Said("parfait"), _filled(confirmed=True)),
        (CONFIRMED, Said("non, le numéro c'est le •••", "deny", number="•• 07"), _filled(number="•• 07")),
        (CONFIRMED, Said("plutôt jeudi à 10h"), _filled(time="plutôt jeudi à 10h")),
        (CONFIRMED, Said("oui mais plutôt le matin", "affirm"), _filled(time="oui mais plutôt le matin")),
        (CONFIRMED, Said("non, le sujet est l'école"), _filled(subject="l'école")),
        (CONFIRMED, Said("c'est pour la cantine"), _filled(subject="la cantine")),
        (CONFIRMED, Said("ce téléphone", identified_by_number=True), _filled(number=OWN)),
        (CONFIRMED, Said("non", "deny"), Reading(unclear="utter_call_back_what_to_change")),
        (CONFIRMED, Said("l'appel est-il payant ?"), INTERRUPTS),
        (CONFIRMED, Said("finalement je n'ai plus besoin"), CANCELLED),
        (CONFIRMED, Said("never mind"), CANCELLED),
    ],
)
def test_what_is_meant(asked: str, said: Said, reading: Reading) -> None:
    assert read(said, asked) == reading


@pytest.mark.parametrize(("asked", "most"), [(TIME, 100), (SUBJECT, 200)])
def test_what_is_kept_is_short(asked: str, most: int) -> None:
    reading = read(Said("lundi " + "x" * 1000), asked)
    assert reading.filled is not None
    assert len(reading.filled[asked]) == most
