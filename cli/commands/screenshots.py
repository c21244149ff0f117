"""``./guichet screenshots``: the images of README and guides, by the developers' tools."""

from pathlib import Path
from typing import Annotated

import typer

from core.settings import ROOT


def screenshots(
    url: Annotated[str, typer.Option(help="The service; empty: the one of this installation.")] = "",
    out: Annotated[Path, typer.Option(help="Folder of the images.")] = ROOT / "docs" / "images",
) -> None:
    """Take the screenshots of README and guides from the running service. Its turns are marked as tests."""
    from tools.pictures.camera import take_pictures  # noqa: PLC0415 - an image has no tools

    take_pictures(url, out)
