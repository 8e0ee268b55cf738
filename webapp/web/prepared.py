"""Fields that are bound once for a class of forms: each form gets copies, as what they are made of never changes."""

from typing import Any

from wtforms import Field, Form
from wtforms.meta import DefaultMeta

# What is prepared belongs to no form, and keeps none of them alive.
_NO_FORMS = DefaultMeta()


class Prepared(DefaultMeta):
    """How a class of forms binds its fields. All of them need labels of their own, which are lazy where they are texts.

    What WTForms makes up as a label would be in the language of the first form. Change no label, flag or description of
    a field: its copies share them.
    """

    def bind_field(self, form: Form, unbound_field: Any, options: dict[str, Any]) -> Field:
        """Return a field of a form."""
        known = unbound_field.__dict__.setdefault("prepared", {})
        key = options["name"], options["prefix"]
        prepared = known.get(key)
        if prepared is None:
            prepared = known[key] = unbound_field.bind(form=None, _meta=_NO_FORMS, **options)
        field: Field = object.__new__(type(prepared))
        field.__dict__.update(prepared.__dict__, _form=form, meta=self)
        return field
