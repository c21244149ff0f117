"""``./guichet version``: which state of the code this is."""

import json

from cli.language import pick, sentence
from cli.options import Json
from core.database.migrate import code_revision
from core.version import commit
from core.version import version as released
from retrieval.snapshots.folder import FORMAT


def version(as_json: Json = False) -> None:
    """Print the version, its commit, the schema's revision and the index's format."""
    found = {"version": released(), "commit": commit(), "schema": code_revision(), "index_format": FORMAT}
    print(json.dumps(found) if as_json else pick(*sentence("version", **found | {"commit": found["commit"] or "–"})))
