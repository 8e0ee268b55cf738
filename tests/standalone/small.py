"""A supervisor in its own process: arguments are a folder, modules to load, and `name: command` for each part.
A command is the shell's, or `fork module argument …`."""

import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from webapp.standalone import loading
from webapp.standalone.children import Children
from webapp.standalone.forked import Program
from webapp.standalone.supervisor import Part, StartError, StoppedError, Supervisor

_THEIRS, _OURS = socket.socketpair()


def part(words: str, folder: Path) -> Part:
    """`name: command` is ready at once; `name!: command` when it has written the file of its name."""
    name, _, command = words.partition(": ")
    plain = name.removesuffix("!")
    ready = folder / plain
    command = command.replace("@", str(folder))
    words = command.split()
    run: Sequence[str] | Program = ["sh", "-c", command]
    fds: tuple[int, ...] = ()
    if words[0] == "fork":
        run, fds = Program(words[1], words[2:], f"small {plain} of a test"), (_THEIRS.fileno(),)
    if name.endswith("!"):
        return Part(plain, run, ready=ready.exists, clears=ready, pass_fds=fds)
    return Part(plain, run, pass_fds=fds)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(folder: Path, modules: Sequence[str], commands: Sequence[str]) -> int:
    children = Children(folders=[folder / "temporary"])
    supervisor = Supervisor(
        [[part(words, folder)] for words in commands],
        children=children,
        environ={name: value for name, value in os.environ.items() if name != "ONLY_OURS"} | {"LIAISON_PART": "theirs"},
        cwd=folder,
        log=folder,
        say=say,
    )
    stages = range(len(commands))
    with supervisor.signals():
        try:
            loading.load(modules, log=folder / "loading.log", between=supervisor.raise_if_stopped)
            for stage in stages:
                supervisor.start(stage)
            supervisor.wait_ready(stages)
            say("ready")
            supervisor.watch()
        except StoppedError:
            say("stopped while starting")
        except StartError as error:
            say(str(error))
            return 1
        finally:
            supervisor.stop()
            children.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2].split(), sys.argv[3:]))
