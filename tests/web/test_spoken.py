"""Templates compiled with the texts of their language say the same as with each text looked up when it is shown."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from jinja2 import nodes
from sqlalchemy.orm import Session

from tests.factories import LANGUAGES, acting, make_enquiry, make_person
from webapp.config import Settings
from webapp.domain.directory import importing
from webapp.domain.directory.source import load
from webapp.paths import DATA
from webapp.vocabulary import Language, Role
from webapp.web import spoken

Write = Callable[[Callable[[Session], Any]], Any]
PUBLIC = ("/?q=a", "/?q=nothing", "/networks/anso", "/enquiries/new?kind=visit&x", "/privacy?x", "/track", "/nowhere")
DESK = ("/desk/", "/desk/board", "/desk/my-day", "/desk/networks/anso", "/desk/settings", "/desk/people", "/desk/leave")
WORDS = """{{ _('Networks') }}|{{ _('%(year)s, by %(founder)s', year=1900, founder=who) }}|{{ _(said) }}
|{{ pgettext('time', 'Received') }}
{%- for i in [who] %}|{{ _('%(year)s, by %(founder)s', year=i, founder=said) }}{{ _(said) }}{% endfor %}
{%- for n in counts %}|{{ ngettext('%(num)s network', '%(num)s networks', n) }}{% endfor -%}
|{{ ngettext('We reply within %(num)s working day.', 'We reply within %(num)s working days.', counts|length, num=who) }}
|{{ _('Networks') ~ who }}|{{ '<b>' ~ _('Networks') }}
|{% set x = _('Networks') %}{{ x|upper }}|{{ [_('50%% & more')]|join }}"""


def pages(app: Flask, client: FlaskClient, reference: str) -> dict[str, str]:
    visitor = app.test_client()
    found = {f"/zh-hant{path}": visitor.get(f"/zh-hant{path}", follow_redirects=True).text for path in PUBLIC}
    found |= {path: visitor.get(path).text for path in PUBLIC}
    for path in (*DESK, f"/desk/enquiries/{reference}"):
        for language in LANGUAGES:
            found[f"{path} {language}"] = client.get(f"{path}?language={language.value}").text
    return found


def comparable(page: str) -> str:
    """A page without what differs each time."""
    return "\n".join(line for line in page.split("\n") if "csrf_token" not in line and "form_id" not in line)


@pytest.mark.one_database
def test_pages_are_the_same_as_with_every_text_looked_up(
    app: Flask, client: FlaskClient, write: Write, settings: Settings, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(lambda session: importing.import_networks(session, load(DATA / "networks.yaml"), by=acting()))
    reference = write(lambda session: make_enquiry(session, settings).reference)
    sign_in(client, write(lambda session: make_person(session, role=Role.ADMINISTRATOR)))
    put_in = pages(app, client, reference)
    monkeypatch.setattr(spoken.SpokenEnvironment, "_speaking", lambda self, _language: self)
    looked_up = pages(app, client, reference)
    assert put_in.keys() == looked_up.keys()
    for path, page in put_in.items():
        assert len(page) > 1000, path
        assert comparable(page) == comparable(looked_up[path]), path


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["markup.html", "plain.txt"])
def test_texts_are_formatted_and_escaped_as_ever(app: Flask, language: Language, name: str) -> None:
    base = app.jinja_env
    given: dict[str, Any] = {"who": "A & B <i>", "said": "Networks", "counts": [0, 1, 2, 21]}
    with app.test_request_context(), force_locale(language.writing.locale):
        speaking = base._speaking(language)  # type: ignore[attr-defined]
        texts = []
        for environment in (base, speaking):
            code = environment.compile(WORDS, name, name)
            texts.append(
                environment.template_class.from_code(environment, code, dict(environment.globals)).render(given)
            )
    assert texts[0] == texts[1]
    assert ("A &amp; B" in texts[1]) == (name == "markup.html")
    assert ("網絡" in texts[1]) == (language is Language.ZH_HANT)


def test_no_template_looks_up_a_text_that_it_names(app: Flask) -> None:
    looked_up = []
    with app.test_request_context(), force_locale("zh_Hant_HK"):
        for name in app.jinja_env.list_templates(extensions=["html", "xml"]):
            if name.startswith("mail/"):
                continue
            source = app.jinja_env.loader.get_source(app.jinja_env, name)[0]
            tree = spoken.Translation().visit(app.jinja_env.parse(source))
            for call in tree.find_all(nodes.Call):
                named = isinstance(call.node, nodes.Name) and call.node.name in ("_", "gettext", "ngettext", "pgettext")
                if named and isinstance(call.args[0], nodes.Const):
                    looked_up.append((name, call.args[0].value))
    assert looked_up == []
