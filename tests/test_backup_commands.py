"""`liaison backup`, `restore` and `outbox hold|release`, as an operator runs them."""

import json
import os
from pathlib import Path

import pytest

from tests.conftest import RecordingBroker, make_settings
from tests.factories import NOW, make_enquiry
from tests.test_cli import NAMES, Installation
from webapp import create_app
from webapp.db import db, transaction
from webapp.domain.messages import delivery

WAITS = "SELECT count(*) FROM messages WHERE next_attempt_at IS NOT NULL"


def an_installation(folder: Path, template: Path | None = None) -> Installation:
    folder.mkdir()
    path = folder / "liaison.db"
    if template is not None:
        path.write_bytes(template.read_bytes())
    settings = make_settings(f"sqlite:///{path}")
    environ = os.environ | {f"LIAISON_{name.upper()}": str(getattr(settings, name)) for name in NAMES}
    return Installation(settings.database_url, folder, environ)


def enquire(found: Installation) -> None:
    """An enquiry with two emails, of which one is being sent."""
    settings = make_settings(found.url)
    with create_app(settings, broker=RecordingBroker()).app_context():
        with transaction() as session:
            make_enquiry(session, settings)
        with transaction() as session:
            assert delivery.claim_due(session, now=NOW, settings=settings, limit=1)
        db.session.remove()
        db.engine.dispose()


def test_a_copy_is_made_restored_and_released_by_commands_alone(tmp_path: Path, sqlite_template: Path) -> None:
    one = an_installation(tmp_path / "one", sqlite_template)
    enquire(one)
    file = str(tmp_path / "backup.zip")
    assert "read back and right" in one.run("backup", file).stdout
    assert "exists already" in one.run("backup", file, code=1).stderr
    (tmp_path / "damaged.zip").write_bytes(Path(file).read_bytes()[:-500])

    # On a machine that has nothing yet: no table, another secret key.
    copy = an_installation(tmp_path / "copy")
    other_key = Installation(copy.url, copy.folder, {**copy.environ, "LIAISON_SECRET_KEY": "another-key"})
    assert "nothing was changed" in other_key.run("restore", str(tmp_path / "damaged.zip"), code=1).stderr
    done = other_key.run("restore", file)
    assert "Emails are held: 1 wait, 1 may have been sent" in done.stdout
    assert "LIAISON_SECRET_KEY is not the one of the backup" in done.stderr
    assert "--replace puts the backup" in copy.run("restore", file, code=2).stderr
    done = copy.run("restore", file, "--replace", "--yes")
    assert "LIAISON_SECRET_KEY" not in done.stderr
    assert copy.run("audit", "verify").stdout.startswith("3 lines hold")
    assert [row[0] for row in copy.rows("SELECT subject FROM audit_entries WHERE kind = 'command_run'")] == ["restore"]

    shown = json.loads(copy.run("check", code=1).stdout)
    assert (shown["outbox"], shown["delivering"]) == ("held", False)
    assert "Emails are held" in copy.run("check", code=1).stderr
    asked = copy.run("outbox", "release", "--yes", code=2)
    assert "1 would go, to 1 addresses" in asked.stdout
    assert "1 were being sent" in asked.stdout
    assert "--waiting leave" in asked.stderr
    assert "Add --yes" in copy.run("outbox", "release", "--waiting", "send", code=2).stderr
    assert copy.rows(WAITS) == [(1,)]
    assert (
        "2 emails leave now" in copy.run("outbox", "release", "--waiting", "send", "--doubtful", "send", "--yes").stdout
    )
    assert copy.rows(WAITS) == [(2,)]
    assert "No one holds emails" in copy.run("outbox", "release", "--yes").stdout
    assert "held: no email leaves" in copy.run("outbox", "hold", "--reason", "We rehearse").stdout
    assert copy.rows("SELECT reason FROM mail_holds") == [("We rehearse",)]
    lines = copy.rows("SELECT kind FROM audit_entries WHERE kind LIKE 'emails%' ORDER BY number")
    assert [line[0] for line in lines] == ["emails_held", "emails_released", "emails_held"]


def test_without_a_database_each_says_so_in_one_line(tmp_path: Path, sqlite_template: Path) -> None:
    found = an_installation(tmp_path / "one", sqlite_template)
    file = str(tmp_path / "backup.zip")
    found.run("backup", file)
    away = {**found.environ, "LIAISON_DATABASE_URL": f"sqlite:///{tmp_path}/no/such/folder.db"}
    nowhere = Installation("", found.folder, away)
    assert "No backup was made: " in nowhere.run("backup", str(tmp_path / "other.zip"), code=1).stderr
    assert "Nothing was restored, and nothing was changed: " in nowhere.run("restore", file, code=1).stderr
    found.environ["LIAISON_DATABASE_URL"] = f"sqlite:///{tmp_path}/empty.db"
    assert "`liaison db upgrade`" in found.run("backup", str(tmp_path / "other.zip"), code=1).stderr
    assert not (tmp_path / "other.zip").exists()


@pytest.mark.parametrize(("mail", "said"), [("hold", "LIAISON_MAIL=hold"), ("rehearse:me@example.org", "rehearsal")])
def test_check_says_where_emails_go_and_no_test_escapes_a_hold(
    tmp_path: Path, sqlite_template: Path, mail: str, said: str
) -> None:
    found = an_installation(tmp_path / "one", sqlite_template)
    found.environ["LIAISON_MAIL"] = mail
    done = found.run("check", "--send-to", "operator@example.org", code=1)
    assert said in done.stderr
    # Nothing listens here: a test that is not held back says that it could not be sent.
    assert ("not sent, as emails are held" in done.stdout) == (mail == "hold")
    found.environ["LIAISON_MAIL"] = "rehearse:no address"
    assert "LIAISON_MAIL: must be send, hold, or rehearse:name@example.org" in found.run("check", code=1).stderr
