"""One commune from the list on the disk, for a process that does not keep the list in memory."""

from pathlib import Path

from places.communes.index import OWN
from places.words import key_of


def communes_named(file: Path, text: str) -> list[tuple[str, str]]:
    """Returns code and name of the communes with the INSEE code, postal code or name ``text``. Reads ``file`` in .1 s."""
    key, code = key_of(text), text.strip().upper()
    found = []
    with (file if file.is_file() else OWN).open(encoding="utf-8") as lines:
        for line in lines:
            kind, commune, name, _, _, postal_codes, _ = line.rstrip("\n").split("\t")
            if kind == "commune" and (code == commune or code in postal_codes.split() or key == key_of(name)):
                found.append((commune, name))
    return found
