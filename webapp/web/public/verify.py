"""The public check of an invitation letter: who holds one types its number and name, and learns whether it is valid."""

from flask import Response, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from webapp.db import db
from webapp.domain.papers import letters
from webapp.web import edge, limits
from webapp.web.fields import line
from webapp.web.public.blueprint import route


class LetterForm(FlaskForm):
    """What is printed on a letter."""

    number = line(
        _l("Letter number"),
        required=_l("Enter the number of the letter."),
        description=_l("Such as IL-4QWK-7P2M, as printed on the letter."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    name = line(
        _l("Name on the letter"),
        required=_l("Enter the name of the person invited."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


@route("/letters/verify")
@edge.public
def verify_letter() -> Response:
    """Ask for number and name; the code on a letter brings its number along."""
    number = letters.read_number(request.args.get("number", ""))
    return _page(LetterForm(formdata=None, data={"number": number}))


@route("/letters/verify", methods=["POST"], endpoint="verify_letter_now")
@edge.public
@limits.by_network(limits.LOST_LINK)
def verify_letter_now() -> Response:
    """Say whether the letter is valid, and nothing else. The name comes by POST, so that no log has it."""
    form = LetterForm()
    if not form.validate():
        return _page(form, status=422)
    standing = letters.standing(db.session(), form.number.data or "", form.name.data or "", today=edge.today())
    return _page(form, standing=standing)


def _page(form: LetterForm, *, status: int = 200, standing: object = None) -> Response:
    page = render_template("public/verify_letter.html", form=form, standing=standing)
    return edge.private(make_response(page, status))
