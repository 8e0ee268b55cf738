"""The final press ten times at once, for fifty forms: there must be fifty enquiries and twice as many mails."""

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

from benchmarks.client import Partner, service

FORMS = 50
AT_ONCE = 10


def main() -> None:
    with service() as found, ThreadPoolExecutor(AT_ONCE) as pool:
        pages = []
        for number in range(FORMS):
            partner = Partner(found.url)
            fields = partner.checked(f"partner-{number}@example.org")
            pages.append(set(pool.map(partner.send, [fields] * AT_ONCE)))
        with sqlite3.connect(found.data / "liaison.db") as database:
            [enquiries] = database.execute("SELECT count(*) FROM enquiries").fetchone()
            [mails] = database.execute("SELECT count(*) FROM messages").fetchone()
        deadline = time.monotonic() + 60
        while len(found.mails()) < mails and time.monotonic() < deadline:
            time.sleep(0.1)
        print(f"{FORMS} forms, each sent {AT_ONCE} times at once: {enquiries} enquiries, {mails} mails staged")
        print(f"forms whose presses led to one and the same page: {sum(len(page) == 1 for page in pages)}")
        print(f"mails in the catcher: {len(found.mails())}")


if __name__ == "__main__":
    main()
