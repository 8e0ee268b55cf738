"""The public pages' blueprint, each page at its own address in every language."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint

from webapp.vocabulary import Language

bp = Blueprint("public", __name__)
_PREFIX = f"/<any({', '.join(repr(code.value) for code in Language if code is not Language.EN)}):language>"


def route(path: str, **options: Any) -> Callable[[Any], Any]:
    """Serve a view at `path` in English and below `/zh-hant` and `/zh-hans` in Chinese."""

    def register(view: Any) -> Any:
        bp.route(path, defaults={"language": Language.EN.value}, **options)(view)
        bp.route(_PREFIX + path, **options)(view)
        return view

    return register
