"""Static files at addresses that change with their content: kept for a year, packed once, never asked for again."""

from dataclasses import dataclass
from hashlib import blake2b
from mimetypes import guess_type
from pathlib import Path
from typing import Any, cast

from flask import Flask, Response, abort, current_app, request

from webapp.web import edge, packing

YEAR = 31_536_000
_LONG = f"public, max-age={YEAR}, immutable"


@dataclass(frozen=True)
class Asset:
    """A file as it is sent; `seen` tells one version on the disk from the next."""

    seen: tuple[int, int]
    digest: str
    mimetype: str
    body: bytes
    packed: bytes


class Assets:
    """The static files of an application, each read when it is first asked for and again once it is another."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names = frozenset(path.name for path in folder.iterdir() if path.is_file())
        self._kept: dict[str, Asset] = {}

    def find(self, name: str) -> Asset | None:
        """Return a file by its own name; None where there is none."""
        if name not in self._names:
            return None
        status = (self._folder / name).stat()
        seen, kept = (status.st_mtime_ns, status.st_size), self._kept.get(name)
        if kept is None or kept.seen != seen:
            body = (self._folder / name).read_bytes()
            mimetype = guess_type(name)[0] or "application/octet-stream"
            kept = Asset(seen, digest(body), mimetype, body, packing.packed(body))
            self._kept[name] = kept
        return kept

    def named(self, name: str) -> str:
        """Return the name that a file has in addresses, such as `site.0f2c….css`."""
        asset, (stem, dot, ending) = self.find(name), name.rpartition(".")
        return f"{stem}.{asset.digest}{dot}{ending}" if asset else name


def digest(body: bytes) -> str:
    """Return what tells a content from all others, for an address."""
    return blake2b(body, digest_size=8).hexdigest()


def named(filename: str) -> str:
    """Return the name that a static file of this application has in addresses, as `Assets.named`."""
    return cast(Assets, current_app.extensions["assets"]).named(filename)


def init_assets(app: Flask) -> None:
    """Have `url_for("static")` name files by their content, and serve them so."""
    assets = app.extensions["assets"] = Assets(Path(str(app.static_folder)))

    def name(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values:
            values["filename"] = assets.named(values["filename"])

    @edge.public
    def serve(filename: str) -> Response:
        return _served(assets, filename)

    app.url_default_functions.setdefault(None, []).append(name)
    app.view_functions["static"] = serve


def _served(assets: Assets, filename: str) -> Response:
    """Send a file by its name, with its digest or without, or with that of another version of the program.

    A page of that other version gets what there is; only what has the very content of its address is kept.
    """
    stem, _dot, ending = filename.rpartition(".")
    asset, asked = assets.find(filename), ""
    if asset is None:
        plain, _dot, asked = stem.rpartition(".")
        asset = assets.find(f"{plain}.{ending}") if len(asked) == len(digest(b"")) else None
    if asset is None:
        abort(404)
    packed = packing.takes_gzip(request.headers.get("Accept-Encoding", ""))
    response = Response(asset.packed if packed else asset.body, mimetype=asset.mimetype)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = _LONG if asked == asset.digest else "no-cache"
    response.set_etag(f"{asset.digest}-gzip" if packed else asset.digest)
    return response.make_conditional(request)  # type: ignore[return-value]
