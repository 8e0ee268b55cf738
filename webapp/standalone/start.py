"""Runs the supervisor by its path: without loading the web application, which it only starts, it is up a second sooner.
`python -m webapp.standalone` does the same, with all of that in memory."""

import runpy
import sys
import types
from pathlib import Path

if __name__ == "__main__":
    package = types.ModuleType("webapp")
    package.__path__ = [str(Path(__file__).resolve().parents[1])]
    sys.modules["webapp"] = package
    runpy.run_module("webapp.standalone", run_name="__main__", alter_sys=True)
