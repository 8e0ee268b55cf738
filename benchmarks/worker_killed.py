"""300 enquiries while the worker is killed five times: which mails are lost, which came twice, and how."""

import os
import signal
import sqlite3
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from benchmarks.client import Partner, Service, service

ENQUIRIES = 300
KILLS = 5


def kill_worker(found: Service) -> int:
    """Kill every process of the worker at once; return how many there were."""
    killed = 0
    for number in found.parts("tasks worker"):
        try:
            os.kill(number, signal.SIGKILL)
            killed += 1
        except ProcessLookupError:
            continue
    return killed


def staged(found: Service) -> dict[str, str]:
    """Return each mail's Message-ID and state."""
    with sqlite3.connect(found.data / "liaison.db", timeout=30) as database:
        return dict(database.execute("SELECT message_id, state FROM messages"))


def main() -> None:
    sent = 0
    lock = threading.Lock()
    with service() as found:

        def send(number: int) -> None:
            nonlocal sent
            partner = Partner(found.url)
            partner.send(partner.checked(f"partner-{number}@example.org"))
            with lock:
                sent += 1

        def disturb() -> None:
            for kill in range(1, KILLS + 1):
                while sent < kill * ENQUIRIES // (KILLS + 1):
                    time.sleep(0.005)
                print(f"after {sent} enquiries: {kill_worker(found)} processes killed", flush=True)

        killer = threading.Thread(target=disturb)
        killer.start()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(send, range(ENQUIRIES)))
        killer.join()
        last = time.monotonic()
        while (states := Counter(staged(found).values()))["sent"] < 2 * ENQUIRIES and time.monotonic() < last + 240:
            time.sleep(0.2)
        settled = time.monotonic() - last
        copies = Counter(str(mail["Message-ID"]) for mail in found.mails())
        expected = set(staged(found))
        print(f"{sent} enquiries accepted, {len(expected)} mails staged, states {dict(states)}")
        print(f"all settled {settled:.1f} s after the last enquiry")
        print(f"lost: {len(expected - set(copies))}; extra copies: {sum(copies.values()) - len(copies)}")
        print(f"mails with an unknown Message-ID: {len(set(copies) - expected)}")


if __name__ == "__main__":
    main()
