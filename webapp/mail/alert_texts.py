"""What operators read on the second route: which messages stopped, since when, and how to mend it; no one's name."""

from datetime import datetime
from typing import Any

from webapp.mail.advice import ADVICE, NEVER_TRIED
from webapp.vocabulary import AlertKind, Fault


def alert(kind: AlertKind, *, over: bool, since: datetime, fault: Fault | None, failed: int) -> tuple[str, str]:
    """Return subject and text of a notice; `fault` is the oldest waiting message's (None: it was never tried)."""
    begun = f"{since:%d %B %Y, %H:%M} UTC"
    if kind is AlertKind.LATE and over:
        subject = "No email waits too long any more"
        said = [f"Emails had not left since {begun}. None waits for longer than it should now."]
    elif kind is AlertKind.LATE:
        subject = f"Emails have not left since {begun}"
        said = [f"The oldest email has waited since {begun}.", ADVICE[fault] if fault else NEVER_TRIED]
        said.append("Emails are kept and tried for two days. `liaison check --mail` tries the mail server.")
    elif over:
        subject = "No undelivered email is left"
        said = ["Those that had not been delivered were sent again or set aside."]
    else:
        subject = f"{failed} email{'s' if failed != 1 else ''} could not be delivered"
        said = ["They are kept. Send them again at the desk, or with `liaison outbox retry --all`."]
    if failed and kind is AlertKind.LATE:
        said.append(f"{failed} ended undelivered: send them again at the desk, or with `liaison outbox retry --all`.")
    return subject, "\n\n".join(said)


def payload(event: str, subject: str, text: str, **figures: Any) -> dict[str, Any]:
    """Return what a webhook is told; `text` is what chat programs show, figures are for machines."""
    return {"event": event, "text": f"{subject}\n\n{text}", "subject": subject, **figures}
