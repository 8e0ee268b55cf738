"""A program for a fork: writes what it finds around itself into a file, and ends as its second argument says."""

import json
import os
import signal
import sys
import threading
from pathlib import Path

LOADED = "tests.standalone.processes"


def found() -> dict[str, object]:
    handlers = {number.name: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)}
    return {
        "arguments": sys.argv[1:],
        "input": sys.stdin.read(),
        "folder": str(Path.cwd()),
        "environ": dict(os.environ),
        "open": sorted(filter(_is_open, (int(each.name) for each in Path("/dev/fd").iterdir()))),
        "leads": os.getsid(0) == os.getpid() == os.getpgid(0),
        "interrupts": signal.getsignal(signal.SIGINT) is signal.default_int_handler,
        "handled": [name for name, handler in handlers.items() if handler is not signal.SIG_DFL],
        "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
        "wakes": signal.set_wakeup_fd(-1),
        "was loaded": LOADED in sys.modules,
        "threads": threading.active_count(),
    }


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def main(path: Path, end: str) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(found() | {"pid": os.getpid()}))
    part.replace(path)
    sys.stdout.write("said at once\n")
    sys.stdout.write("and a rest")
    match end:
        case "stay":
            child = os.fork()
            if child:
                path.with_suffix(".child").write_text(str(child))
            while True:
                signal.pause()
        case "fault":
            raise ValueError("what it ends by")
        case "words":
            sys.exit("words of its end")
        case _:
            sys.exit(int(end))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
