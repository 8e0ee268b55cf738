"""A supervisor over shell commands in its own process: arguments are a folder and `name: command` for each part."""

import os
import sys
import types
from collections.abc import Sequence
from pathlib import Path

if (
    __name__ == "__main__"
):  # as `webapp/standalone/start.py` does: the application, which has no part in it, is not loaded
    package = types.ModuleType("webapp")
    package.__path__ = [str(Path(__file__).parents[2] / "webapp")]
    sys.modules["webapp"] = package

from webapp.standalone.children import Children
from webapp.standalone.supervisor import Part, StartError, StoppedError, Supervisor


def part(words: str, folder: Path) -> Part:
    """`name: command` is ready at once; `name!: command` when it has written the file of its name."""
    name, _, command = words.partition(": ")
    plain = name.removesuffix("!")
    ready = folder / plain
    shell = ["sh", "-c", command.replace("@", str(folder))]
    return Part(plain, shell, ready=ready.exists, clears=ready) if name.endswith("!") else Part(plain, shell)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(folder: Path, commands: Sequence[str]) -> int:
    children = Children(folders=[folder / "temporary"])
    supervisor = Supervisor(
        [[part(words, folder)] for words in commands],
        children=children,
        environ=os.environ,
        log=folder,
        say=say,
    )
    stages = range(len(commands))
    with supervisor.signals():
        try:
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
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
