"""From the final press to the mail of whoever answers, on an idle service: 50 enquiries, one after the other."""

import statistics
import time

from benchmarks.client import Partner, Service, service


def arrival(found: Service, known: set[str], reference_kind: str) -> tuple[float, set[str]]:
    """Wait (at most 20 s) until a new mail to the office is there; return when, and the files by then."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        names = {path.name for path in found.mailbox.glob("*.eml")}
        for name in names - known:
            if reference_kind in (found.mailbox / name).read_text(errors="replace"):
                return time.monotonic(), names
        time.sleep(0.001)
    raise TimeoutError


def main() -> None:
    with service() as found:
        first = None
        times, answers = [], []
        for number in range(50):
            partner = Partner(found.url)
            fields = partner.checked(f"partner-{number}@example.org")
            known = {path.name for path in found.mailbox.glob("*.eml")}
            start = time.monotonic()
            partner.send(fields)
            answers.append(time.monotonic() - start)
            there, _ = arrival(found, known, "office@example.org>" if number < 0 else "To: office@example.org")
            first = first or there - found.started
            times.append(there - start)
            deadline = time.monotonic() + 20
            while len(list(found.mailbox.glob("*.eml"))) < 2 * (number + 1) and time.monotonic() < deadline:
                time.sleep(0.005)
        print(f"first mail {first:.2f} s after ./run")
        for name, values in (("press to mail", times), ("press to tracking page", answers)):
            spread = [round(value * 1000) for value in (min(values), statistics.median(values), max(values))]
            print(f"{name}: min {spread[0]} ms, median {spread[1]} ms, max {spread[2]} ms, of {len(values)}")


if __name__ == "__main__":
    main()
