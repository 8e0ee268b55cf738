"""Lists of delegates that mean harm or are encoded oddly: what comes of each, how long it takes, how much memory."""

import resource
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO

from tests.tidying.roster import samples
from webapp.tidying.roster import reading, writing
from webapp.tidying.roster.sheet import MOST_BYTES, Unreadable

SECONDS, MEGABYTES = 10.0, 300
TODAY = date(2026, 11, 28)
HAN = "姓名,職務\r\n陳大文,副校長\r\n"


def bomb(unpacked: int, *, said: int | None = None) -> bytes:
    """Return a workbook of ten megabytes whose sheet unpacks to so many; `said` is what it says of itself."""
    content = bytearray(samples.bomb(unpacked))
    noise = BytesIO(bytes(content))
    with zipfile.ZipFile(noise, "a", zipfile.ZIP_STORED) as more:
        more.writestr("xl/media/noise.bin", bytes(range(256)) * ((MOST_BYTES - len(content) - 4096) // 256))
    content = bytearray(noise.getvalue())
    if said is not None:
        wanted = struct.pack("<L", unpacked)
        for place in range(len(content)):
            if content.startswith((b"PK\x03\x04", b"PK\x01\x02"), place):
                at = content.find(wanted, place, place + 64)
                if at > 0:
                    content[at : at + 4] = struct.pack("<L", said)
    return bytes(content)


def formulas() -> bytes:
    """Return a list in which every name is a formula."""

    def fill(book: object) -> None:
        sheet = book.add_worksheet()  # type: ignore[attr-defined]
        sheet.write_row(0, 0, ["family_name", "position"])
        for number in range(1, 500):
            sheet.write_formula(number, 0, '=HYPERLINK("https://example.org","x")', None, "")

    return samples.workbook(fill)


FILES: dict[str, Callable[[], bytes]] = {
    "500 delegates, CSV": lambda: writing.as_csv(samples.people(500)),
    "500 delegates, XLSX": lambda: writing.as_xlsx(samples.people(500), title="Delegates", notes=[], about="About"),
    "bomb of 10 MB, unpacks to 1 GB": lambda: bomb(1024**3),
    "the same, says that it unpacks to 64 kB": lambda: bomb(1024**3, said=65536),
    "formulas": formulas,
    "a program called list.xlsx": lambda: b"MZ\x90\x00" + bytes(4_000_000),
    "100,000 rows, CSV": lambda: b"name,position\r\n" + b"Chan Tai Man,Dean\r\n" * 100_000,
    "100,000 rows, XLSX": lambda: samples.table(["name"], *[["Chan"]] * 100_000),
    "UTF-16": lambda: HAN.encode("utf-16"),
    "CP1252": lambda: "name,position\r\nJosé Muñoz,Rektor Møller\r\n".encode("cp1252"),
    "GB18030": lambda: "姓名,职务\r\n陈大文,副校长\r\n𠮷野,教授\r\n".encode("gb18030"),
    "Big5": lambda: HAN.encode("big5"),
}


def one(name: str) -> None:
    """Read what is piped into this process, and say what came of it."""
    content = sys.stdin.buffer.read()
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    where = "?"
    try:
        where = "at once" if reading.is_light(content) else "by the worker"
        found = reading.read(content, today=TODAY)
        names = " / ".join(row.values["family_name"] for row in found.rows[:2])
        faults = sorted({problem.why for problem in found.problems})
        said = f"{len(found.rows)} rows, {found.source.encoding or found.source.sheet}: {names} {', '.join(faults)}"
    except Unreadable as error:
        said = f"refused: {error.why}"
        where = "at once" if where == "?" else where
    took, grown = time.process_time() - began, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    over = "" if took <= SECONDS and grown <= MEGABYTES else "  OVER"
    print(f"{name:<42} {len(content) // 1024:>6} kB  {took:5.2f} s  {grown:>4} MB more  {where:<13} {said}{over}")


def main() -> None:
    """Read each file in a process of its own."""
    for name, made in FILES.items():
        subprocess.run([sys.executable, "-m", "benchmarks.rosters", name], input=made(), check=True)


if __name__ == "__main__":
    one(sys.argv[1]) if sys.argv[1:] else main()
