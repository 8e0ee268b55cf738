"""How emails leave: headers that cannot be forged, a real server's answers, addresses for replies."""

import ssl
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.conftest import unavailable
from tests.factories import LANGUAGES
from tests.mail.reading import received
from tests.mail.smtp import Desk, accounts, certificate, free_port, silent, smtp_server
from tests.servers import Unavailable
from webapp.mail.composing import build
from webapp.mail.plain import one_line
from webapp.mail.render import render
from webapp.mail.transport import (
    DeliveryError,
    Letter,
    PermanentError,
    TemporaryError,
    check_reply_address,
    new_message_id,
    reply_address,
    send,
)
from webapp.seeds.mail_parts import SAMPLE_INSTITUTION
from webapp.seeds.mails import SAMPLES
from webapp.vocabulary import Fault, Language, MessageKind

LONG_DOMAIN = "international-office.university-of-example.department.example.org"
FIELDS: dict[str, Any] = {
    "sender": "liaison-desk@example.org",
    "recipient_name": "陳大文教授",
    "recipient_email": "chan.tai.man@example.org",
    "subject": "[LD-7K3Q-9XWT] 您向理大提出的查詢：代表團訪問",
    "text": "您好：\n\n謝謝。\n",
    "html": "<p>您好：</p>",
    "message_id": "<0123456789abcdef01234567@example.org>",
    "reply_to": "office+ld-7k3q-9xwt.0123456789abcdef@example.org",
    "in_reply_to": None,
    "references": "",
    "reference": "LD-7K3Q-9XWT",
    "automatic": True,
    "date": datetime(2026, 11, 23, 9, 12, tzinfo=UTC),
}


def built(**changes: Any) -> Letter:
    return build(**{**FIELDS, **changes})


def as_the_library_writes(**changes: Any) -> EmailMessage:
    """The same email put together by the standard library: slower, and with faults of its own in long headers."""
    of = {**FIELDS, "sender_name": "", **changes}
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    for name, shown, address in (
        ("From", of["sender_name"], of["sender"]),
        ("To", of["recipient_name"], of["recipient_email"]),
        ("Reply-To", of["sender_name"], of["reply_to"]),
    ):
        message[name] = Address(shown, addr_spec=address)
    message["Subject"] = of["subject"]
    message["Date"] = of["date"]
    message["Message-ID"] = of["message_id"]
    if of["in_reply_to"]:
        message["In-Reply-To"], message["References"] = of["in_reply_to"], of["references"]
    message["X-Liaison-Reference"] = of["reference"]
    if of["automatic"]:
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message.set_content(of["text"])
    message.add_alternative(of["html"], subtype="html")
    return message


def read(message: EmailMessage) -> dict[str, Any]:
    """All that a reader sees of an email: headers, bodies and their kinds, however they are encoded."""
    bodies = [part for part in message.walk() if not part.is_multipart()]
    headers = {name: " ".join(str(message[name]).split()) for name in message if name != "Content-Type"}
    for name in ("From", "To", "Reply-To"):
        (one,) = message[name].addresses
        # The library's reader puts a space between two encoded words of a name.
        headers[name] = (one.display_name.replace(" ", ""), one.addr_spec)
    return {
        "names": list(message),
        "headers": headers,
        "kind": message.get_content_type(),
        "kinds": [part.get_content_type() for part in bodies],
        "bodies": [part.get_content().splitlines() for part in bodies],
    }


@pytest.fixture
def desk() -> Iterator[Desk]:
    with smtp_server(Desk()) as running:
        yield running


def deliver(desk: Desk, message: Letter | None = None) -> None:
    send(message or built(), smtp_url=f"smtp://127.0.0.1:{desk.port}", timeout=30)


def test_mail_carries_the_headers_of_the_contract() -> None:
    first, second = "<a@example.org>", "<b@example.org>"
    mail = received(built(in_reply_to=second, references=f"{first} {second}", sender_name="PolyU"))
    assert mail["Subject"] == FIELDS["subject"]
    assert mail["From"] == "PolyU <liaison-desk@example.org>"
    assert mail["To"].addresses[0].display_name == "陳大文教授"
    assert mail["Message-ID"] == FIELDS["message_id"]
    assert mail["In-Reply-To"] == second
    assert mail["References"].split() == [first, second]
    assert mail["Reply-To"].addresses[0].addr_spec == FIELDS["reply_to"]
    assert mail["X-Liaison-Reference"] == "LD-7K3Q-9XWT"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == FIELDS["date"]


def test_what_a_person_wrote_is_not_marked_automatic() -> None:
    mail = received(built(automatic=False))
    assert "Auto-Submitted" not in mail
    assert "X-Auto-Response-Suppress" not in mail


@pytest.mark.parametrize("kind", MessageKind)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_reads_as_the_library_would_have_written_it(kind: MessageKind, language: Language) -> None:
    mail = SAMPLES[kind](language)
    rendered = render(mail, SAMPLE_INSTITUTION)
    fields: dict[str, Any] = {
        **{name: getattr(rendered, name) for name in ("subject", "text", "html")},
        "recipient_name": mail.recipient_name,
        "sender_name": SAMPLE_INSTITUTION.name[language],
        "reference": "LD-7K3Q-9XWT, LD-8M4R-2YZU",
        "in_reply_to": "<b@example.org>",
        "references": "<a@example.org> <b@example.org>",
        "automatic": kind is not MessageKind.PARTNER_MESSAGE,
    }
    assert read(received(built(**fields))) == read(as_the_library_writes(**fields))


@pytest.mark.parametrize(
    "name",
    [
        "Erika Mustermann",
        "Mustermann, Erika (Dr.)",
        'The "Office" \\ of Example',
        "O'Brien <x@y>",
        "Zoë Müller",
        "陳大文教授",
    ],
)
def test_a_name_of_any_characters_reads_as_the_library_would_have_written_it(name: str) -> None:
    fields = {"recipient_name": name, "sender_name": name}
    assert read(received(built(**fields))) == read(as_the_library_writes(**fields))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Plain words.\n.\nFrom here\n", "7bit"),
        ("x" * 200 + "\n", "quoted-printable"),
        ("Grüße aus Köln, with = and a blank at the end \n", "quoted-printable"),
        ("代表團訪問" * 30, "base64"),
    ],
)
def test_a_body_is_written_in_the_legible_encoding_unless_that_is_longer(text: str, encoding: str) -> None:
    message = received(built(text=text))
    part = message.get_body(("plain",))
    assert part
    assert part["Content-Transfer-Encoding"] == encoding
    assert part.get_content().splitlines() == text.splitlines()


@given(st.text(max_size=500))
@example("." * 200 + "\n.\n..\n")
@example("a=\n = \t\n")
def test_any_body_reads_back(text: str) -> None:
    kept = "".join(c for c in text if c in "\t\n" or unicodedata.category(c) not in {"Cc", "Cs"})
    part = received(built(text=text)).get_body(("plain",))
    assert part
    assert part.get_content().replace("\r\n", "\n").rstrip("\n") == kept.rstrip("\n")


def test_another_attempt_has_the_same_bytes() -> None:
    assert built() == built()


@pytest.mark.parametrize("kind", MessageKind)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_is_safe_on_the_line_and_reads_back(kind: MessageKind, language: Language) -> None:
    mail = SAMPLES[kind](language)
    rendered = render(mail, SAMPLE_INSTITUTION)
    message = built(
        subject=rendered.subject, text=rendered.text, html=rendered.html, recipient_name=mail.recipient_name
    )
    raw = message.content
    assert raw.isascii()
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    read = received(message)
    text, html = read.get_body(("plain",)), read.get_body(("html",))
    assert text
    assert html
    assert text.get_content().replace("\r\n", "\n") == rendered.text
    assert html.get_content().replace("\r\n", "\n").rstrip() == rendered.html.rstrip()
    assert read["Subject"] == rendered.subject


def test_long_identifiers_are_never_encoded() -> None:
    ids = [new_message_id(LONG_DOMAIN) for _ in range(5)]
    message = built(message_id=ids[0], in_reply_to=ids[1], references=" ".join(ids[1:]))
    raw = message.content.partition(b"\r\n\r\n")[0]
    for identifier in ids:
        assert identifier.encode() in raw
    assert received(message)["References"].split() == ids[1:]


@pytest.mark.parametrize("field", ["subject", "recipient_name", "reference", "sender_name"])
@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\x00"])
def test_line_break_in_a_field_makes_no_header(field: str, ending: str) -> None:
    read = received(built(**{field: f"Hello{ending}Bcc: victim@example.org{ending}{ending}<p>body"}))
    assert "Bcc" not in read
    assert len(read["To"].addresses) == 1


@pytest.mark.parametrize(
    "word",
    [
        "=?utf-8?q?a=0ABcc:_victim@example.org?=",
        "=?utf-8?b?YQ0KQmNjOiB2aWN0aW1AZXhhbXBsZS5vcmc=?=",
        "=\x00?utf-8?q?x?=",
        "=?",
    ],
)
@pytest.mark.parametrize("field", ["subject", "recipient_name", "recipient_email", "reference"])
def test_encoded_word_in_a_field_is_refused(field: str, word: str) -> None:
    value = f"{word}@example.org" if field == "recipient_email" else f"Hello {word}"
    if "\x00" in word:
        # The character becomes a space, and what is left is no encoded word.
        value = value.replace("\x00", "")
    with pytest.raises(PermanentError):
        built(**{field: value})


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "@example.org",
        "a b@example.org",
        "a@b@example.org",
        "x@example.org,y@example.org",
        "姓名@example.org",
    ],
)
def test_address_that_cannot_be_written_is_refused(address: str) -> None:
    with pytest.raises(PermanentError):
        built(recipient_email=address)


def test_international_domain_is_written_in_its_ascii_form() -> None:
    letter = built(recipient_email="info@例子.example.org")
    assert received(letter)["To"].addresses[0].domain == "xn--fsqu00a.example.org"
    assert letter.recipient == "info@xn--fsqu00a.example.org"


@pytest.mark.parametrize("identifier", ["", "a@b", "<a@b>\r\nBcc: x@example.org", "<a b@c>", "<=?utf-8?q?x?=>"])
def test_identifier_that_is_none_is_refused(identifier: str) -> None:
    with pytest.raises(PermanentError):
        built(message_id=identifier)


@given(st.text(max_size=300))
def test_any_subject_reads_back_or_is_refused(subject: str) -> None:
    try:
        message = built(subject=f"[LD-7K3Q-9XWT] {subject}")
    except PermanentError:
        assert "=?" in " ".join("".join(c if c.isprintable() else " " for c in subject).split())
        return
    names = [name for name in received(message) if name.lower() in {"bcc", "cc", "to", "subject"}]
    assert sorted(names) == ["Subject", "To"]


@given(st.text(max_size=120))
@example("é" * 80)
@example("Prof. É. Müller-Lüdenscheidt, Vice-President <x@example.org>")
@example('"Quoted" \\ (comment)')
def test_any_name_that_mails_use_reads_back_for_the_one_recipient(name: str) -> None:
    shown = one_line(name, 80)
    (address,) = received(built(recipient_name=shown))["To"].addresses
    # The library's reader puts a space between two encoded words of a name.
    assert address.display_name.replace(" ", "") == shown.replace(" ", "")
    assert address.addr_spec == FIELDS["recipient_email"]


@given(st.text(max_size=200))
def test_any_subject_that_mails_use_reads_back(subject: str) -> None:
    line = f"[LD-7K3Q-9XWT] {one_line(subject)}".strip()
    assert received(built(subject=line))["Subject"] == line


@given(st.text(max_size=500))
def test_any_body_is_safe_on_the_line(text: str) -> None:
    raw = built(text=text, html=text).content
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))


def test_sent_mail_arrives_as_it_was_built(desk: Desk) -> None:
    message = built(text="one\n.\ntwo\n")
    deliver(desk, message)
    (envelope,) = desk.envelopes
    assert envelope.mail_from == FIELDS["sender"]
    assert envelope.rcpt_tos == [FIELDS["recipient_email"]]
    assert isinstance(envelope.content, bytes)
    arrived = message_from_bytes(envelope.content, policy=SMTP)
    assert isinstance(arrived, EmailMessage)
    assert arrived["Subject"] == FIELDS["subject"]
    body = arrived.get_body(("plain",))
    assert body
    assert body.get_content().splitlines() == ["one", ".", "two"]


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"recipient_answer": "550 no such mailbox"}, PermanentError),
        ({"recipient_answer": "450 greylisted"}, TemporaryError),
        ({"data_answer": "554 refused"}, PermanentError),
        ({"data_answer": "451 later"}, TemporaryError),
        ({"drops_after_data": True}, TemporaryError),
    ],
)
def test_answer_of_the_server_decides_whether_to_try_again(answers: dict[str, Any], error: type[Exception]) -> None:
    with smtp_server(Desk(**answers)) as desk, pytest.raises(error) as caught:
        deliver(desk)
    text = answers.get("recipient_answer") or answers.get("data_answer") or ""
    assert text in str(caught.value)


@pytest.mark.parametrize(
    ("answers", "fault", "code"),
    [
        ({"recipient_answer": "550 no such mailbox"}, Fault.RECIPIENT, 550),
        ({"recipient_answer": "450 greylisted"}, Fault.RECIPIENT, 450),
        ({"recipient_answer": "421 too busy"}, Fault.DROPPED, 421),
        ({"data_answer": "554 refused"}, Fault.CONTENT, 554),
        ({"data_answer": "451 later"}, Fault.CONTENT, 451),
        ({"drops_after_data": True}, Fault.DROPPED, 0),
        ({"sender_answer": "550 who are you"}, Fault.SENDER, 550),
        ({"sender_answer": "530 5.7.0 Must issue a STARTTLS command first"}, Fault.ENCRYPTION, 530),
        ({"sender_answer": "552 too large"}, Fault.CONTENT, 552),
    ],
)
def test_fault_says_of_what_kind_an_answer_is(answers: dict[str, Any], fault: Fault, code: int) -> None:
    with smtp_server(Desk(**answers)) as desk, pytest.raises(DeliveryError) as caught:
        deliver(desk)
    assert (caught.value.fault, caught.value.code) == (fault, code)


@pytest.mark.parametrize("code", [421, 530, 534, 535, 538])
def test_what_is_about_us_is_never_the_recipients_fault(code: int) -> None:
    with smtp_server(Desk(recipient_answer=f"{code} no")) as desk, pytest.raises(TemporaryError):
        deliver(desk)


def fault_at(smtp_url: str, timeout: float = 5) -> Fault:
    with pytest.raises(TemporaryError) as caught:
        send(built(), smtp_url=smtp_url, timeout=timeout)
    assert "secret" not in str(caught.value)
    return caught.value.fault


def test_server_that_is_not_there_is_temporary() -> None:
    assert fault_at(f"smtp://127.0.0.1:{free_port()}") is Fault.REFUSED
    assert fault_at("smtp://nowhere.invalid:25") is Fault.NAME


@pytest.mark.parametrize("scheme", ["smtp", "smtp+starttls", "smtps"])
def test_server_that_never_answers_is_temporary(scheme: str) -> None:
    with silent() as port:
        assert fault_at(f"{scheme}://127.0.0.1:{port}", 0.2) is Fault.TIMEOUT


@pytest.mark.parametrize("scheme", ["smtp://user:secret@", "smtp+starttls://", "smtps://"])
def test_server_without_sign_in_or_encryption_is_temporary(desk: Desk, scheme: str) -> None:
    assert fault_at(f"{scheme}127.0.0.1:{desk.port}") is Fault.ENCRYPTION
    assert desk.envelopes == []


def test_server_that_refuses_the_password_is_temporary() -> None:
    with smtp_server(Desk(), **accounts("right")) as desk:
        assert fault_at(f"smtp://user:secret@127.0.0.1:{desk.port}") is Fault.PASSWORD
        send(built(), smtp_url=f"smtp://user:right@127.0.0.1:{desk.port}", timeout=30)
    assert len(desk.envelopes) == 1


def test_password_with_special_characters_is_percent_encoded() -> None:
    with smtp_server(Desk(), **accounts("p@ss:/#?%word")) as desk:
        send(built(), smtp_url=f"smtp://user:p%40ss%3A%2F%23%3F%25word@127.0.0.1:{desk.port}", timeout=30)
    assert len(desk.envelopes) == 1


@pytest.mark.parametrize(("name", "trusted"), [("localhost", False), ("other.example.org", True)])
def test_certificate_that_is_not_trusted_or_of_another_name_is_temporary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, trusted: bool
) -> None:
    context, file = certified(tmp_path, name)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with smtp_server(Desk(), tls_context=context) as desk:
        assert fault_at(f"smtp+starttls://localhost:{desk.port}") is Fault.CERTIFICATE
    assert desk.envelopes == []


def test_certificate_of_an_own_authority_is_trusted_by_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, file = certified(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with smtp_server(Desk(), tls_context=context, require_starttls=True) as desk:
        send(built(), smtp_url=f"smtp+starttls://localhost:{desk.port}", timeout=30)
        assert fault_at(f"smtp://localhost:{desk.port}") is Fault.ENCRYPTION
    assert len(desk.envelopes) == 1


def certified(folder: Path, name: str) -> tuple[ssl.SSLContext, Path]:
    try:
        return certificate(folder, name)
    except Unavailable as error:
        unavailable(str(error))
        raise


def test_reply_address_comes_back_to_its_enquiry() -> None:
    address = reply_address("office@example.org", "LD-7K3Q-9XWT", "key")
    assert address.startswith("office+ld-7k3q-9xwt.")
    assert check_reply_address(address, ["new", "key"]) == "LD-7K3Q-9XWT"
    assert check_reply_address(f" {address.upper()} ", ["key"]) == "LD-7K3Q-9XWT"


def test_reply_address_that_was_not_signed_by_us_is_none() -> None:
    address = reply_address("office@example.org", "LD-7K3Q-9XWT", "key")
    for forged in (address.replace("7k3q", "7k3r"), address.replace("@", "0@"), "office@example.org", ""):
        assert check_reply_address(forged, ["key"]) is None
    assert check_reply_address(address, ["other"]) is None
    assert check_reply_address(address, []) is None


def test_message_ids_differ() -> None:
    assert len({new_message_id("example.org") for _ in range(100)}) == 100
