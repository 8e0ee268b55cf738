"""The command line, each command in a process of its own, forked from one that has loaded the application already."""

import multiprocessing
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from webapp.cli import main

# Loading the application takes longer than most commands: it is done once, as nothing is asked of it here.
_LOADED = multiprocessing.get_context("forkserver")
_LOADED.set_forkserver_preload(["webapp.cli"])
WITHIN = 120


def run(words: tuple[str, ...], environ: Mapping[str, str], folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run `liaison …` to its end, and return its code and what it said."""
    said = [folder / "out.txt", folder / "err.txt"]
    process = _LOADED.Process(target=_command, args=(list(words), dict(environ), said))
    process.start()
    process.join(WITHIN)
    if process.exitcode is None:
        process.kill()
        process.join()
    assert process.exitcode is not None
    out, err = (path.read_text(encoding="utf-8") for path in said)
    return subprocess.CompletedProcess(words, process.exitcode, out, err)


def _command(words: list[str], environ: dict[str, str], said: list[Path]) -> None:
    os.environ.clear()
    os.environ.update(environ)
    for number, path in enumerate(said, start=1):
        with path.open("wb") as file:
            os.dup2(file.fileno(), number)
    main(words, prog_name="liaison")
