"""From a checkout to an installation: environments, knowledge base, embedding model, index, dialogue model."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cli.demonstration import is_demonstration
from cli.language import Refusal, say, sentence
from cli.model_signing import is_ours, sign, signature_file
from cli.progress import StepResult, run_reporting
from cli.rasa_commands import BOT_PYTHON, BOT_VERSION, model_path, training_command, training_environment
from cli.steps import Report, Steps, digest_files
from core.settings import ROOT, Settings
from retrieval.snapshots.folder import Snapshots
from retrieval.snapshots.update import is_building, snapshots_folder

_MODELS_KEPT = 3
_NO_OUTPUT = Path("/nonexistent/model")  # made by no step: for a foreign model or a damaged index
_TOWN = "town-pages"  # a step
_PAGES = ("knowledge-base", "labour-pages", _TOWN)  # the steps that import pages
_OFFICES = "demonstration-offices"  # a step
_EMBEDDING_SOURCES = [ROOT / "retrieval" / "embedding", ROOT / "uv.lock"]


def install(settings: Settings, *, demonstration: bool = False, every_section: bool = False) -> None:
    """Brings this installation up to date with the checkout: changed steps are run, the others are skipped.

    ``every_section`` waits for the index of all sections, which otherwise follows in the background of the running service.

    Raises ``Refusal`` with advice. Completed steps stay, and are not repeated.
    """
    with Steps(settings.home / "steps") as steps, ThreadPoolExecutor(max_workers=1) as pool:
        steps.run(
            "bot-environment",
            *sentence("step_bot_environment", version=BOT_VERSION),
            digest_files([ROOT / "uv.lock"]),
            lambda report: _sync_bot(settings),
            output=BOT_PYTHON,
        )
        # Training takes a minute of one core, and so do the steps of the knowledge base: they run in parallel.
        training = pool.submit(_train, steps, settings)
        try:
            _knowledge_base(steps, settings, demonstration=demonstration)
            _index(steps, settings, every_section=every_section)
        finally:
            training.result()


def answers_from_own_pages(settings: Settings) -> bool:
    """Decides whether the last installation used the project's own entries: by request, or without a network."""
    stamp = settings.home / "steps" / "knowledge-base"
    return not stamp.exists() or stamp.read_text().endswith("demonstration")


def for_tests(settings: Settings) -> Settings:
    """Returns the settings of the test installation: a state folder of its own, SQLite, the embedded Redis, defaults.

    Expensive parts that use never changes (packages, models, cached vectors) are shared with ``settings``.
    """
    home = settings.home / "test"
    home.mkdir(parents=True, exist_ok=True)
    for name in ("packages", "models", "cache"):
        (settings.home / name).mkdir(exist_ok=True)
        link = home / name
        if not link.is_symlink():
            link.symlink_to(settings.home / name, target_is_directory=True)
    secrets = {name: getattr(settings, name) for name in ("secret_key", "internal_secret", "address_key", "model_key")}
    return Settings.model_validate({**Settings.model_construct(**secrets).model_dump(), "home": home})


def prepare_for_tests(settings: Settings) -> None:
    """Installs what the tests need, with the index of every section."""
    install(for_tests(settings), every_section=True)


def _knowledge_base(steps: Steps, settings: Settings, *, demonstration: bool) -> None:
    steps.run(
        "migrations",
        *sentence("step_migrations"),
        digest_files([ROOT / "core" / "migrations"]) + settings.sql_url,
        lambda report: _command(settings, ["database", "upgrade"], report),
        output=None if settings.database_url else settings.home / "guichet.db",
    )
    source = ["demonstration"] if demonstration else ["service-public", "--or-demonstration"]
    steps.run(
        "knowledge-base",
        *sentence("step_knowledge_base"),
        digest_files([ROOT / "knowledge_base"]) + settings.knowledge_base_archive + settings.sql_url + source[0],
        lambda report: _command(settings, ["kb", "import", *source], report),
    )
    if not demonstration:
        steps.run(
            "labour-pages",
            *sentence("step_labour_pages"),
            digest_files([ROOT / "knowledge_base"]) + settings.sql_url,
            lambda report: _command(settings, ["kb", "import", "travail-emploi", "--if-reachable"], report),
        )
        steps.run(
            "communes",
            *sentence("step_communes"),
            digest_files([ROOT / "places" / "communes"]),
            lambda report: _command(settings, ["places", "communes", "--if-reachable"], report),
            output=settings.communes_file,
        )
    if is_demonstration(settings) or (settings.home / "steps" / _TOWN).exists():  # the step also takes them out again
        steps.run(
            _TOWN,
            "Fiches de la ville imaginaire",
            "Pages of the imaginary town",
            f"{digest_files([ROOT / 'knowledge_base'])}{settings.sql_url}{is_demonstration(settings)}",
            lambda report: _command(settings, ["kb", "town"], report),
        )
    if is_demonstration(settings) or (settings.home / "steps" / _OFFICES).exists():  # the step also takes them out again
        steps.run(
            _OFFICES,
            *sentence("step_offices"),
            f"{digest_files([ROOT / 'places' / 'demonstration'])}{settings.sql_url}{is_demonstration(settings)}",
            lambda report: _command(settings, ["places", "demonstration"], report),
        )
    steps.run(
        "embedding-model",
        *sentence("step_embedding_model"),
        digest_files(_EMBEDDING_SOURCES) + settings.embedding_model + settings.embedding_adapter,
        lambda report: _command(settings, ["index", "model"], report),
    )


def _index(steps: Steps, settings: Settings, *, every_section: bool) -> None:
    name, stage = ("full-index", "full") if every_section else ("index", "titles")
    snapshots = Snapshots(snapshots_folder(settings.home))
    steps.run(
        name,
        *sentence(f"index_of_{stage}"),
        digest_files([ROOT / "retrieval", *(settings.home / "steps" / name for name in _PAGES)]),
        lambda report: _build(settings, stage, report),
        output=snapshots.folder / "active" if snapshots.is_whole(snapshots.active()) else _NO_OUTPUT,
    )


def _build(settings: Settings, stage: str, report: Report) -> StepResult:
    if is_building(snapshots_folder(settings.home)):
        say(*sentence("waiting_for_other_build"))
    return _command(settings, ["index", "build", "--stage", stage], report)


def _command(settings: Settings, arguments: list[str], report: Report) -> StepResult:
    log = settings.home / "log" / f"{'-'.join(one for one in arguments[:3] if not one.startswith('-'))}.log"
    return run_reporting([sys.executable, "-m", "cli", *arguments], settings.as_environment(), log, report)


def _sync_bot(settings: Settings) -> None:
    stamp = BOT_PYTHON.parent.parent / "guichet.lock"
    lock = (ROOT / "uv.lock").read_bytes()
    if stamp.exists() and stamp.read_bytes() == lock:
        return  # an image has it already, and is read-only
    uv = os.environ.get("GUICHET_UV", "uv")
    if not shutil.which(uv):
        raise Refusal(*sentence("uv_missing"))
    log = settings.home / "log" / "bot-environment.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(BOT_PYTHON.parent.parent)}
    with log.open("w") as out:
        code = subprocess.run(  # noqa: S603
            [uv, "sync", "--frozen", "--only-group", "bot", "--python", bot_python(), "--no-progress"],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    if code:
        raise Refusal(*sentence("rasa_install_failed", version=BOT_VERSION, log=log))
    stamp.write_bytes(lock)


def bot_python(folder: Path = Path("/usr/bin")) -> str:
    """Returns the Python for Rasa: the system's own, which is built with a profile (a third faster) and kept safe by updates;
    if there is none, a version for ``uv`` to find or download.
    """
    python = folder / f"python{BOT_VERSION}"
    has_all_modules = [str(python), "-c", "import ctypes, lzma, sqlite3, ssl"]  # Debian has a smaller one of the same name
    if python.exists() and not subprocess.run(has_all_modules, capture_output=True, check=False).returncode:  # noqa: S603
        return str(python)
    return BOT_VERSION


def _train(steps: Steps, settings: Settings) -> None:
    model = model_path(settings)
    steps.run(
        "dialogue-model",
        *sentence("step_dialogue_model"),
        model.name,
        lambda report: _run_training(settings, model),
        output=model if is_ours(settings, model) else _NO_OUTPUT,
    )


def _run_training(settings: Settings, model: Path) -> None:
    if is_ours(settings, model):  # the tests' installation may have made it
        return
    if not settings.model_key.get_secret_value() and settings.model_public_key:
        raise Refusal(*sentence("signed_model_missing", model=model))
    signature_file(model).unlink(missing_ok=True)  # of another archive, or with another key
    log = settings.home / "log" / "training.log"
    trained = model.parent / "making" / model.name
    run_reporting(training_command(settings), training_environment(settings), log, lambda done, total: None)
    if not trained.exists():
        raise Refusal(f"Rasa n'a pas produit de modèle : voir {log}.", f"Rasa made no model: see {log}.")
    trained.replace(model)
    sign(settings, model)
    for older in sorted(model.parent.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)[:-_MODELS_KEPT]:
        older.unlink()
        signature_file(older).unlink(missing_ok=True)
