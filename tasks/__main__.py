"""`python -m tasks worker` and `python -m tasks beat`: what `celery -A tasks` does, without its command line's 8 MB."""

import argparse
import sys
from collections.abc import Sequence

from tasks.app import app


def main(given: Sequence[str]) -> int:
    """Run a worker or the scheduler until it is stopped; return its exit status."""
    parser = argparse.ArgumentParser(prog="tasks", description=__doc__)
    parts = parser.add_subparsers(dest="part", required=True)
    worker = parts.add_parser("worker")
    worker.add_argument("--concurrency", type=int, help="processes")
    worker.add_argument("--include", action="append", help="a module to load beside the jobs")
    beat = parts.add_parser("beat")
    beat.add_argument("--schedule", help="file of when each job ran last")
    beat.add_argument("--pidfile", help="file to write the process's number to")
    for each in (worker, beat):
        each.add_argument("--loglevel", default="INFO")
    options = vars(parser.parse_args(given))
    if options.pop("part") == "beat":
        app.Beat(**options).run()
        return 0
    # Mingling and gossip with other workers would only delay its start.
    running = app.Worker(**options, without_gossip=True, without_mingle=True)
    running.start()
    return int(running.exitcode or 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
