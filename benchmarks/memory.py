"""What `./run` takes: memory of each of its processes, idle and used, and the time until it is ready and writes."""

import argparse
import contextlib
import os
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.client import Partner, Service, service

ROUNDS = 3
REST = 60.0
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
    """Two starts on empty folders, one left alone and one used at once: seconds, and megabytes by part."""

    ready: float
    first: float
    cpu: float
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


def cpu(number: int) -> float:
    """Return the seconds of processor that all processes below one have had, with those that have ended."""
    ticks = 0
    for process in below(number):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _first_email(found: Service) -> float:
    """Send an enquiry and return when its first email lay in the mailbox."""
    partner = Partner(found.url)
    partner.press(partner.checked("first@example.org"))
    deadline = time.monotonic() + 60
    while not next(found.mailbox.glob("*.eml"), None):
        if time.monotonic() > deadline:
            raise TimeoutError("no email came")
        time.sleep(0.002)
    return time.monotonic()


def started(rest: float) -> Start:
    """Start everything twice: once to leave it alone for a while, once to send an enquiry and look around at once."""
    with service() as found:
        worked = cpu(found.process.pid)
        time.sleep(rest)
        idle = memory(found.process.pid)
    with service() as found:
        ready, first = time.monotonic(), _first_email(found)
        for number in range(20):
            partner = Partner(found.url)
            for path in PAGES:
                partner.get(path)
            partner.send(partner.checked(f"partner-{number}@example.org"))
        time.sleep(rest)
        used = memory(found.process.pid)
    return Start(ready - found.started, first - found.started, worked, idle, used)


def main() -> None:
    """Print the medians of some starts."""
    parser = argparse.ArgumentParser(prog="benchmarks.memory", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--rest", type=float, default=REST, help="seconds before memory is read")
    given = parser.parse_args()
    starts = [started(given.rest) for _ in range(given.rounds)]
    print("part: megabytes idle (each process); after 20 enquiries and 100 pages")
    for name in starts[-1].idle:
        print(f"{name}: {line(starts, 'idle', name)}; {line(starts, 'used', name)}")
    for name, values in figures(starts).items():
        print(f"{name}: {statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})")


def figures(starts: list[Start]) -> dict[str, list[float]]:
    """Return what each start took in all, by name."""
    return {
        "megabytes in all, idle": [total(start.idle) for start in starts],
        "megabytes in all, used": [total(start.used) for start in starts],
        "seconds from start to ready": [start.ready for start in starts],
        "seconds from start to first email": [start.first for start in starts],
        "seconds of processor until ready": [start.cpu for start in starts],
    }


def line(starts: list[Start], when: str, name: str) -> str:
    """Return the megabytes of a part: the median of all starts, and each process of the last one."""
    each = [getattr(start, when).get(name, []) for start in starts]
    return f"{statistics.median(map(sum, each)):.0f} ({' + '.join(f'{value:.0f}' for value in each[-1])})"


if __name__ == "__main__":
    main()
