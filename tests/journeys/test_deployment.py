"""docs/deploy.md, "Without containers", walked on this machine: its files, its services, nginx before them, an email.

What a test cannot have is put in its place, and nothing else: a folder for the machine's root, free ports, this
checkout for the code that `pip` would fetch, an own certificate, and servers that are no services of the system.
"""

import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from email import message_from_bytes
from http.client import HTTPSConnection
from pathlib import Path
from tempfile import mkdtemp

import pytest
from sqlalchemy import create_engine, text

from tests.conftest import unavailable
from tests.deployment import ROOT, steps
from tests.factories import make_enquiry
from tests.mail.smtp import Desk, free_port, smtp_server
from tests.queues import Queue, valkey, wait_for
from tests.servers import PostgreSQL, Unavailable
from tests.web.test_other_university import traces
from webapp import create_app
from webapp.config import Settings, read_settings
from webapp.db import transaction

pytestmark = [pytest.mark.journey, pytest.mark.one_database]
HOST = "desk.example.org"
MAIL = "smtp+starttls://user:pa%40ss@mail.example.org:587"
_FOLDERS = ("/etc/", "/opt/liaison", "/var/lib/liaison", "/usr/local/bin/", "/var/log/nginx")


@dataclass
class Machine:
    """A folder that is the machine's root, and what runs in it."""

    root: Path
    swaps: dict[str, str]
    web: int
    https: int

    def here(self, words: str) -> str:
        """Return commands or a file of the document as they are true in the folder."""
        for said, here in self.swaps.items():
            words = words.replace(said, here)
        return words

    def walk(self, title: str) -> str:
        """Run one step as it is written, and return what it said."""
        environ = {
            **os.environ,
            "PATH": f"{self.root}/usr/local/bin:{os.environ['PATH']}:/usr/sbin",
            "PGUSER": "liaison",
        }
        environ = {name: value for name, value in environ.items() if not name.startswith("LIAISON_")}
        command = ["bash", "-eu", "-c", self.here(steps()[title])]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{title}: {done.stdout}{done.stderr}"
        return done.stdout

    def start(self, unit: str, log: Path) -> "subprocess.Popen[bytes]":
        """Start what a unit starts, with its settings and in its folder, as the service manager would."""
        lines = dict(re.findall(r"^(\w+)=(.*)$", (self.root / f"etc/systemd/system/{unit}.service").read_text(), re.M))
        given = f"set -a; . {lines['EnvironmentFile']}; exec {shlex.join(shlex.split(lines['ExecStart']))}"
        environ = {"PATH": os.environ["PATH"], "PGUSER": "liaison", "PYTHONPATH": str(ROOT)}
        with log.open("wb") as output:
            return subprocess.Popen(
                ["bash", "-c", given], cwd=lines["WorkingDirectory"], env=environ, stdout=output, stderr=output
            )

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
        """Return code and text of an answer, by nginx and TLS, as a visitor of the university has it."""
        trusting = ssl.create_default_context(cafile=str(self.root / f"etc/letsencrypt/live/{HOST}/fullchain.pem"))
        trusting.check_hostname = False
        connection = HTTPSConnection("127.0.0.1", self.https, context=trusting, timeout=60)
        connection.request(method, path, body or None, {"Host": HOST, **headers})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


@pytest.fixture
def desk() -> Iterator[Desk]:
    with smtp_server(Desk()) as running:
        yield running


@pytest.fixture
def machine(desk: Desk) -> Iterator[tuple[Machine, Queue]]:
    """A machine on which the packages of the first step are installed, and nothing else was done."""
    missing = [name for name in ("nginx", "openssl", "bash") if not shutil.which(name, path=f"{os.defpath}:/usr/sbin")]
    if missing:
        unavailable(f"not installed here: {', '.join(missing)}")
    root = Path(mkdtemp(prefix="ld-m-", dir="/tmp"))
    root.chmod(0o755)  # nginx's workers are someone else
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, root, ignore_errors=True)
        try:
            server = PostgreSQL.start(root / "postgresql")
            stack.callback(server.stop)
            queue = stack.enter_context(valkey())
        except Unavailable as error:
            unavailable(str(error))
        if server.folder is None:
            unavailable("the database server of LIAISON_TEST_DATABASE_URL has no socket here")
        _prepare(root, server)
        web, http, https = free_port(), free_port(), free_port()
        swaps = {folder: f"{root}{folder}" for folder in _FOLDERS} | {
            "runuser -u liaison -- ": "",
            " -g liaison ": " ",
            "chgrp -R liaison": "ls",
            "nginx -t": f"nginx -t -c {root}/nginx.conf",
            "/run/postgresql": str(server.folder),
            "redis://127.0.0.1:6379/0": queue.url,
            MAIL: f"smtp://127.0.0.1:{desk.port}",
            "127.0.0.1:8000": f"127.0.0.1:{web}",
            "listen 80;": f"listen 127.0.0.1:{http};",
            "listen 443 ssl;": f"listen 127.0.0.1:{https} ssl;",
            "    listen [::]:80;\n": "",
            "    listen [::]:443 ssl;\n": "",
        }
        yield Machine(root, swaps, web, https), queue


def _prepare(root: Path, server: PostgreSQL) -> None:
    """Do what the steps do that need a registry or the system's own database: code and database."""
    engine = create_engine(
        server.admin_url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE liaison OWNER liaison ENCODING 'UTF8' TEMPLATE template0"))
    engine.dispose()
    certificate = root / f"etc/letsencrypt/live/{HOST}"
    for folder in ("etc/nginx/sites-available", "etc/nginx/sites-enabled", "etc/systemd/system", "usr/local/bin"):
        (root / folder).mkdir(parents=True)
    for folder in ("var/lib/liaison", "var/log/nginx", "opt/liaison/venv/bin", "nginx"):
        (root / folder).mkdir(parents=True)
    (root / "opt/liaison/source").symlink_to(ROOT)
    for program, module in (("gunicorn", "gunicorn"), ("celery", "celery"), ("liaison", "webapp.cli")):
        path = root / "opt/liaison/venv/bin" / program
        path.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m {module} "$@"\n')
        path.chmod(0o755)
    certificate.mkdir(parents=True)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
         "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}", "-keyout", str(certificate / "privkey.pem"),
         "-out", str(certificate / "fullchain.pem")], check=True, capture_output=True,
    )  # fmt: skip
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "".join(f"{kind}_temp_path {root}/nginx/{kind};\n" for kind in kinds)
    (root / "nginx.conf").write_text(
        f"pid {root}/nginx.pid; daemon off; error_log {root}/nginx/error.log;\n"
        f"events {{}}\nhttp {{\n{folders}include {root}/etc/nginx/sites-enabled/*;\n}}\n"
    )


@pytest.fixture
def running(machine: tuple[Machine, Queue], tmp_path: Path) -> Iterator[tuple[Machine, str]]:
    """The machine after all steps: web, worker, scheduler and nginx are up. Yields it, and the one-time password."""
    here, _queue = machine
    written = steps()["settings"]
    assert (
        MAIL in subprocess.run(["sh", "-c", f"printf %s '{MAIL}'"], capture_output=True, text=True, check=True).stdout
    )
    assert f"printf %s '{MAIL}'" in written
    for title in ("settings", "command"):
        here.walk(title)
    password = here.walk("tables").split()[-1]
    for title in ("units", "nginx"):
        here.walk(title)
    with ExitStack() as stack:

        def start(unit: str, ready: Callable[[], bool]) -> None:
            process = here.start(unit, tmp_path / f"{unit}.log")
            stack.callback(process.wait, 60)
            stack.callback(process.terminate)
            wait_for(ready, f"{unit} is ready", 60)

        start("liaison-web", lambda: _listens(here.web))
        start("liaison-worker", lambda: b" ready." in (tmp_path / "liaison-worker.log").read_bytes())
        start("liaison-beat", lambda: any((here.root / "var/lib/liaison").glob("schedule*")))
        nginx = shutil.which("nginx", path=f"{os.defpath}:/usr/sbin") or "nginx"
        proxy = subprocess.Popen([nginx, "-c", str(here.root / "nginx.conf")], stderr=subprocess.DEVNULL)
        stack.callback(proxy.wait, 60)
        stack.callback(proxy.terminate)
        wait_for(lambda: _listens(here.https), "nginx is ready", 60)
        yield here, password


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def _settings(here: Machine) -> Settings:
    lines = (here.root / "etc/liaison/liaison.env").read_text().splitlines()
    return read_settings(dict(shlex.split(line)[0].split("=", 1) for line in lines))


def test_steps_of_the_document_lead_to_the_first_email(
    running: tuple[Machine, str], desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, password = running
    monkeypatch.setenv("PGUSER", "liaison")
    assert len(password) > 10
    code, home = here.ask("GET", "/")
    assert (code, traces(home)) == (200, [])
    assert "Example University of Northfjord" in home
    assert "Network of Northern Fjord Universities" in home
    for closed in ("/metrics", "/readyz"):
        assert here.ask("GET", closed)[0] == 404
    form = (
        b'--part\r\nContent-Disposition: form-data; name="attachments"; filename="plan.pdf"\r\n\r\n%b\r\n--part--\r\n'
    )
    kind = {"Content-Type": "multipart/form-data; boundary=part"}
    code, large = here.ask("POST", "/enquiries/new", form % (b"x" * 12_000_000), **kind)
    assert (code, "Northfjord" in large) == (403, True), "it has no mark of a form, and nginx lets it through"
    settings = _settings(here)
    app = create_app(settings)
    with app.app_context(), transaction() as session:
        make_enquiry(session, settings, contact_email="partner@example.org")
    wait_for(lambda: len(desk.envelopes) == 2, "both emails are sent", 60)
    mails = [message_from_bytes(envelope.content) for envelope in desk.envelopes]  # type: ignore[arg-type]
    [receipt] = [mail for mail in mails if "partner@example.org" in mail["To"]]
    assert receipt["From"].startswith("EUN")
    words = receipt.get_payload(0).get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert traces(words + receipt.as_string()) == []
    [link] = set(re.findall(rf"https://{HOST}(/track/[\w-]+)", words))
    assert here.ask("GET", link)[0] == 200
    assert here.ask("GET", "/privacy?q=secret-words", Referer=f"https://{HOST}{link}")[0] == 200
    assert here.ask("GET", f"{link}/files/x%zz")[0] >= 400
    _logs_keep_no_secret(here, link)
    assert "serving" in here.walk("check").replace("you@example.org", "")
    assert [envelope.rcpt_tos for envelope in desk.envelopes][-1] == ["you@example.org"]


def _logs_keep_no_secret(here: Machine, link: str) -> None:
    log = here.root / "var/log/nginx/liaison.log"
    wait_for(lambda: "/privacy" in log.read_text(), "nginx has written its log", 10)
    for path in (log, here.root / "var/log/nginx/liaison-error.log", here.root / "nginx/error.log"):
        said = path.read_text()
        assert link.rpartition("/")[2] not in said, path.name
        assert "secret-words" not in said
