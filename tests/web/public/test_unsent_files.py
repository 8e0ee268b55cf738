"""Files of a form that was not sent: what its sender reads when they are not kept, or no longer."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import RecordingBroker, make_settings
from tests.web.public.conftest import same_browser
from webapp import create_app
from webapp.db import db
from webapp.domain.enquiries import unsent
from webapp.models import Attachment, Enquiry
from webapp.web.limits import limiter

PDF = b"%PDF-1.7\n" + b"x" * 900_000


@pytest.fixture
def limited(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application that counts, with little room."""
    more: dict[str, Any] = {"unsent_megabytes": 50, "attachment_megabytes": 1, "attachment_count": 3}
    app = create_app(make_settings(database_url, data_dir=tmp_path, rate_limits="on", **more), broker=RecordingBroker())
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    limiter.enabled = False
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def bring(app: Flask, data: Any, *names: str) -> Any:
    for name in names:
        data.add("attachments", (io.BytesIO(PDF), name))
    return same_browser(app).post("/enquiries/new", data=data)


def number(app: Flask, what: Any) -> int:
    with app.app_context():
        return db.session().scalar(select(func.count(what))) or 0


@pytest.mark.one_database
def test_files_above_the_bound_are_refused_and_the_words_kept(limited: Flask, answers: Callable[..., Any]) -> None:
    for step in range(5):
        assert bring(limited, answers("question"), f"plan-{step}.pdf").status_code == 303
    response = bring(limited, answers("question", subject="A subject of mine"), "last.pdf")
    assert response.status_code == 429
    assert "“last.pdf” was not kept" in response.text
    assert "A subject of mine" in response.text
    assert "<title>Error: " in response.text
    assert number(limited, Attachment.id) == 5
    assert bring(limited, answers("question")).status_code == 303


@pytest.mark.one_database
def test_nothing_is_sent_without_files_that_are_gone_before_its_sender_has_read_it(
    limited: Flask, answers: Callable[..., Any]
) -> None:
    data, client = answers("question"), same_browser(limited)
    form_id = data["form_id"]
    check = bring(limited, data, "plan.pdf").location
    with limited.app_context():
        unsent.purge(db.session(), now=datetime.now(UTC) + timedelta(hours=25))
        db.session().commit()
    sent = client.post("/enquiries/new", data={"form_id": form_id, "final": "yes"})
    assert (sent.status_code, number(limited, Enquiry.id)) == (422, 0)
    assert client.get(check).location == f"/enquiries/new?draft={form_id}"
    page = client.get(f"/enquiries/new?draft={form_id}").text
    for text in (page, sent.text):
        assert "“plan.pdf” is no longer kept" in text
        assert 'name="gone" value="yes"' in text
        assert "Erika Mustermann" in text
    assert "no longer kept" in client.post("/enquiries/new", data=answers("question", form_id=form_id)).text
    assert client.post("/enquiries/new", data=answers("question", form_id=form_id, gone="yes")).location == check
    assert client.post("/enquiries/new", data={"form_id": form_id, "final": "yes"}).status_code == 303
    assert number(limited, Enquiry.id) == 1
