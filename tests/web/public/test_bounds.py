"""One form fills no disk: what a draft holds is bounded in sum, and what is more is said by its field."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from webapp.db import db
from webapp.models import Draft

HAN = "學"
Answers = Callable[..., MultiDict[str, Any]]
Post = Callable[..., Any]


def held(app: Flask) -> dict[str, list[str]]:
    """What the only draft holds."""
    with app.app_context():
        return db.session().scalars(select(Draft)).one().fields


def length(fields: dict[str, list[str]]) -> int:
    return sum(len(value) for values in fields.values() for value in values)


def flood(data: MultiDict[str, Any]) -> MultiDict[str, Any]:
    for name in ("message", "outcome", "units", "subject", "contact_name"):
        data[name] = HAN * 50_000
    data.setlist("purposes", [HAN * 50_000] * 50)
    return data


def test_form_full_of_long_values_is_kept_within_its_bound(app: Flask, answers: Answers, save: Post) -> None:
    response = save(flood(answers("visit")))
    assert response.status_code == 422
    fields = held(app)
    assert length(fields) <= 300_000
    assert len(fields["message"][0]) == 50_000
    assert max(map(len, fields["purposes"])) <= 200
    assert "What should the visit achieve?: too much was sent; the first 50 choices are kept" in response.text
    assert fields["leader_name"] == ["Prof. Jan Kowalski"]


def test_every_field_at_its_longest_is_still_within_the_bound(app: Flask, answers: Answers, save: Post) -> None:
    data = answers("visit")
    for name in [name for name in data if name not in ("kind", "form_id", "shown")]:
        data.setlist(name, [HAN * 60_000] * 3)
    response = save(data)
    assert response.status_code == 422
    assert length(held(app)) <= 300_000


def test_short_answers_stay_whole_whatever_else_is_too_long(app: Flask, answers: Answers, save: Post) -> None:
    data = answers("visit")
    for name in ("contact_name", "contact_position", "message", "outcome", "senior", "subject", "units"):
        data[name] = HAN * 50_000
    save(data)
    fields = held(app)
    assert length(fields) == 300_000
    for name in ("contact_email", "leader_name", "windows-0-start", "purposes"):
        assert fields[name] == data.getlist(name)


def test_posts_of_one_kind_after_the_other_share_one_bound(app: Flask, answers: Answers, save: Post) -> None:
    form_id = answers("visit")["form_id"]
    for kind, more in (("visit", ("units", "senior", "leader_title")), ("collaboration", ("rationale", "numbers"))):
        data = answers(kind, form_id=form_id, shown=kind)
        for name in ("message", "outcome", "subject", *more):
            data[name] = HAN * 50_000
        response = save(data)
    assert response.status_code == 422
    assert length(held(app)) <= 300_000


def test_long_text_of_one_field_stays_whole(app: Flask, client: FlaskClient, answers: Answers, save: Post) -> None:
    data = answers("visit", message=HAN * 50_000)
    response = save(data)
    assert "are kept here" not in response.text
    assert held(app)["message"] == [HAN * 50_000]
    assert HAN * 50_000 in client.get(f"/enquiries/new?draft={data['form_id']}").text


@pytest.mark.parametrize("step", ["", "begin"])
@pytest.mark.parametrize("field", ["message", "subject", "windows-0-start", "days"])
def test_what_is_cut_is_said_by_its_field_and_stays_in_sight(
    app: Flask, answers: Answers, save: Post, field: str, step: str
) -> None:
    data = answers("visit", step=step)
    data[field] = HAN * 60_000
    response = save(data)
    assert response.status_code == 422
    assert ": of 60,000 characters, only the first 50,000 are kept here." in response.text
    assert f'<a href="#{field}">' in response.text
    assert HAN * 60_000 in response.text
    assert held(app)[field] == [HAN * 50_000]


def test_what_is_cut_of_another_kinds_form_is_said_by_the_kind(answers: Answers, save: Post) -> None:
    response = save(answers("question", rationale=HAN * 60_000, shown="question"))
    assert response.status_code == 422
    assert '<a href="#kind' in response.text
    assert "Why our university?: of 60,000 characters, only the first 50,000 are kept here." in response.text


@pytest.mark.parametrize(
    ("media_type", "name"),
    [("application/x-www-form-urlencoded", "x" * 3), ("multipart/form-data", "x")],
)
def test_field_of_more_than_a_megabyte_is_refused_however_it_is_sent(
    client: FlaskClient, media_type: str, name: str
) -> None:
    data = {"message": name * (1024 * 1024 + 1)}
    assert client.post("/enquiries/new", data=data, content_type=media_type).status_code == 413


def test_longest_text_fits_into_a_plain_form(client: FlaskClient) -> None:
    assert client.post("/enquiries/new", data={"message": HAN * 50_000}).status_code == 422
