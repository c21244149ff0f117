"""``./guichet supply``: the components of the service: bill of materials, licences, known vulnerabilities, origin of models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.language import Refusal, pick, say
from core.settings import Settings
from tools.supply import audit as looking
from tools.supply import provenance as origins
from tools.supply.bill import bill
from tools.supply.licences import licences as licensed

app = typer.Typer(no_args_is_help=True)

_AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.command()
def sbom(out: Annotated[Path, typer.Option(help="Folder for service.cdx.json and rasa.cdx.json.")] = Path("sbom")) -> None:
    """Write the bills of materials (CycloneDX 1.5) of both environments, with licences, models and data."""
    out.mkdir(parents=True, exist_ok=True)
    for environment in ("service", "rasa"):
        content = bill(environment)
        path = out / f"{environment}.cdx.json"
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1))
        count = len(content["components"])
        say(f"{path} : {count} composants.", f"{path}: {count} components.")


@app.command()
def licences(as_json: _AsJson = False) -> None:
    """Licences of what is installed; exit code 1 if one of them is not accepted (tools/supply/licences.yml)."""
    found = licensed()
    refused = [one for one in found if not one.accepted]
    if as_json:
        print(json.dumps([{name: getattr(one, name) for name in one.__slots__} for one in found], ensure_ascii=False))
    else:
        table = _table(pick("Licences", "Licences"), pick("paquet", "package"), "version", pick("licence", "licence"))
        for one in refused or found:
            table.add_row(f"{one.environment}: {one.package}", one.version, one.licence)
        Console().print(table)
    if refused:
        names = ", ".join(sorted({one.package for one in refused}))
        raise Refusal(
            f"Licences que personne n'a acceptées : {names}. Voir tools/supply/licences.yml.",
            f"Licences that nobody has accepted: {names}. See tools/supply/licences.yml.",
        )
    say(f"{len(found)} paquets, toutes les licences sont acceptées.", f"{len(found)} packages, all licences are accepted.")


@app.command()
def audit(
    service_url: Annotated[str, typer.Option(help="Another server with the API of osv.dev.")] = "", as_json: _AsJson = False
) -> None:
    """Known vulnerabilities of every pinned package. Exit code 1: some that nobody has judged; 2: it could not look."""
    try:
        verdict = looking.audit(service_url)
    except looking.CouldNotLook as reason:
        say(
            f"L'audit n'a pas pu avoir lieu ({reason}) : rien n'est connu. Vérifiez l'accès à api.osv.dev, ou --service-url.",
            f"The audit could not look ({reason}): nothing is known. Check that api.osv.dev can be reached, or --service-url.",
        )
        raise typer.Exit(2) from None
    if as_json:
        listed = {
            kind: [{"package": one.package, "version": one.version, "ids": sorted(one.ids)} for one in found]
            for kind, found in (("open", verdict.open), ("accepted", verdict.accepted))
        }
        print(json.dumps({"packages": verdict.packages, **listed}))
    elif verdict.open:
        table = _table(
            pick("Vulnérabilités à juger", "Vulnerabilities to be judged"),
            pick("paquet", "package"),
            pick("noms", "names"),
            pick("résumé", "summary"),
            pick("corrigé dans", "fixed in"),
        )
        for one in verdict.open:
            table.add_row(f"{one.package} {one.version}", ", ".join(sorted(one.ids)), one.summary, ", ".join(one.fixed))
        Console().print(table)
    counts = (verdict.packages, len(verdict.open), len(verdict.accepted))
    say(
        "{} paquets regardés, témoin reconnu : {} vulnérabilités à juger, {} connues et hors d'atteinte.".format(*counts),
        "{} packages looked at, canary seen: {} vulnerabilities to be judged, {} known and out of reach.".format(*counts),
    )
    if verdict.open:
        raise typer.Exit(1)


@app.command()
def provenance() -> None:
    """Where models, language packages and data come from; exit code 1 if one is not what tools/supply/provenance.yml says."""
    home, wrong = Settings().home, []
    table = _table(
        pick("Modèles et données", "Models and data"),
        pick("quoi", "what"),
        pick("fait par", "made by"),
        pick("publié par", "published by"),
        pick("conforme", "as pinned"),
    )
    for item in origins.items():
        differences = origins.differences(item, home)
        wrong += differences
        table.add_row(
            f"{item.name} ({item.origin})", item.maker, item.published_by, "; ".join(differences) or pick("oui", "yes")
        )
    Console().print(table)
    if wrong:
        raise Refusal(
            f"Ce n'est pas ce qui était prévu : {'; '.join(wrong)}. Effacez .venv et .venv-rasa, puis ./guichet up.",
            f"Not what was decided on: {'; '.join(wrong)}. Remove .venv and .venv-rasa, then ./guichet up.",
        )


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
