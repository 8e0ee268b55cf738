"""Five enquiries a second while the queue stands still for a minute: is one refused, and when are all mails out?"""

import os
import signal
import sqlite3
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import redis

from benchmarks.client import Partner, Service, service

SECONDS = 60
EVERY = 0.2


def unsent(found: Service) -> int:
    """Return how many mails have not been sent."""
    with sqlite3.connect(found.data / "liaison.db", timeout=30) as database:
        [count] = database.execute("SELECT count(*) FROM messages WHERE state != 'sent'").fetchone()
    return int(count)


def main() -> None:
    answers: list[float] = []
    refused: list[str] = []
    lock = threading.Lock()
    with service() as found, ThreadPoolExecutor(8) as pool:

        def send(number: int) -> None:
            try:
                partner = Partner(found.url)
                fields = partner.checked(f"partner-{number}@example.org")
                began = time.monotonic()
                partner.send(fields)
                with lock:
                    answers.append(time.monotonic() - began)
            except (OSError, AssertionError) as error:
                refused.append(str(error))

        queue = redis.Redis(unix_socket_path=str(found.data / "run" / "queue.sock")).info()["process_id"]
        os.kill(queue, signal.SIGSTOP)
        began = time.monotonic()
        try:
            for number in range(round(SECONDS / EVERY)):
                pool.submit(send, number)
                time.sleep(max(0.0, began + (number + 1) * EVERY - time.monotonic()))
        finally:
            os.kill(queue, signal.SIGCONT)
        back = time.monotonic()
        while len(answers) + len(refused) < round(SECONDS / EVERY) and time.monotonic() < back + 60:
            time.sleep(0.1)
        while (left := unsent(found)) and time.monotonic() < back + 180:
            time.sleep(0.1)
        out = time.monotonic() - back
        print(f"{len(answers)} accepted, {len(refused)} refused {refused[:3]}")
        slowest, median = max(answers) * 1000, statistics.median(answers) * 1000
        print(f"final press: slowest {slowest:.0f} ms, median {median:.0f} ms")
        print(f"all mails out {out:.1f} s after the queue's return; {left} left; {len(found.mails())} in the catcher")


if __name__ == "__main__":
    main()
