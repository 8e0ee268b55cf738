"""What the supervisor loads for all parts: whole, without a thread or a connection, and it can be ended meanwhile."""

import json
import subprocess
import sys
from pathlib import Path

from tests.standalone.processes import Start, eventually
from tests.test_loaded import ENVIRONMENT

ROOT = Path(__file__).parents[2]
LOADED = """
import gc, json, os, socket, sys, threading
from pathlib import Path
from webapp.standalone import loading
opened = set(os.listdir("/dev/fd"))
for modules in (loading.SETTINGS, loading.SETUP, loading.PARTS):
    loading.load(modules, log=Path("unused"), between=lambda: None)
    assert gc.isenabled()
loading.read_settings(os.environ)
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
gc.unfreeze()
tasks = "/proc/self/task"
print(json.dumps({
    "threads": len(os.listdir(tasks)) if os.path.exists(tasks) else threading.active_count(),
    "opened": len(set(os.listdir("/dev/fd")) - opened),
    "kept": [repr(kept) for kept in gc.get_objects() if isinstance(kept, (Engine, Session, socket.socket))],
    "configured": [name for name in sys.modules if name.split(".")[0] == "tasks"],
}))
"""


def test_what_is_loaded_before_parts_are_forked_starts_no_thread_and_opens_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == {"threads": 1, "opened": 0, "kept": [], "configured": []}


def test_signal_while_loading_ends_before_the_next_module(start: Start, tmp_path: Path) -> None:
    waits = "import time\nfrom pathlib import Path\nhere = Path(__file__).parent\n(here / 'loads').touch()\n"
    waits += "while not (here / 'go').exists():\n    time.sleep(0.01)\n"
    (tmp_path / "first_module.py").write_text(waits)
    (tmp_path / "second_module.py").write_text(
        "from pathlib import Path\nPath(__file__).with_name('too far').touch()\n"
    )
    process = start("web: sleep 300", loads="first_module second_module", ready=False)
    eventually((tmp_path / "loads").exists)
    process.terminate()
    (tmp_path / "go").touch()
    assert process.communicate(timeout=60)[0] == "stopped while starting\n"
    assert not (tmp_path / "too far").exists()


def test_module_that_cannot_be_loaded_is_named_with_the_reason(start: Start, tmp_path: Path) -> None:
    (tmp_path / "broken_module.py").write_text("import no_such_library\n")
    process = start("web: sleep 300", loads="broken_module", ready=False)
    log = tmp_path / "loading.log"
    why = "ModuleNotFoundError: No module named 'no_such_library'"
    said = f"broken_module cannot be loaded ({why}); the traceback is in {log}\n"
    assert process.communicate(timeout=60)[0] == said
    assert process.returncode == 1
    assert "broken_module.py" in log.read_text()
