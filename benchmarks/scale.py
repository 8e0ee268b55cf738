"""Measures all that `docs/performance.md` shows, in one run, and writes its figures there, and its chart."""

import argparse
import contextlib
import os
import platform
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import delivery, desk, jobs, memory, pages, submit, visit
from benchmarks.chart import drawn
from benchmarks.client import ROOT
from tests.servers import PostgreSQL

SIZES = "1000,100000,1000000"
DOCUMENT = ROOT / "docs" / "performance.md"
CHART = ROOT / "docs" / "pictures" / "performance.svg"
_FIGURES = re.compile(r"(?<=<!-- figures -->\n).*(?=<!-- end of figures -->)", re.DOTALL)


@dataclass(frozen=True)
class Effort:
    """How long is measured: rounds of each part, and how much in each."""

    desk: int
    rounds: int
    seconds: float
    forms: int
    messages: int
    idle: int
    starts: int
    rest: float


WHOLE = Effort(desk=15, rounds=5, seconds=2.0, forms=60, messages=3000, idle=100, starts=3, rest=60.0)
QUICK = Effort(desk=5, rounds=2, seconds=1.0, forms=20, messages=300, idle=20, starts=1, rest=20.0)


def spread(values: Sequence[float], digits: int = 0) -> str:
    """Return a median with the lowest and the highest."""
    return f"{statistics.median(values):,.{digits}f} ({min(values):,.{digits}f}–{max(values):,.{digits}f})"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table; all columns but the first hold numbers."""
    yield "| " + " | ".join(head) + " |"
    yield "|---|" + "---:|" * (len(head) - 1)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""


def of_machine(sizes: Sequence[int], effort: Effort) -> Iterator[str]:
    """Yield what was measured, when, and on what."""
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    asked = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    yield f"Measured on {datetime.now(UTC):%d %B %Y} at {', '.join(f'{size:,}' for size in sizes)} enquiries"
    yield f"({'with `--quick`' if effort is QUICK else 'whole'}), version {commit or 'unknown'}:"
    yield f"{os.cpu_count()} processors ({model[1] if model else platform.machine()}), {gigabytes:.0f} GB,"
    yield f"Python {platform.python_version()}; load of the machine when it began: {os.getloadavg()[0]:.1f}."
    yield ""


def of_public(server: PostgreSQL, effort: Effort) -> Iterator[str]:
    """Yield how fast public pages are, beside bare Flask."""
    yield f"### Public pages, {pages.CLIENTS} visitors at once"
    yield ""
    found = pages.measured(rounds=effort.rounds, seconds=effort.seconds, database=server.new_database())
    rows = [(f"`{each.path}`", spread(each.product), spread(each.ceiling), spread(each.ratios, 2)) for each in found]
    yield from table(("page", "requests a second", "bare Flask, same bytes", "ratio"), rows)


def of_desk(urls: Sequence[str], sizes: Sequence[int], effort: Effort) -> Iterator[str]:
    """Yield how long pages of the desk take of databases of these sizes; draw the chart."""
    desks = [desk.Desk(url) for url in urls]
    found = list(desk.measured(desks, rounds=effort.desk))
    medians = [(page.name, [desk.p50(taken) for taken in page.taken]) for page in found]
    CHART.write_text(drawn(medians, sizes, "Pages of the desk: median by number of enquiries"), encoding="utf-8")
    yield "### The desk"
    yield ""
    yield "![The table below as a chart: for each page, a mark for each size](pictures/performance.svg)"
    yield ""
    rows = []
    for page in found:
        last = page.taken[-1]
        sql = statistics.median(one.sql for one in last)
        rows.append(
            (
                page.name,
                *(f"{desk.p50(taken):.1f} / {desk.p95(taken):.1f}" for taken in page.taken),
                f"{desk.p50(last) / desk.p50(page.taken[0]):.2f}",
                f"{last[-1].statements}",
                f"{sql:.1f}",
                *(" : ".join(f"{number:,}" for number in numbers) for numbers in (page.drawn, page.read)),
            )
        )
    head = ["page", *(f"{size:,}: p50 / p95 ms" for size in sizes)]
    yield from table([*head, "largest : smallest", "statements", "ms in SQL", "rows drawn", "rows read"], rows)


def of_jobs(url: str, size: int) -> Iterator[str]:
    """Yield what scheduled jobs take of a database."""
    yield f"### Jobs, of {size:,} enquiries, with up to {jobs.CLOCKS:,} promises that run"
    yield ""
    yield from table(jobs.HEAD, list(jobs.rows(url, jobs.CLOCKS)))


def of_submitting(server: PostgreSQL, effort: Effort) -> Iterator[str]:
    """Yield how fast the final form of an enquiry is taken, beside bare Flask."""
    found = submit.measured(server.new_database(), rounds=effort.rounds, forms=effort.forms)
    yield "### Sending an enquiry"
    yield ""
    p50 = [[statistics.median(each) for each in figures.alone] for figures in found]
    rates = [figures.together for figures in found]
    alone = ["one after the other, p50 ms", spread(p50[0], 1)]
    at_once = [f"{submit.CLIENTS} senders, forms a second", spread(rates[0])]
    for times, rate in zip(p50[1:], rates[1:], strict=True):
        alone += [spread(times, 1), spread([b / a for a, b in zip(p50[0], times, strict=True)], 2)]
        at_once += [spread(rate), spread([a / b for a, b in zip(rates[0], rate, strict=True)], 2)]
    head = ("final form", "the service", "bare Flask, same INSERTs", "ratio", "the same, indexed", "ratio")
    yield from table(head, [alone, at_once])


def of_visit(server: PostgreSQL, effort: Effort) -> Iterator[str]:
    """Yield how fast whole visits go, beside bare Flask."""
    ours, theirs = visit.measured(server.new_database(), rounds=effort.rounds, seconds=effort.seconds * 2)
    yield f"### A whole visit, {visit.CLIENTS} visitors at once"
    yield ""
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    yield from table(
        ("first page to tracking page", "visits a second", "bare Flask, same bytes, same INSERTs", "ratio"),
        [("seven requests, two of them forms", spread(ours), spread(theirs), spread(ratios, 2))],
    )


def of_delivery(effort: Effort) -> Iterator[str]:
    """Yield how fast emails leave, beside one plain kept line."""
    with delivery.bench(("SIZE 33554432", "8BITMIME")) as found:
        rates = delivery.drains(found, effort.messages, min(effort.rounds, delivery.ROUNDS))
        idle = delivery.press_to_last(found, effort.idle)
    yield "### Emails"
    yield ""
    plain = rates["plain line"]
    rows = [
        (kind, spread(each), spread([a / b for a, b in zip(each, plain, strict=True)], 3))
        for kind, each in rates.items()
    ]
    yield from table((f"{effort.messages:,} emails that wait", "emails a second", "of the plain line"), rows)
    rows = [
        (name, f"{statistics.median(each):.1f}", f"{each[round(len(each) * 0.95) - 1]:.1f}")
        for name, each in idle.items()
    ]
    yield from table((f"{effort.idle} enquiries, one after the other", "median ms", "p95 ms"), rows)


def of_memory(effort: Effort) -> Iterator[str]:
    """Yield what `./run` takes."""
    starts = [memory.started(effort.rest) for _ in range(effort.starts)]
    yield "### Memory and start"
    yield ""
    rows = [(name, *(memory.line(starts, when, name) for when in ("idle", "used"))) for name in starts[-1].idle]
    totals = memory.figures(starts)
    rows.append(("**in all**", *(f"**{spread(totals[f'megabytes in all, {when}'])}**" for when in ("idle", "used"))))
    yield from table(("`./run`, PSS in MB", f"left alone for {effort.rest:.0f} s", "used"), rows)
    rows = [(name, spread(each, 2)) for name, each in totals.items() if name.startswith("seconds")]
    yield from table(("start on an empty folder", "median (lowest–highest)"), rows)


def written(figures: str, document: str) -> str:
    """Return the document with other figures."""
    assert _FIGURES.search(document), "the document has no place for figures"
    return _FIGURES.sub(lambda _: f"\n{figures.strip()}\n\n", document)


def main() -> None:
    """Measure part after part, and write the document when all are done."""
    parser = argparse.ArgumentParser(prog="benchmarks.scale", description=__doc__)
    parser.add_argument("--sizes", default=SIZES, help=f"numbers of enquiries (default {SIZES})")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, to try it")
    given = parser.parse_args()
    sizes, effort = [int(size) for size in given.sizes.split(",")], QUICK if given.quick else WHOLE
    lines = list(of_machine(sizes, effort))
    with TemporaryDirectory(prefix="ld-scale-", dir="/dev/shm") as folder, ExitStack() as stack:
        Path(folder).chmod(0o777)
        server = PostgreSQL.start(Path(folder))
        stack.callback(server.stop)
        visitors = (of_public(server, effort), of_visit(server, effort), of_submitting(server, effort))
        for part in (of_memory(effort), *visitors, of_delivery(effort)):
            lines += _told(part)
        urls = [desk.fill(server.new_database(), size) for size in sizes]
        for part in (of_desk(urls, sizes, effort), of_jobs(urls[-1], sizes[-1])):
            lines += _told(part)
    DOCUMENT.write_text(written("\n".join(lines), DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")


def _told(part: Iterator[str]) -> list[str]:
    found = list(part)
    with contextlib.suppress(BrokenPipeError):
        sys.stderr.write("\n".join(found) + "\n")
    return found


if __name__ == "__main__":
    main()
