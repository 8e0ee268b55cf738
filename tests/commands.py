"""Command line and workers, each in a process of its own, forked from one that has loaded the application already."""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path

from celery.__main__ import main as celery

from webapp.cli import main

ROOT = Path(__file__).parents[1]
# Loading the application takes longer than most commands: it is done once, as nothing is asked of it here. What reads
# the settings as it is loaded, `tasks`, is loaded by each worker.
_LOADED = multiprocessing.get_context("forkserver")
_LOADED.set_forkserver_preload(
    [
        *("webapp.cli", "webapp.service", "celery.bin.celery", "celery.apps.worker", "celery.worker.components"),
        *("celery.concurrency.solo", "kombu.transport.redis"),
    ]
)
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


def start_worker(words: tuple[str, ...], environ: Mapping[str, str], log: Path) -> BaseProcess:
    """Start `celery …`, which says everything in one file, and return its process, which the caller ends."""
    process = _LOADED.Process(target=_worker, args=(list(words), dict(environ), log))
    process.start()
    return process


def _command(words: list[str], environ: dict[str, str], said: list[Path]) -> None:
    _become(environ, said)
    main(words, prog_name="liaison")


def _worker(words: list[str], environ: dict[str, str], log: Path) -> None:
    _become(environ, [log, log])
    os.chdir(ROOT)
    sys.argv = ["celery", *words]
    celery()


def _become(environ: dict[str, str], said: list[Path]) -> None:
    os.environ.clear()
    os.environ.update(environ)
    files = {path: path.open("wb") for path in said}
    for number, path in enumerate(said, start=1):
        os.dup2(files[path].fileno(), number)
