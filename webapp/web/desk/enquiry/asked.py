"""What an action asks beside a text. While no one has filled it in, its fields are the same for everyone."""

from flask import current_app, get_template_attribute
from flask_wtf import FlaskForm
from markupsafe import Markup

from webapp.web import edge


def fields(name: str, form: FlaskForm | None, kind: type[FlaskForm]) -> Markup:
    """Return the fields of a form, or of a new one, which are drawn once for each language.

    `name` is that of what draws them in `desk/enquiry/_asked.html`. Nothing of a new one may hang on the reader, the
    enquiry or the day.
    """
    draw = get_template_attribute("desk/enquiry/_asked.html", name)
    if form is not None:
        return Markup(draw(form))  # noqa: S704 - a template's own text
    kept: dict[object, Markup] = current_app.extensions.setdefault("asked_fields", {})
    key = name, edge.language(), tuple(edge.languages())
    if key not in kept:
        kept[key] = Markup(draw(kind(formdata=None)))  # noqa: S704 - a template's own text
    return kept[key]
