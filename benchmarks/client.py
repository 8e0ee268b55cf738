"""A service started by `./run` on a free port of this machine, and partners who send its form over HTTP."""

import contextlib
import email
import email.policy
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, OpenerDirector, build_opener

ROOT = Path(__file__).resolve().parent.parent
FIELDS = {
    "kind": "question",
    "contact_name": "Erika Mustermann",
    "contact_position": "Head of International Relations",
    "organisation": "Example Institute of Technology",
    "organisation_type": "university",
    "country": "DE",
    "language": "en",
    "subject": "Who may join the forum?",
    "message": "We would like to know who may join.",
    "consent": "yes",
}


@dataclass
class Service:
    """A running service: its address, its data, its supervisor."""

    url: str
    data: Path
    process: subprocess.Popen[str]
    started: float

    @property
    def mailbox(self) -> Path:
        return self.data / "mailbox"

    def mails(self) -> list[EmailMessage]:
        """Return every mail that the catcher has."""
        found = []
        for path in sorted(self.mailbox.glob("*.eml")):
            found.append(email.message_from_bytes(path.read_bytes(), policy=email.policy.default))
        return found

    def parts(self, word: str) -> list[int]:
        """Return the process ids below the supervisor whose command line holds a word."""
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if not entry.name.isdigit():
                    continue
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                environment = (entry / "environ").read_bytes().decode(errors="replace")
                if word in command and f"LIAISON_DATA_DIR={self.data}" in environment:
                    found.append(int(entry.name))
        return found


@contextlib.contextmanager
def service(*arguments: str) -> Iterator[Service]:
    """Start `./run` with its own data, without rate limits, and stop it at the end."""
    with tempfile.TemporaryDirectory(prefix="ld-bench-") as folder:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LIAISON_")}
        started = time.monotonic()
        process = subprocess.Popen(
            [str(ROOT / "run"), "--port", "0", "--data", folder, *arguments],
            stdout=subprocess.PIPE,
            stderr=sys.stderr,
            text=True,
            env={**clean, "LIAISON_RATE_LIMITS": "off"},
        )
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith("Ready: "):
                    yield Service(line.split()[1], Path(folder), process, started)
                    break
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


class _Inputs(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden" and given.get("name"):
            self.values[str(given["name"])] = given.get("value") or ""


class _Stays(HTTPRedirectHandler):
    def redirect_request(self, *_args: object) -> None:
        return None


class Partner:
    """Somebody with a browser's cookies who fills in the form."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cookies = CookieJar()
        self.opener: OpenerDirector = build_opener(HTTPCookieProcessor(self.cookies))

    def checked(self, address: str) -> dict[str, str]:
        """Fill in the form up to the check page; return the hidden fields of its final form."""
        page = self.get("/enquiries/new?kind=question")
        fields = {**FIELDS, **hidden(page), "contact_email": address}
        page = self.post("/enquiries/new", fields)
        found = hidden(page)
        assert found.get("final"), re.sub(r"<[^>]+>", " ", page)[:2000]
        return found

    def send(self, fields: dict[str, str]) -> str:
        """Post the final form; return the address of the tracking page."""
        with self.opener.open(urljoin(self.url, "/enquiries/new"), urlencode(fields).encode(), timeout=30) as answer:
            assert "/track/" in answer.url, answer.url
            return str(answer.url)

    def press(self, fields: dict[str, str]) -> None:
        """Post the final form, and do not follow to the page that it leads to."""
        opener = build_opener(HTTPCookieProcessor(self.cookies), _Stays())
        try:
            opener.open(urljoin(self.url, "/enquiries/new"), urlencode(fields).encode(), timeout=30)
        except HTTPError as answer:
            if "/track/" not in answer.headers.get("Location", ""):
                raise

    def post(self, path: str, fields: dict[str, str]) -> str:
        with self.opener.open(urljoin(self.url, path), urlencode(fields).encode(), timeout=30) as answer:
            return str(answer.read().decode())

    def get(self, path: str) -> str:
        with self.opener.open(urljoin(self.url, path), timeout=30) as answer:
            return str(answer.read().decode())


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of a page."""
    parser = _Inputs()
    parser.feed(page)
    return parser.values
