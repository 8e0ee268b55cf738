"""Parts that die, refuse to end or leave children behind, under a supervisor in a process of its own."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.standalone.processes import Start, end, eventually, is_alive, number_in, read_line

# Writes its own number and that of a child, which does not hear of its end.
FAMILY = "echo $$ > @/parent; (trap '' TERM; exec sleep 300) & echo $! > @/child; wait"


def test_part_that_dies_is_started_again_and_said_so(start: Start, tmp_path: Path) -> None:
    process = start("web: echo $$ > @/number; exec sleep 300")
    first = number_in(tmp_path / "number")
    os.kill(first, signal.SIGKILL)
    said = read_line(process)
    assert said.startswith("The web stopped by itself (killed by signal 9): starting it again. Its log is")
    second = number_in(tmp_path / "number", other_than=first)
    assert is_alive(second)


def test_part_that_keeps_dying_is_started_ever_more_slowly(start: Start) -> None:
    process = start("web: sleep 0.2; exit 3")
    said = [read_line(process) for _ in range(3)]
    assert [line.partition(". Its log")[0] for line in said] == [
        "The web stopped by itself (exit status 3): starting it again",
        "The web stopped by itself (exit status 3): starting it again in 0.5 s",
        "The web stopped by itself (exit status 3): starting it again in 1 s",
    ]


def test_descendants_of_a_dead_part_are_gone_before_it_starts_again(start: Start, tmp_path: Path) -> None:
    process = start(f"web: {FAMILY}")
    child = number_in(tmp_path / "child")
    os.kill(number_in(tmp_path / "parent"), signal.SIGKILL)
    assert "starting it again" in read_line(process)
    number_in(tmp_path / "child", other_than=child)
    assert not is_alive(child)


def test_part_that_cannot_start_ends_everything_with_its_last_words(start: Start) -> None:
    process = start("queue: sleep 300", "web!: echo no settings; exit 4", ready=False)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "no settings" in output
    assert "The web stopped by itself (exit status 4), 3 times" in output


def test_parts_stop_in_reverse_order(start: Start, tmp_path: Path) -> None:
    line = "trap 'echo {0} >> @/order; exit' TERM; touch @/{0}; while :; do sleep 0.05; done"
    process = start(*(f"{name}!: {line.format(name)}" for name in ("queue", "worker", "web")))
    assert end(process) == 0
    assert (tmp_path / "order").read_text().split() == ["web", "worker", "queue"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_end_takes_every_descendant_along(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    process = start(f"web: {FAMILY}")
    family = [number_in(tmp_path / name) for name in ("parent", "child")]
    assert end(process, number) == 0
    assert not any(map(is_alive, family))


def test_part_that_ignores_the_end_is_killed_in_time(start: Start, tmp_path: Path) -> None:
    process = start("web: trap '' TERM; echo $$ > @/number; while :; do sleep 0.05; done")
    stubborn = number_in(tmp_path / "number")
    assert end(process) == 0
    assert not is_alive(stubborn)


def test_end_while_starting_is_heard(start: Start, tmp_path: Path) -> None:
    process = start("web!: echo $$ > @/number; sleep 300", ready=False)
    # The part runs, so signals are heard by now; the keeper runs before that.
    number_in(tmp_path / "number")
    process.terminate()
    assert process.communicate(timeout=60)[0] == "stopped while starting\n"


def test_kill_leaves_nothing(start: Start, tmp_path: Path) -> None:
    (tmp_path / "temporary").mkdir()
    process = start(f"web: {FAMILY}", "queue: echo $$ > @/queue; exec sleep 300")
    family = [number_in(tmp_path / name) for name in ("parent", "child", "queue")]
    process.kill()
    process.wait()
    eventually(lambda: not any(map(is_alive, family)))
    eventually(lambda: not (tmp_path / "temporary").exists())


def test_kill_leaves_nothing_after_the_keeper_was_killed_too(start: Start, tmp_path: Path) -> None:
    process = start(f"web: {FAMILY}")
    family = [number_in(tmp_path / name) for name in ("parent", "child")]
    # Never kill 0: that would be ourselves.
    eventually(lambda: keeper_of(process.pid) > 0)
    keeper = keeper_of(process.pid)
    assert keeper > 0
    os.kill(keeper, signal.SIGKILL)
    eventually(lambda: keeper_of(process.pid, other_than=keeper))
    process.kill()
    process.wait()
    eventually(lambda: not any(map(is_alive, family)))


def children_of(number: int) -> list[tuple[int, str]]:
    listing = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True
    )
    rows = [line.split(maxsplit=3) for line in listing.stdout.splitlines()]
    return [(int(row[0]), row[-1]) for row in rows if int(row[1]) == number and not row[2].startswith("Z")]


def keeper_of(number: int, *, other_than: int = 0) -> int:
    found = [child for child, command in children_of(number) if "keeper.py" in command and child != other_than]
    return found[0] if found else 0
