"""The second route: operators hear that emails do not leave by another mail server, or by a webhook."""

import json
import urllib.request
from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any

from webapp.mail.composing import build
from webapp.mail.rehearsing import told
from webapp.mail.transport import new_message_id, send

# Of each wait for the other side.
TIMEOUT = 10


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Refuse redirects, so that an alert stays with the address that the operator gave."""

    def redirect_request(self, *_args: Any) -> None:
        return None


def by_email(
    subject: str, text: str, *, sender: str, to: str, smtp_url: str, now: datetime, rehearsal: str = ""
) -> None:
    """Send an operator a plain message through a mail server, in a rehearsal to its one address.

    Raises what `transport.send` raises.
    """
    if rehearsal:
        text = f"{told(to)}\n\n{text}"
    message = build(
        sender=sender,
        sender_name="Liaison Desk",
        recipient_name="",
        recipient_email=rehearsal or to,
        meant_for=to if rehearsal else "",
        subject=subject,
        text=text,
        html=f"<pre>{escape(text)}</pre>",
        message_id=new_message_id(sender.rpartition("@")[2]),
        reply_to=sender,
        in_reply_to=None,
        references="",
        reference="",
        automatic=True,
        date=now,
    )
    send(message, smtp_url=smtp_url, timeout=TIMEOUT)


def by_webhook(payload: Mapping[str, Any], *, url: str) -> None:
    """Post JSON to an operator's webhook. Raises OSError where it was not taken with a status of 2xx."""
    body = json.dumps(payload).encode()
    request = urllib.request.Request(  # noqa: S310 - the settings take http and https alone
        url, data=body, headers={"Content-Type": "application/json", "User-Agent": "liaison-desk"}, method="POST"
    )
    with urllib.request.build_opener(_NoRedirect).open(request, timeout=TIMEOUT):
        pass
