"""The web part answers what people paste into a search, and the forms take no more than it does."""

import os
import re
import runpy
import socket
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from tests.standalone.processes import eventually
from webapp.standalone import parts
from webapp.standalone.forked import Program

ROOT = Path(__file__).parents[2]


def test_long_search_is_answered_by_the_pages_not_by_the_bare_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{ROOT}")
    (tmp_path / "sample.py").write_text(
        "def create_app():\n    def app(environ, start):\n        start('200 OK', [('Content-Length', '4')])\n"
        "        return [b'page']\n    return app\n"
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        part = parts.web(listener)
        assert isinstance(part.command, Program)
        *options, application = part.command.arguments
        command = [sys.executable, "-m", part.command.module, *options, application.replace("webapp:", "sample:")]
        process = subprocess.Popen(command, pass_fds=part.pass_fds, cwd=tmp_path, stderr=subprocess.DEVNULL)
        try:
            assert eventually(part.ready)
            connection = HTTPConnection(*listener.getsockname(), timeout=60)
            connection.request("GET", "/?q=" + quote("學" * 480))
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, b"page")
            connection.close()
        finally:
            process.terminate()
            process.wait(60)


@pytest.mark.parametrize("place", ["Dockerfile", "docs/deploy.md", "README.md"])
def test_every_command_of_the_server_takes_what_its_file_says(place: str) -> None:
    """A long search is answered, and no slow client is waited for: no command says otherwise."""
    commands = [text for text in (ROOT / place).read_text().split("gunicorn")[1:] if "webapp:create_app()" in text]
    assert commands
    own = ("--worker-class", "-k ", "--limit-request-line", "--config", "-c ", "--threads")
    assert not any(option in text.split("webapp:create_app()")[0] for text in commands for option in own)
    said = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    assert (said["limit_request_line"], said["worker_class"]) == (8190, "webapp.server.Worker")
    assert "COPY gunicorn.conf.py /app/" in (ROOT / "Dockerfile").read_text()


def test_search_of_the_directory_takes_what_an_address_can_carry(client: FlaskClient) -> None:
    page = client.get("/").text
    assert re.search(r'<input[^>]*name="q"[^>]*maxlength="200"', page)
    assert client.get("/", query_string={"q": "學" * 200}).text.count("學" * 200) >= 1


def test_no_search_takes_more_than_an_address_can_carry() -> None:
    inputs = [
        found
        for path in (ROOT / "templates").rglob("*.html")
        for found in re.findall(r'<input[^>]*type="search"[^>]*>', path.read_text(encoding="utf-8"))
    ]
    assert len(inputs) >= 2
    assert all('maxlength="200"' in each for each in inputs)
