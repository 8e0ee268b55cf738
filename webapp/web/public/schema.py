"""What search engines read of the directory's pages, in the words of schema.org."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext

from webapp.domain.directory.listing import Entry
from webapp.i18n import HTML_LANG, localised
from webapp.web import edge, pages

Thing = dict[str, Any]


def network_list(networks: Sequence[Entry]) -> Thing:
    """Describe the first page: whose it is, and the networks in their order."""
    return {
        "@context": "https://schema.org",
        "@type": "CollectionPage",
        "url": edge.absolute("public.home"),
        "name": pages.site()["service_name"],
        "inLanguage": HTML_LANG[edge.language()],
        "publisher": _university(),
        "mainEntity": {
            "@type": "ItemList",
            "numberOfItems": len(networks),
            "itemListElement": [
                {
                    "@type": "ListItem",
                    "position": position,
                    "name": localised(network.name, edge.language()),
                    "url": edge.absolute("public.network", slug=network.slug),
                }
                for position, network in enumerate(networks, start=1)
            ],
        },
    }


def network_page(network: Entry) -> Thing:
    """Describe a network and the address of its page."""
    return {"@context": "https://schema.org", "@graph": [_organisation(network), _crumbs(network)]}


def _organisation(network: Entry) -> Thing:
    names = [network.acronym, *network.name.values(), *(former["name"] for former in network.former_names)]
    name = localised(network.name, edge.language())
    organisation: Thing = {
        "@type": "Organization",
        "name": name,
        "alternateName": [other for other in dict.fromkeys(names) if other and other != name],
        "description": localised(network.summary, edge.language()),
        "mainEntityOfPage": edge.absolute("public.network", slug=network.slug),
        "member": _university(),
    }
    if network.website:
        organisation["url"] = network.website
    if network.founded:
        organisation["foundingDate"] = str(network.founded)
    return organisation


def _university() -> Thing:
    return {"@type": "CollegeOrUniversity", "name": pages.site()["institution_name"]}


def _crumbs(network: Entry) -> Thing:
    steps = [
        (gettext("Networks"), edge.absolute("public.home")),
        (
            network.acronym or localised(network.name, edge.language()),
            edge.absolute("public.network", slug=network.slug),
        ),
    ]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": address}
            for position, (name, address) in enumerate(steps, start=1)
        ],
    }
