"""The directory's pages: all networks with search and filters, and each network by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

from flask import Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels
from webapp.db import db
from webapp.domain.directory import networks as directory_networks
from webapp.domain.directory import search as directory_search
from webapp.domain.directory.listing import Directory, Entry, Word
from webapp.domain.directory.search import DirectorySearch
from webapp.domain.errors import NotFound
from webapp.domain.routing import answerer as routing_answerer
from webapp.i18n import N_, localised
from webapp.vocabulary import DirectoryOrder, Kind, Language, TermKind
from webapp.web import edge, fields, page_store, shown
from webapp.web.public import schema, timeline
from webapp.web.public.blueprint import bp, route
from webapp.web.unknown import Unknown, unknown

Terms = Mapping[TermKind, Sequence[Word]]

# The first words of the page, where there are so few networks that one says the number in a word.
_NUMBERS = (
    *(N_("One"), N_("Two"), N_("Three"), N_("Four"), N_("Five"), N_("Six"), N_("Seven"), N_("Eight"), N_("Nine")),
    *(N_("Ten"), N_("Eleven"), N_("Twelve"), N_("Thirteen"), N_("Fourteen"), N_("Fifteen"), N_("Sixteen")),
    *(N_("Seventeen"), N_("Eighteen"), N_("Nineteen"), N_("Twenty")),
)  # fmt: skip


@dataclass(frozen=True)
class Filter:
    """One select of the directory, with how many networks each choice would leave."""

    name: str
    label: str
    options: list[tuple[str, str]]
    value: str


@dataclass(frozen=True)
class View:
    """How the list is shown: in which order, if not the university's, and whether with all its texts."""

    order: DirectoryOrder | None = None
    full: bool = False


@dataclass(frozen=True)
class NetworkSection:
    """The networks of one group that are shown."""

    tag: str
    heading: str
    networks: list[Entry]


@route("/")
@edge.public
@page_store.same_for_all(*TermKind, "order", "texts")
def home() -> str:
    """Show all networks, or those that the address asks for, beside the first questions of an enquiry."""
    networks, terms = shown.directory().active, shown.directory().terms
    search, view = _search(), _view()
    if _is_common(search, view, terms):
        page_store.keep()
    holding = directory_search.holding(networks, search.text, terms)
    found = directory_search.matching(holding, search)
    return render_template(
        "public/home.html",
        total=len(networks),
        total_in_words=_in_words(len(networks)),
        shown=len(found),
        search=search,
        filters=[_filter(kind, terms[kind], holding, search) for kind in TermKind],
        active=_active(search, view, terms),
        unknown=_not_known(search, view, terms),
        view=view,
        orders=_orders(search, view),
        other_texts=_address(search, replace(view, full=not view.full)),
        sections=_sections(found, terms, view.order),
        timeline=None if search or view.order else timeline.timeline(networks, edge.today().year),
        all_sections=_sections(networks, terms),
        scopes=_labels(terms[TermKind.SCOPE]),
        kinds=[(kind, gettext(labels.KIND[kind])) for kind in Kind],
        as_of=max((network.as_of for network in networks), default=None),
        promise_days=edge.settings().longest_promise,
        schema=schema.network_list(found),
    )


@route("/networks/<slug>")
@edge.public
@page_store.same_for_all()
def network(slug: str) -> AnyResponse | str:
    """Show every fact about a network, who answers for it, and the ways to enquire through it."""
    directory, session = shown.directory(), db.session()
    found = directory.by_slug.get(slug)
    if found is None or not found.active:
        return _unknown(slug, directory)
    page_store.keep()
    answerer = routing_answerer.answerer(
        directory_networks.with_who_answers(session, found.id),
        routing_answerer.absences(session, day=edge.today()),
        settings=edge.settings(),
    )
    return render_template(
        "public/network.html",
        network=found,
        similar=directory.similar(found),
        scopes=_labels(directory.terms[TermKind.SCOPE]),
        regions=_labels(directory.terms[TermKind.REGION]),
        evidence=found.evidence,
        answerer=answerer,
        answered_by=routing_answerer.public_name(answerer.name),
        answers_in=_answers_in(found.languages),
        promises=_promises(),
        schema=schema.network_page(found),
    )


def _promises() -> list[tuple[str, int]]:
    """Return the promise of each kind in working days: (kind, days); one, without a kind, where all are alike."""
    settings = edge.settings()
    promised = [(gettext(labels.KIND[kind]), settings.promised(kind)) for kind in Kind]
    alike = len({days for _kind, days in promised}) == 1
    return [("", settings.longest_promise)] if alike else promised


@bp.app_template_filter("host")
def host(url: str) -> str:
    """Name a site by its host, as people do: `usrnetwork.org`."""
    return (urlsplit(url).hostname or url).removeprefix("www.")


def _search() -> DirectorySearch:
    """Return what the address asks for; a choice that the directory does not know is kept, and fits no network."""
    asked = {kind.value: fields.tidy_line(request.args.get(kind.value))[:100] for kind in TermKind}
    return DirectorySearch(text=" ".join(request.args.get("q", "").split())[:200], **asked)


def _view() -> View:
    """Return how the address wants the list; what is no order is the university's."""
    order = request.args.get("order", "")
    return View(DirectoryOrder(order) if order in set(DirectoryOrder) else None, request.args.get("texts") == "full")


def _is_common(search: DirectorySearch, view: View, terms: Terms) -> bool:
    """Return whether many ask for this page: whole, in any order, or with one filter that the directory knows."""
    asked = [(kind, str(getattr(search, kind.value))) for kind in TermKind if getattr(search, kind.value)]
    known = all(value in {term.tag for term in terms[kind]} for kind, value in asked)
    return not search.text and len(asked) <= 1 and known and not (asked and (view.order or view.full))


def _not_known(search: DirectorySearch, view: View, terms: Terms) -> list[Unknown]:
    """Return what is said of each choice that the directory does not know."""
    asked = {kind: str(getattr(search, kind.value)) for kind in TermKind}
    return [
        unknown(gettext(labels.TERM_KIND[kind]), value, _address(replace(search, **{kind.value: ""}), view))
        for kind, value in asked.items()
        if value and value not in {term.tag for term in terms[kind]}
    ]


def _address(search: DirectorySearch, view: View) -> str:
    asked: dict[str, Any] = {"q": search.text, "scope": search.scope, "region": search.region, "group": search.group}
    asked |= {"order": view.order and view.order.value, "texts": "full" if view.full else ""}
    return url_for("public.home", _anchor="networks", **{name: value for name, value in asked.items() if value})


def _filter(kind: TermKind, terms: Sequence[Word], networks: Sequence[Entry], search: DirectorySearch) -> Filter:
    chosen = str(getattr(search, kind.value))
    options = [("", gettext("Both") if kind is TermKind.GROUP else gettext("Any"))]
    for term in terms:
        count = len(directory_search.matching(networks, replace(search, **{kind.value: term.tag})))
        if count or term.tag == chosen:
            options.append((term.tag, f"{_term(term)} ({count})"))
    if chosen not in dict(options):
        options.append((chosen, chosen))
    return Filter(kind.value, gettext(labels.TERM_KIND[kind]), options, chosen)


def _orders(search: DirectorySearch, view: View) -> list[tuple[str, str]]:
    """Return the orders to choose from as (label, address); the one that is shown has no address."""
    choices = [
        (gettext("as listed"), None),
        *((gettext(label), order) for order, label in labels.DIRECTORY_ORDER.items()),
    ]
    return [
        (label, "" if order is view.order else _address(search, replace(view, order=order))) for label, order in choices
    ]


def _active(search: DirectorySearch, view: View, terms: Terms) -> list[tuple[str, str, str]]:
    """Return what narrows the list down, as (label, choice, address without it)."""
    active = []
    if search.text:
        active.append((gettext("Search"), search.text, _address(replace(search, text=""), view)))
    for kind in TermKind:
        for term in terms[kind]:
            if term.tag == getattr(search, kind.value):
                without = _address(replace(search, **{kind.value: ""}), view)
                active.append((gettext(labels.TERM_KIND[kind]), _term(term), without))
    return active


def _term(term: Word) -> str:
    """Return a term as a choice; groups have a short word beside their heading."""
    short = labels.GROUP.get(term.tag) if term.kind is TermKind.GROUP else None
    return gettext(short) if short else localised(term.label, edge.language())


def _labels(terms: Sequence[Word]) -> dict[str, str]:
    return {term.tag: localised(term.label, edge.language()) for term in terms}


def _sections(networks: Sequence[Entry], terms: Terms, order: DirectoryOrder | None = None) -> list[NetworkSection]:
    if order and networks:
        heading = gettext(labels.DIRECTORY_HEADING[order])
        return [NetworkSection("all", heading, directory_search.ordered(networks, order, edge.language()))]
    known = _labels(terms[TermKind.GROUP])
    # A group that no one has worded yet is called by its short word.
    headings = {**known, **{group: gettext(words) for group, words in labels.GROUP.items() if group not in known}}
    sections = [
        NetworkSection(tag, heading, [n for n in networks if n.group == tag]) for tag, heading in headings.items()
    ]
    return [section for section in sections if section.networks]


def _in_words(count: int) -> str:
    return gettext(_NUMBERS[count - 1]) if 1 <= count <= len(_NUMBERS) else str(count)


def _unknown(slug: str, directory: Directory) -> AnyResponse:
    """Lead on from an address that is nearly right or hidden; leave any other to the page for what does not exist."""
    by_slug = {network.slug: network for network in directory.active}
    hidden = directory.by_slug.get(slug)
    instead = directory.similar(hidden) if hidden else []
    if slug.lower() in by_slug:
        return redirect(url_for("public.network", slug=slug.lower()), 301)
    near = instead or [by_slug[name] for name in get_close_matches(slug.lower(), by_slug, n=3, cutoff=0.5)]
    if not near or request.accept_mimetypes.best == "application/json":
        raise NotFound("network")
    response: Response = make_response(render_template("public/unknown_network.html", near=near), 404)
    return edge.private(response)


def _answers_in(languages: Sequence[str]) -> str:
    """Return the languages in which a network's people answer, of those that are on; nothing where that is one."""
    known = [Language(code) for code in languages if code in edge.languages()]
    return gettext(", ").join(each.writing.name for each in known) if len(edge.languages()) > 1 else ""
