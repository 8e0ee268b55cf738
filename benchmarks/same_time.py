"""Lost link, forgotten password, own data: how long the answers took, by pairs of a known and an unknown address."""

import random
import sqlite3
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.client import Partner, Service, hidden, service

PAIRS = 100
WARMING_UP = 10
ALLOWED = 0.10


@dataclass
class Page:
    """A page that sends links: what is posted for an address that is known, and for one that is not."""

    path: str
    known: dict[str, str]
    unknown: Callable[[int], dict[str, str]]


def rows(found: Service, query: str) -> list[tuple[str, ...]]:
    with sqlite3.connect(found.data / "liaison.db", timeout=30) as database:
        return database.execute(query).fetchall()


def pages(found: Service) -> list[Page]:
    """Send one enquiry, and return the pages with what they know by it."""
    partner = Partner(found.url)
    partner.send(partner.checked("erika@example.org"))
    ((reference,),) = rows(found, "SELECT reference FROM enquiries WHERE contact_email = 'erika@example.org'")
    account = rows(found, "SELECT email FROM people WHERE role IS NOT NULL ORDER BY id")[0][0]
    letters = "23456789ABCDEFGH"

    def lost(number: int) -> dict[str, str]:
        return {"reference": f"LD-2222-222{letters[number % len(letters)]}", "email": "erika@example.org"}

    def stranger(number: int) -> dict[str, str]:
        return {"email": f"erike{number % 10}@example.org"}

    return [
        Page("/track", {"reference": reference, "email": "erika@example.org"}, lost),
        Page("/desk/forgotten", {"email": account}, stranger),
        Page("/my-data", {"email": "erika@example.org"}, stranger),
    ]


def settled(found: Service) -> None:
    """Wait (at most 30 s) until the worker has looked at every request and sent every email."""
    deadline = time.monotonic() + 30
    waiting = "SELECT (SELECT count(*) FROM link_requests) + (SELECT count(*) FROM messages WHERE state != 'sent')"
    while rows(found, waiting) != [(0,)] and time.monotonic() < deadline:
        time.sleep(0.01)


def measured(found: Service, page: Page) -> dict[str, list[float]]:
    """Return by what was asked how long the answers took, and how long that to the next visitor's page."""
    visitor, times = Partner(found.url), {name: [] for name in ("known", "unknown", "after known", "after unknown")}
    kept = hidden(visitor.get(page.path))
    for number in range(-WARMING_UP, PAIRS):
        asked = [("known", page.known), ("unknown", page.unknown(number))]
        random.shuffle(asked)
        for name, fields in asked:
            settled(found)
            start = time.perf_counter()
            visitor.post(page.path, {**kept, **fields})
            answered = time.perf_counter()
            visitor.get(page.path)
            if number >= 0:
                times[name].append(answered - start)
                times[f"after {name}"].append(time.perf_counter() - answered)
    return times


def main() -> None:
    failed = False
    with service() as found:
        for page in pages(found):
            times = {name: statistics.median(each) for name, each in measured(found, page).items()}
            for first, second in (("known", "unknown"), ("after known", "after unknown")):
                apart = abs(times[first] - times[second]) / min(times[first], times[second])
                failed |= first == "known" and apart > ALLOWED
                print(
                    f"{page.path}: {first} {times[first] * 1000:.2f} ms, {second} {times[second] * 1000:.2f} ms, "
                    f"{apart:.1%} apart",
                    flush=True,
                )
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
