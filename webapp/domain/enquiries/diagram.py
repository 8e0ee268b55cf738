"""The workflow table drawn as a Mermaid diagram, for the documentation."""

from webapp.domain.enquiries.workflow import TABLE, VISITS, ActionFacts, Rule
from webapp.vocabulary import Status

_START = Status.RECEIVED


def status_diagram() -> str:
    """Return the diagram of every action that changes a status; visits' own steps are marked."""
    lines = ["stateDiagram-v2", "    direction LR", f"    [*] --> {_START.value}"]
    edges: dict[tuple[Status, Status], list[str]] = {}
    for facts in TABLE.values():
        for row in facts.rules:
            for source in row.sources:
                if row.target is not None:
                    edges.setdefault((source, row.target), []).append(_label(facts, row))
    for (source, target), names in edges.items():
        lines.append(f"    {source.value} --> {target.value}: {', '.join(dict.fromkeys(names))}")
    return "\n".join(lines)


def _label(facts: ActionFacts, row: Rule) -> str:
    if facts.by_partner:
        return f"{facts.action.value} (partner)"
    return f"{facts.action.value} (visit)" if row.kinds == VISITS else facts.action.value
