"""What strangers try against a running service: guessing links, telling accounts by the time, holding connections open.

`python -m benchmarks.attacks [guesses|times|slow]`, all of them without a word. Limits of a
network are off, so that what is measured holds without them.
"""

import contextlib
import http.client
import random
import secrets
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from urllib.error import HTTPError
from urllib.parse import urlsplit

from benchmarks.client import ROOT, Partner, Service, hidden, service

GUESSES, PAIRS, SLOW, SECONDS = 10_000, 300, 64, 60
EMAIL, PASSWORD = "administrator@example.org", "four unrelated plain words"


def guesses(found: Service) -> None:
    """Ask for links that no one was given, some of them one letter away from a real one."""
    partner = Partner(found.url)
    real = partner.send(partner.checked("partner@example.org")).split("/track/")[1].split("#")[0].split("?")[0]
    where = urlsplit(found.url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port)
    opened = 0
    for number in range(GUESSES):
        token = secrets.token_urlsafe(32)
        if number % 4 == 0:
            place = secrets.randbelow(len(real))
            token = real[:place] + next(letter for letter in "AB" if letter != real[place]) + real[place + 1 :]
        kind = ("track", "decisions", "desk/set-password")[number % 3]
        connection.request("GET", f"/{kind}/{token}")
        answer = connection.getresponse()
        answer.read()
        opened += answer.status not in (404, 410)
    print(f"guesses of links: {GUESSES}, opened {opened}")


def _timed(
    pages: list[str], form: Callable[[str], dict[str, str]], found: Service, path: str, pairs: int
) -> list[list[float]]:
    times: list[list[float]] = [[] for _ in pages]
    partner = Partner(found.url)
    for _ in range(pairs):
        # In turns by chance: what the worker does for one ask would slow the next one down.
        for index, who in random.sample(list(enumerate(pages)), len(pages)):
            fields = {**hidden(partner.get(path)), **form(who)}
            start = time.perf_counter()
            with contextlib.suppress(HTTPError):
                partner.post(path, fields)
            times[index].append((time.perf_counter() - start) * 1000)
    return times


def times(found: Service) -> None:
    """Compare how long it takes to refuse a known and an unknown address."""
    account = ("--email", EMAIL, "--name", "Example", "--role", "administrator")
    command = (str(ROOT / "run"), "liaison", "--data", str(found.data), "users", "add", *account)
    subprocess.run(command, check=True, capture_output=True)
    partner = Partner(found.url)
    partner.send(partner.checked("partner@example.org"))
    cases = {
        "/desk/sign-in": lambda who: {"email": who, "password": PASSWORD},
        "/desk/forgotten": lambda who: {"email": who},
        "/track": lambda who: {"email": who},
        "/my-data": lambda who: {"email": who},
    }
    for path, form in cases.items():
        known = EMAIL if path.startswith("/desk") else "partner@example.org"
        # The sixth guess for one account is not looked at.
        pairs = 5 if path == "/desk/sign-in" else PAIRS
        both = _timed([known, "no-one@example.org"], form, found, path, pairs)
        medians = [statistics.median(values) for values in both]
        apart = abs(medians[0] - medians[1]) / max(medians) * 100
        print(f"{path}: known {medians[0]:.1f} ms, unknown {medians[1]:.1f} ms, {apart:.0f} % apart, of {pairs} pairs")


def slow(found: Service) -> None:
    """Hold connections open with a byte a second, and see how long other visitors wait."""
    where = urlsplit(found.url)
    address = (where.hostname or "", where.port or 80)
    before = _visits(address, 20)
    ended = threading.Event()
    threads = [threading.Thread(target=_trickle, args=(address, ended, number)) for number in range(SLOW)]
    for thread in threads:
        thread.start()
    during = _visits(address, SECONDS)
    ended.set()
    for thread in threads:
        thread.join()
    ratio = statistics.median(during) / statistics.median(before)
    print(
        f"{SLOW} slow connections for {SECONDS} s: median {statistics.median(before) * 1000:.1f} ms before, "
        f"{statistics.median(during) * 1000:.1f} ms during ({ratio:.2f} times), slowest {max(during) * 1000:.0f} ms"
    )


def _visits(address: tuple[str, int], seconds: float) -> list[float]:
    found, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        connection = http.client.HTTPConnection(*address, timeout=10)
        start = time.perf_counter()
        connection.request("GET", "/enquiries/new?kind=question")
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        found.append(time.perf_counter() - start)
        connection.close()
        time.sleep(0.1)
    return found


def _trickle(address: tuple[str, int], ended: threading.Event, number: int) -> None:
    head = b"POST /enquiries/new HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n"
    while not ended.is_set():
        with contextlib.suppress(OSError), socket.create_connection(address, timeout=5) as connection:
            connection.sendall(head + b"\r\n" if number % 2 else head)
            while not ended.wait(1):
                connection.sendall(b"x")


def main() -> None:
    chosen = sys.argv[1:] or ["guesses", "times", "slow"]
    with service() as found:
        for name in chosen:
            {"guesses": guesses, "times": times, "slow": slow}[name](found)


if __name__ == "__main__":
    main()
