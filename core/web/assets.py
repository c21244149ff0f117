"""Static files of pages: read once, compressed once."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from fastapi import HTTPException, Request, Response


@dataclass(frozen=True, slots=True)
class Asset:
    """One file in the form in which it is sent."""

    content: bytes
    compressed: bytes
    media_type: str
    digest: str

    @classmethod
    def of(cls, name: str, content: bytes) -> Asset:
        media_type = "text/javascript" if name.endswith(".js") else mimetypes.guess_type(name)[0] or "application/octet-stream"
        digest = hashlib.sha256(content).hexdigest()[:16]
        return cls(content, gzip.compress(content, 9, mtime=0), media_type, digest)

    def response(self, request: Request, cache: str, *, shared: bool = True) -> Response:
        """Returns the file, or 304. ``shared``: other sites may load it."""
        headers = {
            "Cache-Control": cache,
            "ETag": f'"{self.digest}"',
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
        }
        if shared:  # any site may embed the widget; the web API decides whether its visitors may use the service
            headers |= {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
        else:
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return Response(self.compressed, media_type=self.media_type, headers=headers | {"Content-Encoding": "gzip"})
        return Response(self.content, media_type=self.media_type, headers=headers)


def load_assets(folder: Path) -> dict[str, Asset]:
    """Returns the files of ``folder`` (not of its sub-folders) by name."""
    return {path.name: Asset.of(path.name, path.read_bytes()) for path in sorted(folder.iterdir()) if path.is_file()}


def version_of(assets: dict[str, Asset]) -> str:
    """Returns a digest that changes when any of ``assets`` does."""
    return hashlib.sha256("".join(name + asset.digest for name, asset in assets.items()).encode()).hexdigest()[:12]


def asset_or_404(assets: dict[str, Asset], name: str) -> Asset:
    """Returns the file ``name``. Raises 404."""
    if name not in assets:
        raise HTTPException(404)
    return assets[name]
