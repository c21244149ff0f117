"""Settings that are readable but wrong: secrets, SMS providers, opening hours, production."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from channels.sms.composition import SmsNotConfigured, sms_channels
from cli.doctor.findings import Finding, ok, problem, warning
from cli.language import Refusal
from cli.preflight import SECRET_LENGTH, check_production
from cli.secret_file import secret_names
from cli.setting_names import misspelt_settings, renamed_settings
from core.settings import ROOT, Settings

_FEW_CHARACTERS = 8  # distinct characters; 32 random characters have about 24


def secrets(settings: Settings, file: Path = ROOT / ".env") -> Iterator[Finding]:
    """Yields findings for secrets that can be guessed, are equal, or can be read by everybody on this machine."""
    values = {name: getattr(settings, name.removeprefix("GUICHET_").lower()).get_secret_value() for name in secret_names()}
    weak = [name for name, value in values.items() if len(value) < SECRET_LENGTH or len(set(value)) < _FEW_CHARACTERS]
    if weak:
        yield problem(
            "secrets",
            f"Peuvent être devinés : {', '.join(weak)}.",
            f"Can be guessed: {', '.join(weak)}.",
            "Supprimez ces lignes de .env et relancez ./guichet up, qui en tire au hasard. Une nouvelle clé "
            "d'adresse fait oublier les numéros des conversations par SMS.",
            "Delete their lines from .env and run ./guichet up again, which draws random ones. A new address key forgets "
            "the numbers of SMS conversations.",
        )
    elif len(set(values.values())) < len(values):
        yield problem(
            "secrets",
            "Plusieurs secrets ont la même valeur.",
            "Several secrets have the same value.",
            "Supprimez-les de .env sauf un, et relancez ./guichet up : qui en apprend un ne doit pas les avoir tous.",
            "Delete all but one from .env, and run ./guichet up again: whoever learns one must not have them all.",
        )
    else:
        yield ok("secrets", "Les secrets sont longs et différents.", "Secrets are long, and differ.")
    home = settings.home
    if home.exists() and home.stat().st_mode & stat.S_IRWXO:
        yield problem(
            "secrets",
            f"Tout le monde sur cette machine peut lire {home}.",
            f"Everybody on this machine can read {home}.",
            f"chmod 700 {home} (./guichet up le fait aussi)",
            f"chmod 700 {home} (./guichet up does it, too)",
        )
    if file.exists() and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield problem(
            "secrets",
            f"D'autres que vous peuvent lire {file}.",
            f"Others than you can read {file}.",
            f"chmod 600 {file}",
            f"chmod 600 {file}",
        )


def unknown(file: Path = ROOT / ".env") -> Iterator[Finding]:
    """Yields findings for names without a setting: they have no effect, and nothing else reports them."""
    for name, near in misspelt_settings(file).items():
        yield warning(
            "settings",
            f"Aucun réglage ne s'appelle {name}.",
            f"No setting is called {name}.",
            f"Est-ce {near} ? .env.example les décrit tous." if near else "Ôtez la ligne ; .env.example les décrit tous.",
            f"Is it {near}? .env.example describes all." if near else "Remove its line; .env.example describes all.",
        )


def former(file: Path = ROOT / ".env") -> Iterator[Finding]:
    """Yields findings for settings under a former name. They are still read for now."""
    for name, present in renamed_settings(file).items():
        yield warning(
            "settings",
            f"{name} s'appelle maintenant {present} ; l'ancien nom est encore lu.",
            f"{name} is called {present} now; the former name is still read.",
            f"Renommez la ligne en {present} ; .env.example dit ce qu'il règle.",
            f"Rename its line to {present}; .env.example says what it sets.",
        )


def sms(settings: Settings) -> Iterator[Finding]:
    """Checks that the chosen SMS provider has all the settings that it needs."""
    try:
        names = ", ".join(sms_channels(settings))
    except (SmsNotConfigured, OSError, ValueError) as error:
        yield problem(
            "sms",
            f"Les SMS ne peuvent pas partir : {error}.",
            f"SMS cannot be sent: {error}.",
            "Complétez .env (docs/guides/sms-operators.md), ou videz GUICHET_SMS_PROVIDER.",
            "Complete .env (docs/guides/sms-operators.md), or leave GUICHET_SMS_PROVIDER empty.",
        )
        return
    if not names:
        yield ok("sms", "Pas de SMS : aucun opérateur n'est réglé.", "No SMS: no provider is set.")
    elif settings.sms_provider not in ("", "simulator") and not settings.public_url:
        yield problem(
            "sms",
            f"{names} ne peut pas joindre ce service.",
            f"{names} cannot reach this service.",
            "Réglez GUICHET_PUBLIC_URL : les webhooks de l'opérateur y arrivent, et leurs signatures en dépendent.",
            "Set GUICHET_PUBLIC_URL: the provider's webhooks come in there, and their signatures depend on it.",
        )
    else:
        yield ok("sms", f"SMS par {names}.", f"SMS by {names}.")


def hours(settings: Settings) -> Iterator[Finding]:
    """Checks that a desk with staff opens at some time."""
    opening = settings.opening.next_opening(datetime.now(UTC))
    if settings.desk_staffed and opening is None:
        yield problem(
            "hours",
            "Le guichet humain n'ouvre jamais.",
            "The staffed desk never opens.",
            "Réglez GUICHET_DESK_HOURS (« Mo-Fr 09:00-17:00; PH off »), ou GUICHET_DESK_STAFFED=false.",
            "Set GUICHET_DESK_HOURS ('Mo-Fr 09:00-17:00; PH off'), or GUICHET_DESK_STAFFED=false.",
        )
    elif settings.desk_staffed and opening is not None:
        yield ok("hours", f"Le guichet humain ouvre {opening:%d/%m %H:%M}.", f"The staffed desk opens {opening:%d/%m %H:%M}.")
    if not settings.opening_hours or settings.contact == settings.organisation:
        yield warning(
            "contact",
            "Ni horaires ni contact : qui n'a pas de réponse n'apprend pas où s'adresser.",
            "No hours or contact: whoever gets no answer is not told where to turn.",
            "Réglez GUICHET_OPENING_HOURS et GUICHET_CONTACT_PHONE, _EMAIL ou _URL.",
            "Set GUICHET_OPENING_HOURS and GUICHET_CONTACT_PHONE, _EMAIL or _URL.",
        )


def relay(settings: Settings) -> Iterator[Finding]:
    """Checks that deaf and hard-of-hearing people can call the given number (French law n° 2016-1321, article 105)."""
    if not settings.contact_phone:
        return
    given = {
        "GUICHET_RELAY_URL": settings.relay_url,
        "GUICHET_RELAY_MEANS": settings.relay_means,
        "GUICHET_RELAY_HOURS": settings.relay_hours,
    }
    missing = ", ".join(name for name, value in given.items() if not value)
    if missing:
        yield warning(
            "relay",
            f"Un numéro de téléphone est donné ; du relais pour personnes sourdes ou malentendantes manque {missing}.",
            f"A telephone number is given; of the relay for deaf and hard-of-hearing people, {missing} is missing.",
            "Réglez l'adresse du relais, ses moyens (texte, LSF, LfPC) et ses horaires : ils sont montrés avec le numéro.",
            "Set the relay's address, its means (text, LSF, LfPC) and its hours: they are shown with the number.",
        )
    else:
        yield ok("relay", "Relais téléphonique renseigné.", "The telephone relay is given.")


def production(settings: Settings) -> Iterator[Finding]:
    """Yields what ``up --production`` would refuse, if the settings say that this is production."""
    if not settings.production:
        return
    try:
        check_production(settings)
    except Refusal as refusal:
        message = str(refusal)  # already in the operator's language
        yield problem("production", message, message)
    else:
        yield ok("production", "Prêt pour la production.", "Fit for production.")
