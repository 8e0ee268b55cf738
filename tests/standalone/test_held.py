"""A part that is held has loaded its modules before it is let go, and begins only then."""

import os
import subprocess
from pathlib import Path

from tests.standalone.processes import eventually
from webapp.standalone import parts
from webapp.standalone.supervisor import Part

ROOT = Path(__file__).parents[2]
MODULE = "from pathlib import Path\nPath('loaded').touch()\n"
PROGRAM = "import sys\nfrom pathlib import Path\nPath('ran').write_text(' '.join([__name__, *sys.argv[1:]]))\n"


def test_held_part_loads_first_and_runs_once_it_is_let_go(tmp_path: Path) -> None:
    (tmp_path / "sample_module.py").write_text(MODULE)
    (tmp_path / "sample_program.py").write_text(PROGRAM)
    gate, opener = os.pipe()
    part = parts.held(Part("it", [*parts._module("sample_program"), "--a", "b"]), gate, "sample_module")
    environ = {"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    process = subprocess.Popen(part.command, pass_fds=part.pass_fds, cwd=tmp_path, env=environ)
    os.close(gate)
    eventually((tmp_path / "loaded").exists)
    assert not (tmp_path / "ran").exists()
    os.close(opener)
    assert process.wait(60) == 0
    assert (tmp_path / "ran").read_text() == "__main__ --a b"
