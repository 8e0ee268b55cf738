"""Write docs/access.md, who may do and read what, from the table that the tests try: `python -m tests.access_page`."""

from pathlib import Path

from tests.access import ACTIONS, FIELDS, LETTERS, LINKS, NAMES, ROWS, SECRET
from webapp.domain.security.permissions import TABLE

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "access.md"
HEAD = """# Who may do and read what

Written by `python -m tests.access_page` from the table in `tests/access.py`, which is made by hand, not from the code.
`tests/web/test_access_matrix.py` tries all of it: each address × role × one's own object and another's, each action of
the workflow, each secret link, and each field: {tries} requests, and none may differ. Where a role is not ticked the
answer is 403 or 409 and nothing is changed; what is another's is not found. Without an account every address of the
desk leads to the sign-in page.

Someone is given an enquiry when it is assigned to them or they are to answer it. A host to whom it is given reads it
whole, as a liaison does. Who only receives its visitors, as host of the confirmed visit or asked for a part of the
programme, whatever their role, has the last column: the page of the visit for hosts, their own parts, tasks and the
papers for hosts, until they say no. What else there is of the enquiry is not found.
"""


def page() -> str:
    """Return the document."""
    roles = "".join(f" {role} |" for role in NAMES.values())
    rule = "|---|" + "---|" * len(LETTERS)
    lines = [HEAD.format(tries=f"{tries():,}"), "## Addresses of the desk\n", f"| what |{roles} whose |", rule + "---|"]
    lines += [f"| {row.what} |{_marks(row.roles)} {row.scope} |" for row in ROWS]
    lines += ["\n## Actions on an enquiry that one sees\n", f"| action |{roles}", rule]
    lines += [f"| `{action}` |{_marks(letters)}" for action, letters in ACTIONS.items()]
    lines += ["\nActions that no role takes are those of a link's holder, or come with another act.\n"]
    links = "".join(f" {name}’s link |" for name in LINKS)
    lines += ["## Fields of an enquiry that one sees\n", f"| field |{roles}{links}", rule + "---|" * len(LINKS)]
    for name, who in FIELDS.items():
        held = "".join(" ✓ |" if link in who.split() else " |" for link in LINKS)
        lines.append(f"| {name} |{_marks(who.split()[0])}{held}")
    lines += ["\n## Permissions\n"]
    lines += [
        f"- **{role}**: {', '.join(f'`{each}`' for each in sorted(TABLE[role]))}"
        for role in dict.fromkeys(LETTERS.values())
    ]
    return "\n".join(lines) + "\n"


def tries() -> int:
    """Return how many requests the tests make of what the page says."""
    routes, links = sum(len(row.routes) for row in ROWS), len(SECRET) * len(LINKS) * 2
    return routes * 2 * len(LETTERS) + routes + len(ACTIONS) * 2 * len(LETTERS) + links


def _marks(letters: str) -> str:
    return "".join(" ✓ |" if letter in letters else " |" for letter in LETTERS)


if __name__ == "__main__":
    DOCUMENT.write_text(page(), encoding="utf-8")
