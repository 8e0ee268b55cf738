"""What `./run` takes: memory of each of its processes, idle and used, and the time until it is ready and writes."""

import argparse
import contextlib
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.client import Partner, Service, service

ROUNDS = 3
PAGES = ("/", "/networks/anso", "/zh-hant/", "/enquiries/new?kind=visit", "/desk/sign-in")
_SHARE = re.compile(r"^Pss: +(\d+) kB", re.MULTILINE)
# How processes are told apart by their command lines; the first that fits, so what starts all others is last.
_NAMES = {
    "keeper": "keeper",
    "catcher": "mail catcher",
    "valkey": "queue",
    "gunicorn": "web",
    "beat": "scheduler",
    "worker": "worker",
    "standalone": "supervisor",
}


@dataclass(frozen=True)
class Start:
    """One start: seconds until it was ready and until its first email came, and megabytes by part."""

    ready: float
    first: float
    idle: dict[str, list[float]]
    used: dict[str, list[float]]


def below(number: int) -> Iterator[int]:
    """Yield a process and all that it started, each before its children."""
    yield number
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{number}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from below(int(child))


def memory(number: int) -> dict[str, list[float]]:
    """Return the proportional megabytes of all processes below one, by part: what they share is counted once in all."""
    found: dict[str, list[float]] = {}
    for process in below(number):
        with contextlib.suppress(OSError):
            folder = Path(f"/proc/{process}")
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            share = _SHARE.search((folder / "smaps_rollup").read_text())
            if share:
                name = next((name for word, name in _NAMES.items() if word in command), command[:30])
                found.setdefault(name, []).append(int(share[1]) / 1000)
    return found


def total(found: dict[str, list[float]]) -> float:
    """Return the megabytes of all parts."""
    return sum(map(sum, found.values()))


def _first_email(found: Service) -> float:
    """Send an enquiry and return when its first email lay in the mailbox."""
    partner = Partner(found.url)
    partner.press(partner.checked("first@example.org"))
    deadline = time.monotonic() + 20
    while not next(found.mailbox.glob("*.eml"), None):
        if time.monotonic() > deadline:
            raise TimeoutError("no email came")
        time.sleep(0.002)
    return time.monotonic()


def started(rest: float) -> Start:
    """Start everything on an empty folder, let it rest, use it as some partners would, and let it rest again."""
    with service() as found:
        ready, first = time.monotonic(), _first_email(found)
        time.sleep(rest)
        idle = memory(found.process.pid)
        for number in range(20):
            partner = Partner(found.url)
            for path in PAGES:
                partner.get(path)
            partner.send(partner.checked(f"partner-{number}@example.org"))
        time.sleep(rest)
        return Start(ready - found.started, first - found.started, idle, memory(found.process.pid))


def main() -> None:
    """Print the median of some starts."""
    parser = argparse.ArgumentParser(prog="benchmarks.memory", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--rest", type=float, default=5.0, help="seconds before memory is read")
    given = parser.parse_args()
    starts = [started(given.rest) for _ in range(given.rounds)]
    print("part: megabytes idle, each process; after 20 enquiries and 100 pages")
    for name in starts[-1].idle:
        print(f"{name}: {_line(starts, 'idle', name)}; {_line(starts, 'used', name)}")
    for when in ("idle", "used"):
        each = [total(getattr(start, when)) for start in starts]
        print(f"in all, {when}: {statistics.median(each):.0f} MB ({min(each):.0f}-{max(each):.0f})")
    for name, values in (("ready", [s.ready for s in starts]), ("first email", [s.first for s in starts])):
        print(f"{name}: {statistics.median(values):.2f} s ({min(values):.2f}-{max(values):.2f}) after the start")


def _line(starts: list[Start], when: str, name: str) -> str:
    each = [getattr(start, when).get(name, []) for start in starts]
    return f"{statistics.median(map(sum, each)):.0f} ({' + '.join(f'{value:.0f}' for value in each[-1])})"


if __name__ == "__main__":
    main()
