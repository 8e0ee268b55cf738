"""The directory for programs: JSON, RSS, and what search engines ask for."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from email.utils import format_datetime
from typing import Any

from flask import Response, jsonify, make_response, render_template, request

from webapp.domain.directory.listing import Entry, Word
from webapp.vocabulary import TermKind
from webapp.web import edge, page_store, shown
from webapp.web.public.blueprint import bp, route

_AS_THEY_ARE = (
    "slug", "group", "acronym", "name", "founded", "founded_by", "administered_by", "supported_by", "size", "regions",
    "scope", "summary", "description", "activities", "role", "role_note", "website", "similar", "source_url",
)  # fmt: skip
_INDEXED = ("public.home", "public.enquiry_new", "public.privacy", "public.accessibility")


@bp.get("/directory.json")
@edge.public
@page_store.same_for_all()
def directory_json() -> Response:
    """Return all networks with their facts in every language; figures only as they may be worded."""
    directory, settings = shown.directory(), edge.settings()
    terms = directory.terms
    return _cacheable(
        jsonify(
            institution=_spoken(settings.names("institution")),
            note="Figures are as stated by the institution on its page `source_url`, seen on `as_of`.",
            groups=_terms(terms[TermKind.GROUP]),
            scopes=_terms(terms[TermKind.SCOPE]),
            regions=_terms(terms[TermKind.REGION]),
            networks=[_network(network) for network in directory.active],
        )
    )


@route("/directory.rss")
@edge.public
@page_store.same_for_all()
def directory_rss() -> Response:
    """Return the networks as a feed in the language of its address."""
    networks = shown.directory().active
    return _xml(
        "application/rss+xml",
        "public/directory.rss.xml",
        networks=[
            (network, edge.absolute("public.network", slug=network.slug), _moment(network)) for network in networks
        ],
        home=edge.absolute("public.home"),
        address=edge.absolute("public.directory_rss"),
        newest=_moment(max(networks, key=lambda network: network.as_of)) if networks else None,
    )


@bp.get("/sitemap.xml")
@edge.public
@page_store.same_for_all()
def sitemap() -> Response:
    """Return every page that may be found by searching, in every language, with its translations."""
    pages: list[tuple[str, dict[str, str]]] = [(endpoint, {}) for endpoint in _INDEXED]
    pages += [("public.network", {"slug": network.slug}) for network in shown.directory().active]
    return _xml(
        "application/xml",
        "public/sitemap.xml",
        pages=[
            {code.writing.html: edge.absolute(endpoint, language=code, **values) for code in edge.languages()}
            for endpoint, values in pages
        ],
    )


@bp.get("/robots.txt")
@edge.public
def robots() -> Response:
    """Return what is not worth a crawler's time; pages behind secret links refuse to be indexed by themselves."""
    lines = [
        "User-agent: *",
        "Disallow: /desk",
        "Disallow: /mailbox",
        "",
        f"Sitemap: {edge.absolute('public.sitemap')}",
    ]
    return _cacheable(Response("\n".join(lines) + "\n", mimetype="text/plain"))


def _network(network: Entry) -> dict[str, Any]:
    facts = {name: _spoken(getattr(network, name)) for name in _AS_THEY_ARE}
    addresses = {code: edge.absolute("public.network", slug=network.slug, language=code) for code in edge.languages()}
    return facts | {
        "url": addresses,
        "former_names": [former["name"] for former in network.former_names],
        "countries": _spoken(network.countries.get("label")),
        "as_of": network.as_of.isoformat(),
        "verified_on": network.verified_on.isoformat() if network.verified_on else None,
        "according_to": {fact: address for fact, address in network.evidence.items() if address},
    }


def _spoken(value: Any) -> Any:
    """Return texts by language in the languages that are on; whatever else it is stays."""
    if isinstance(value, tuple):
        return [_spoken(each) for each in value]
    if not isinstance(value, Mapping):
        return value
    return {code: text for code, text in value.items() if code in edge.languages()}


def _terms(terms: Sequence[Word]) -> list[dict[str, Any]]:
    return [{"tag": term.tag, "label": _spoken(term.label)} for term in terms]


def _moment(network: Entry) -> str:
    return format_datetime(datetime.combine(network.as_of, time(), UTC), usegmt=True)


def _xml(media_type: str, template: str, **context: Any) -> Response:
    response = make_response(render_template(template, **context))
    response.mimetype = media_type
    return _cacheable(response)


def _cacheable(response: Response) -> Response:
    """Let anyone keep an answer for some minutes, and then ask whether it is still the same."""
    page_store.keep()
    response.cache_control.public = True
    response.cache_control.max_age = 300
    response.add_etag()
    response.make_conditional(request)
    return response
