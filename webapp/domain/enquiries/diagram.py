"""The workflow table drawn as a Mermaid diagram, for the documentation."""

from webapp.domain.enquiries.workflow import TABLE, VISITS, ActionRow, Rule
from webapp.vocabulary import Status

_START = Status.RECEIVED


def status_diagram() -> str:
    """Return the diagram of every action that changes a status; visits' own steps are marked."""
    lines = ["stateDiagram-v2", "    direction LR", f"    [*] --> {_START.value}"]
    edges: dict[tuple[Status, Status], list[str]] = {}
    for row in TABLE.values():
        for rule in row.rules:
            for source in rule.sources:
                if rule.target is not None:
                    edges.setdefault((source, rule.target), []).append(_label(row, rule))
    for (source, target), names in edges.items():
        lines.append(f"    {source.value} --> {target.value}: {', '.join(dict.fromkeys(names))}")
    return "\n".join(lines)


def _label(row: ActionRow, rule: Rule) -> str:
    if row.by_partner:
        return f"{row.action.value} (partner)"
    return f"{row.action.value} (visit)" if rule.kinds == VISITS else row.action.value
