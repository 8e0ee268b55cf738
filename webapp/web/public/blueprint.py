"""The public pages' blueprint, each page at its own address in every language that is on."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from webapp.vocabulary import Language

bp = Blueprint("public", __name__)


def route(path: str, **options: Any) -> Callable[[Any], Any]:
    """Serve a view at `path` in the first of the languages, and below a prefix, such as `/zh-hant`, in each other."""

    def register(view: Any) -> Any:
        def add(state: BlueprintSetupState) -> None:
            first, *others = state.app.extensions["settings"].languages
            endpoint = options.get("endpoint", view.__name__)
            rest = {name: value for name, value in options.items() if name != "endpoint"}
            state.add_url_rule(path, endpoint, view, defaults={"language": first.value}, **rest)
            if others:
                state.add_url_rule(f"/<any({_listed(others)}):language>{path}", endpoint, view, **rest)

        bp.record(add)
        return view

    return register


def _listed(languages: list[Language]) -> str:
    return ", ".join(f"'{language.value}'" for language in languages)
