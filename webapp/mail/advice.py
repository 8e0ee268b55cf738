"""How operators mend what keeps messages from the mail server, by kind of fault; in English, as the command line is."""

from webapp.vocabulary import Fault

ADVICE: dict[Fault, str] = {
    Fault.NAME: "The mail server's name is not known here. Check the host in the URL, and this machine's name server.",
    Fault.REFUSED: "Nothing takes connections there. Check host and port in the URL (587 for smtp+starttls, 465 for "
    "smtps, 25 for smtp), that the mail server runs, and that no firewall stops this machine.",
    Fault.TIMEOUT: "The mail server does not answer in time. Check host and port: a firewall may swallow the "
    "connection, and a port for smtps says nothing to smtp or smtp+starttls.",
    Fault.CERTIFICATE: "The mail server's certificate is not trusted. The host in the URL must be a name in the "
    "certificate, and the certificate must not have expired. For an authority of your own, put its certificate into a "
    "file and set SSL_CERT_FILE to that file's path for web, worker and command line.",
    Fault.ENCRYPTION: "Encryption or sign-in is not offered, or is required, on this connection. Use smtp+starttls:// "
    "(port 587) or smtps:// (port 465) where the server requires TLS, and smtp:// only where it has none.",
    Fault.PASSWORD: "Name or password was refused. In the URL, write special characters of both percent-encoded (@ as "
    "%40, : as %3A, / as %2F, % as %25); write the file with printf %s, which leaves them alone. Some providers want a "
    "password made for this service alone.",
    Fault.SENDER: "The mail server does not take messages from LIAISON_MAIL_FROM. Allow this address for the account "
    "that signs in, or use one that is allowed.",
    Fault.DROPPED: "The mail server ended the connection, or is busy. Look into its log; where this goes on, ask who "
    "runs it whether it limits this machine.",
    Fault.RECIPIENT: "The mail server did not take this address. Correct the address at the desk, or ask who runs the "
    "mail server whether it forwards to it.",
    Fault.CONTENT: "The mail server did not take this message. Its answer is at the desk, with the message.",
    Fault.WORKER: "The worker died each time while it held this message. Look into the worker's log.",
    Fault.OTHER: "Something unexpected happened. The message's page at the desk has the error.",
}
NEVER_TRIED = (
    "No worker has tried it. Check that the queue, `celery -A tasks worker` and `celery -A tasks beat` run: "
    "`liaison check` says whether the queue answers."
)
