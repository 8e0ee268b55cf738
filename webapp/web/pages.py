"""What every template finds: the institution's names, the language and its filters, labels, who is signed in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, g, request, url_for
from flask_babel import gettext, pgettext

from webapp import i18n, labels, logo
from webapp.config import Settings
from webapp.vocabulary import Kind, Language, TermKind
from webapp.web import addresses, assets, edge, former

# What the head and foot of pages lead to, with all that their addresses may say.
_EVERYWHERE: dict[str, frozenset[str]] = {
    **dict.fromkeys(("public.home", "public.enquiry_new", "public.privacy", "public.accessibility"), frozenset()),
    **dict.fromkeys(("public.directory_json", "tracking.lost", "auth.sign_in"), frozenset()),
    **dict.fromkeys(("brand.icon", "brand.stylesheet"), frozenset({"colour"})),
    "static": frozenset({"filename"}),
}
_MOST_ADDRESSES = 500
# What makes another page of a public address, for those who keep it: a search, and what an enquiry is about.
_LASTING = frozenset({"q", "kind", "network", *TermKind})
_LONGEST_WORD = 200
# Pages without a language in their path that a page of another language leads to.
_SPEAKING = frozenset(
    {
        *("tracking.lost", "tracking.send_again", "auth.sign_in", "forgotten.forgotten", "forgotten.ask"),
        *("tracking.own_data", "tracking.ask_own_data", "tracking.download_own_data", "tracking.ask_for_erasure"),
    }
)
# Those of them that answer a post at the same address, and lose no words by opening it anew.
_POSTED = frozenset({"tracking.send_again", "auth.sign_in", "forgotten.ask", "tracking.ask_own_data"})


def site() -> dict[str, str]:
    """Return the institution's names, addresses and colour, in the page's language; change nothing of it."""
    settings, language = edge.settings(), edge.language()
    kept: dict[Language, tuple[Settings, dict[str, str]]] = current_app.extensions.setdefault("site", {})
    found = kept.get(language)
    if found is None or found[0] is not settings:
        found = kept[language] = settings, _site(settings, language)
    return found[1]


def _site(settings: Settings, language: Language) -> dict[str, str]:
    return {
        "institution_name": settings.named("institution", language),
        "institution_short": settings.named("institution_short", language),
        "office_address": settings.named("institution_address", language),
        "colour": settings.brand.removeprefix("#").lower(),
        "logo": settings.logo_name or (logo.of_file(settings.logo)[0] if settings.logo else ""),
        "service_name": gettext("International networks and visits"),
        "office_name": gettext("International office"),
        "office_email": settings.office_email,
        "public_url": settings.public_url,
        "rehearsal": settings.rehearsal,
        "city": i18n.city(settings.zone, language),
    }


def enquiry_word(kind: Kind) -> str:
    """Return what its partner calls an enquiry of a kind within a sentence, in the page's language."""
    return labels.enquiry_word(kind, pgettext)


def opens_at(endpoint: str, **values: str) -> None:
    """Say where the answer to a post can be opened too, with all that was typed: its other languages are there."""
    g.opens_at = (endpoint, values)


@dataclass(frozen=True)
class _LanguageLink:
    """This page in one of the languages; its addresses are made where a template wants them."""

    code: Language

    @property
    def html_lang(self) -> str:
        return self.code.writing.html

    @property
    def label(self) -> str:
        return self.code.writing.name

    @property
    def url(self) -> str:
        return _address(self.code)

    @property
    def absolute_url(self) -> str:
        return edge.environment().public_url + _address(self.code, _LASTING)

    @property
    def current(self) -> bool:
        return self.code is edge.language()


def _language_links() -> list[_LanguageLink]:
    """Return this page's address in each language that is on: by prefix in public, by `?language=` elsewhere.

    A page that is none has that of the first page; an answer to a post none but where nothing is lost by it.
    """
    is_read = request.method in {"GET", "HEAD"} or request.endpoint in _POSTED or "opens_at" in g
    return [_LanguageLink(code) for code in edge.languages()] if is_read else []


def _url_for(endpoint: str, **values: Any) -> str:
    """Return what Flask's `url_for` returns: that of what every page has is remembered for each language."""
    if endpoint in _EVERYWHERE and not (values.keys() - _EVERYWHERE[endpoint]):
        if endpoint == "static":
            values["filename"] = assets.named(values["filename"])
        kept: dict[Any, str] = current_app.extensions["addresses"]
        key = (endpoint, edge.language(), request.script_root, *values.items())
        found = kept.get(key)
        if found is None:
            if len(kept) >= _MOST_ADDRESSES:
                kept.clear()  # others may be looking for theirs just now
            found = kept[key] = url_for(endpoint, **values)
        return found
    return url_for(endpoint, **values)


def _address(code: Language, names: Collection[str] | None = None) -> str:
    """Return this page's address in a language; with `names`, no other words of its query and none that is long."""
    if request.endpoint is None:
        return url_for("public.home", language=code)
    if "opens_at" in g:
        endpoint, values = g.opens_at
        return url_for(endpoint, **{**values, "language": code})
    query = [(key, value) for key, value in request.args.items(multi=True) if key != "language"]
    if names is not None:
        query = [(key, value) for key, value in query if key in names and value and len(value) <= _LONGEST_WORD]
    endpoint = request.endpoint
    if current_app.url_map.is_endpoint_expecting(endpoint, "language"):
        path = url_for(endpoint, **{**(request.view_args or {}), "language": code})
    else:
        path, query = request.path, [*query, ("language", code.value)]
    return f"{path}?{urlencode(query)}" if query else path


def init_pages(app: Flask) -> None:
    """Give templates their context and filters, and public addresses their language."""
    app.before_request(edge.without_prefix)
    app.extensions["addresses"] = {}
    app.jinja_env.globals.update(url_for=_url_for, addresses=addresses)

    @app.context_processor
    def context() -> dict[str, Any]:
        language = edge.language()
        return {
            "site": site(),
            "language": language,
            "languages_on": edge.languages(),
            "language_options": edge.language_options(),
            "html_lang": i18n.HTML_LANG[language],
            "language_links": _language_links(),
            "current_user": edge.current_person() if g.get("shows_person") else None,
            "labels": labels,
            "enquiry_word": enquiry_word,
            "today": edge.today(),
        }

    @app.url_defaults
    def add_language(endpoint: str, values: dict[str, Any]) -> None:
        if "language" in values:
            return
        if app.url_map.is_endpoint_expecting(endpoint, "language"):
            values["language"] = edge.language()
        elif endpoint in _SPEAKING and edge.language() is not edge.environment().language:
            values["language"] = edge.language().value

    @app.url_value_preprocessor
    def take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        edge.choose_language(values.pop("language", None) if values else None)

    _add_filters(app)


def _add_filters(app: Flask) -> None:
    def zone() -> Any:
        return edge.environment().zone

    def local_date(value: date | datetime) -> date:
        return value.astimezone(zone()).date() if isinstance(value, datetime) else value

    def date_short(value: date | datetime) -> str:
        day = local_date(value)
        return i18n.date_short(day, edge.language(), year=day.year != edge.today().year)

    filters = {
        "date_long": lambda value: i18n.date_long(local_date(value), edge.language()),
        "date_short": date_short,
        "date_range": lambda first, last: i18n.date_range(first, last, edge.language()),
        "datetime_short": lambda value: i18n.datetime_short(value, edge.language(), zone()),
        "datetime_long": lambda value: i18n.datetime_long(value, edge.language(), zone()),
        "day_name": lambda value: i18n.day_name(local_date(value), edge.language()),
        "day_number": lambda value: local_date(value).day,
        "month_year": lambda value: i18n.month_year(local_date(value), edge.language()),
        "colleague": former.colleague,
        "localised": lambda texts: i18n.localised(texts, edge.language()),
        "text_lang": lambda texts: i18n.HTML_LANG[i18n.text_language(texts, edge.language())],
    }
    app.jinja_env.filters.update(filters)
