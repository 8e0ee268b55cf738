"""Templates are compiled once for each language, with its texts in them: what never changes is not looked up again."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import flask_babel
from flask import has_app_context
from flask.templating import Environment
from jinja2 import Template, nodes, pass_eval_context
from jinja2.compiler import CodeGenerator
from jinja2.nodes import EvalContext
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from webapp.vocabulary import Language
from webapp.web import edge

# How many things a language may count otherwise; which words it has for them is tried up to here.
_COUNTED = 200
# So many of the texts that are known only when a page is shown are kept, such as the labels of a status.
_KEPT = 4096


class SpokenEnvironment(Environment):
    """Hands out the templates of the language that is spoken; outside an application those that look texts up."""

    language: Language | None = None

    def get_template(self, name: Any, parent: str | None = None, globals: Any = None) -> Template:  # noqa: A002
        """Return a template in the language of the page; what it includes or extends is in the same."""
        speaks = self if self.language or not has_app_context() else self._speaking(edge.language())
        return super(SpokenEnvironment, speaks).get_template(name, parent, globals)

    def _speaking(self, language: Language) -> "SpokenEnvironment":
        known: dict[Language, SpokenEnvironment] = self.__dict__.setdefault("spoken", {})
        if language not in known:
            found = self.overlay()
            found.language = language
            with flask_babel.force_locale(language.writing.locale):
                looks_up = _looking_up(flask_babel.get_translations())
            found.globals = {**self.globals, "_": looks_up, "gettext": looks_up}
            known[language] = found
        return known[language]


def _looking_up(translations: Any) -> Callable[..., str]:
    """Return the gettext of templates of a language: as Jinja's own, with each text that takes nothing in made once."""

    @lru_cache(_KEPT)
    def plain(text: str) -> Markup:
        return Markup(translations.ugettext(text)) % {}  # noqa: S704 - as Jinja does

    @pass_eval_context
    def gettext(context: EvalContext, text: str, /, **values: Any) -> str:
        if context.autoescape and not values:
            return plain(text)
        said = translations.ugettext(text)
        return (Markup(said) if context.autoescape else said) % values  # noqa: S704

    return gettext


class _SpokenCode(CodeGenerator):
    def visit_Template(self, node: nodes.Template, frame: Any = None) -> None:  # noqa: N802 - Jinja's
        if language := getattr(self.environment, "language", None):
            with flask_babel.force_locale(language.writing.locale):
                node = Translation().visit(node)
            node.set_environment(self.environment)
        super().visit_Template(node, frame)


SpokenEnvironment.code_generator_class = _SpokenCode


class Translation(NodeTransformer):
    """Puts translations in the place of calls of gettext, ngettext and pgettext whose texts are known beforehand.

    What they mean stays as Flask-Babel and Jinja have it: a text is markup where markup is written, and formatted.
    """

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - Jinja's
        node = self.generic_visit(node)  # type: ignore[assignment]
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        texts = [each.value for each in node.args if isinstance(each, nodes.Const) and isinstance(each.value, str)]
        if node.dyn_args or node.dyn_kwargs:
            return node
        if name in ("_", "gettext") and len(node.args) == len(texts) == 1:
            return _formatted(_marked(flask_babel.get_translations().ugettext(texts[0])), node.kwargs)
        if name == "ngettext" and len(node.args) == 3 and len(texts) == 2:
            return _counted(node, texts[0], texts[1])
        if name == "pgettext" and len(node.args) == len(texts) == 2:
            context = nodes.Keyword("context", node.args[0])
            return _formatted(_marked(flask_babel.get_translations().upgettext(*texts)), [*node.kwargs, context])
        return node


def _counted(node: nodes.Call, singular: str, plural: str) -> nodes.Node:
    """Choose by the number where the language has two words; where it has more, ask it each time."""
    number, translations = node.args[2], flask_babel.get_translations()
    words = [translations.ungettext(singular, plural, count) for count in range(_COUNTED)]
    if any(each != words[0] for position, each in enumerate(words) if position != 1):
        return node
    chosen: nodes.Expr = _marked(words[0])
    if words[1] != words[0]:
        is_one = nodes.Compare(number, [nodes.Operand("eq", nodes.Const(1))])
        chosen = nodes.CondExpr(is_one, _marked(words[1]), chosen)
    named = {keyword.key for keyword in node.kwargs}
    num = [] if "num" in named else [nodes.Keyword("num", number)]
    return _formatted(chosen, [*node.kwargs, *num])


def _marked(text: str) -> nodes.Expr:
    return nodes.MarkSafeIfAutoescape(nodes.Const(text))


def _formatted(text: nodes.Expr, values: list[nodes.Keyword]) -> nodes.Expr:
    pairs = [nodes.Pair(nodes.Const(each.key), each.value) for each in values]
    return nodes.Mod(text, nodes.Dict(pairs))
