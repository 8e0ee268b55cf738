"""Loads what a program needs, quickly, and runs it: at once, or when the supervisor lets it go."""

import gc
import os
import runpy
import sys
from importlib import import_module

AT_ONCE = "-"


def main(gate: str, modules: str, program: str, *arguments: str) -> None:
    """Load modules, wait until the other end of the pipe `gate` is closed, and run a program as `python -m` does."""
    gc.disable()  # all of it stays: looking through it again and again is a quarter of the time that loading takes
    for module in modules.split(","):
        import_module(module)
    gc.freeze()
    gc.enable()
    if gate != AT_ONCE:
        os.read(int(gate), 1)
        os.close(int(gate))
    sys.argv[:] = [program, *arguments]
    runpy.run_module(program, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
