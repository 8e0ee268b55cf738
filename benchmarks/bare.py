"""The ceiling of `benchmarks.pages`: Flask and nothing else, serving the files of a folder by their addresses."""

import os
from pathlib import Path

from flask import Flask, Response, request


def create_app() -> Flask:
    """Return an application that answers with what lies in LIAISON_BENCH_BODIES; a file is named by its address."""
    app = Flask(__name__)
    bodies = {bytes.fromhex(each.name).decode(): each.read_bytes() for each in _folder().iterdir()}

    @app.get("/", defaults={"path": ""})
    @app.get("/<path:path>")
    def page(path: str) -> Response:  # noqa: ARG001
        return Response(bodies[request.full_path.rstrip("?")], mimetype="text/html")

    return app


def _folder() -> Path:
    return Path(os.environ["LIAISON_BENCH_BODIES"])
