"""The papers of a visit: one function each, from values to bytes."""

from collections.abc import Callable
from typing import Any

from webapp.documents import places, sheets
from webapp.documents.typesetting import check, pdf
from webapp.documents.values import Issuer, Visit
from webapp.documents.words import Words
from webapp.labels import PAPER
from webapp.vocabulary import Paper

PAPERS: dict[Paper, Callable[[Visit, Issuer], dict[str, Any]]] = {
    Paper.PROGRAMME: sheets.programme,
    Paper.DOSSIER: sheets.dossier,
    Paper.NAME_CARDS: places.cards,
    Paper.TABLE_SIGNS: places.cards,
    Paper.SEATING: places.seating_plan,
    Paper.SECURITY: sheets.security,
    Paper.ATTENDANCE: sheets.attendance,
}

# What delegates eat and need is on these alone.
SHOW_CARE = (Paper.DOSSIER,)
# What hosts may have, who read no more of an enquiry than they need to receive.
FOR_HOSTS = (Paper.PROGRAMME, Paper.NAME_CARDS, Paper.ATTENDANCE)


def make(paper: Paper, visit: Visit, issuer: Issuer, *, version: int = 1) -> bytes:
    """Return a paper of a visit as PDF, which says its version; the same values give the same bytes.

    Raises NotPrintable, with each field, where a text has characters that no font has.
    """
    check(visit, issuer)
    words = Words(visit.languages)
    title = words.own(f"{words.label(PAPER[paper])[0]['text']} – {words.one(visit.partner)['text']}")
    values = sheets.common(paper, visit, issuer, version=version) | PAPERS[paper](visit, issuer)
    return pdf(paper.value, values, title=title, language=visit.languages[0], brand=issuer.brand, made_at=visit.made_at)
