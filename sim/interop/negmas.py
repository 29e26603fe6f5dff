"""A scenario folder that NegMAS loads (``negmas.Scenario.load``): ``domain.yaml`` and ``<party>.yaml``.

Of the formats NegMAS reads its own YAML is the one that takes utilities and reservation values as they stand. Its
reader follows YAML 1.1, so texts are always quoted and numbers always have a point; and it makes objects of what it
reads, so that names which begin with an underscore, and the name ``type``, mean something else to it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from sim.interop.additive import Utilities, UtilityDomain, domain_file


def written(domain: UtilityDomain, ids: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Texts by file name, and which names had to change; ``ids`` name the parties' files.

    Nothing is done to utilities.
    """
    domain, changed = _named(domain)
    files = {f"{domain_file(ids)}.yaml": _domain(domain)}
    for id, party in zip(ids, domain.parties, strict=True):
        files[f"{id}.yaml"] = _profile(domain, party)
    return files, changed


def _named(domain: UtilityDomain) -> tuple[UtilityDomain, list[str]]:
    """The domain with names that NegMAS takes for names, and which these are."""
    changed: dict[str, str] = {}

    def plain(names: Sequence[str]) -> tuple[str, ...]:
        out: list[str] = []
        for name in names:
            new = name
            while (new != name and new in (*names, *out)) or new.startswith("_") or new == "type":
                new = f"x{new}"
            if new != name:
                changed[name] = new
            out.append(new)
        return tuple(out)

    names = plain([issue.name for issue in domain.issues])
    issues = tuple(
        replace(issue, name=name, options=plain(issue.options))
        for name, issue in zip(names, domain.issues, strict=True)
    )
    remarks = [
        f"{name!r} is written {new!r}: NegMAS takes it for something else than a name" for name, new in changed.items()
    ]
    return replace(domain, issues=issues), remarks


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _number(number: float) -> str:
    digits, mark, exponent = repr(number).partition("e")
    return (digits if "." in digits else f"{digits}.0") + mark + exponent


def _domain(domain: UtilityDomain) -> str:
    lines = ["type: DiscreteCartesianOutcomeSpace", f"name: {_text(domain.name)}", "issues:"]
    for issue in domain.issues:
        lines += ["- type: CategoricalIssue", f"  name: {_text(issue.name)}", "  values:"]
        lines += [f"  - {_text(option)}" for option in issue.options]
    return "\n".join(lines) + "\n"


def _profile(domain: UtilityDomain, party: Utilities) -> str:
    lines = [
        "type: LinearAdditiveUtilityFunction",
        f"name: {_text(party.name)}",
        f"reserved_value: {_number(party.reservation)}",
        "weights:",
    ]
    lines += [f"- {_number(weight)}" for weight in party.weights]
    lines.append("values:")
    for issue, row in zip(domain.issues, party.values, strict=True):
        lines += ["- type: TableFun", "  mapping:"]
        lines += [f"    {_text(option)}: {_number(value)}" for option, value in zip(issue.options, row, strict=True)]
    return "\n".join(lines) + "\n"
