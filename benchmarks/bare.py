"""The ceilings of what is measured: Flask and nothing else, with the same bytes of a page, or the INSERTs of a form."""

import os
import pickle
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
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


def create_writer() -> Flask:
    """Return an application that answers a form by writing what LIAISON_BENCH_INSERTS holds, in one transaction."""
    app = Flask(__name__)
    inserts = pickle.loads(Path(os.environ["LIAISON_BENCH_INSERTS"]).read_bytes())
    write = _writer()

    @app.get("/")
    def ready() -> Response:
        return Response("ready")

    @app.post("/")
    def take() -> Response:
        assert request.form
        write(inserts)
        return Response(status=303, headers={"Location": "/"})

    return app


def create_visit() -> Flask:
    """Return an application with the pages of one visit, whose forms write what they wrote: LIAISON_BENCH_VISIT."""
    app = Flask(__name__)
    found = pickle.loads(Path(os.environ["LIAISON_BENCH_VISIT"]).read_bytes())
    pages, forms, write = found["pages"], found["forms"], _writer()

    @app.get("/", defaults={"path": ""})
    @app.get("/<path:path>")
    def page(path: str) -> Response:  # noqa: ARG001
        return Response(pages[request.full_path.rstrip("?")], mimetype="text/html")

    @app.post("/<path:path>")
    def take(path: str) -> Response:  # noqa: ARG001
        location, inserts = forms["final" if "final" in request.form else "draft"]
        write(inserts)
        return Response(status=303, headers={"Location": location})

    return app


def _writer() -> Callable[[Any], None]:
    """Return what runs statements in one transaction, on a connection for each thread."""
    address = os.environ["LIAISON_DATABASE_URL"].replace("postgresql+psycopg://", "postgresql://")
    own = threading.local()

    def write(inserts: Any) -> None:
        if not hasattr(own, "line"):
            own.line = psycopg.connect(address)
        with own.line.transaction():
            for statement, given in inserts:
                own.line.execute(statement, given)

    return write


def _folder() -> Path:
    return Path(os.environ["LIAISON_BENCH_BODIES"])
