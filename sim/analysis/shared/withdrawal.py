"""A library as a day would have had it: without the claims younger than the day, and without what goes with them.

A position entry that cites one goes as a whole, red lines too, since its ranking was read out of all that it cites;
the entry before it is then in force, and where there is none nothing is known. A refusal or demand has no entry before
it: it stays on what else it cites if it began before the claim was made, and otherwise goes. What is said of no deal,
of effects and constraints only loses the claim.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sim.files import nodes
from sim.files.nodes import Scalar
from sim.scenario import schema
from sim.scenario.evidence import Citation, YoungerClaim, citations


def without(tree: nodes.Mapping, domain: schema.Domain, claims: Iterable[YoungerClaim]) -> nodes.Mapping:
    """The tree of a domain without these claims and what goes with them; ``domain`` is what the tree says."""
    claims = tuple(claims)
    gone = {claim.id for claim in claims}
    # from the last of a list to its first, so that what is left stays where its path leads
    for citation in reversed(citations(domain, claims)):
        if citation.fate == "dropped":
            tree = nodes.removed(tree, citation.path)
        elif isinstance(part := nodes.find(tree, citation.path), nodes.Mapping):
            tree = nodes.replaced(tree, citation.path, _on_others(part, citation, domain, gone))
    rows = [row for row in nodes.items(tree, "evidence") if nodes.text_of(nodes.child(row, "id")) not in gone]
    whole = tree.items["evidence"]
    assert isinstance(whole, nodes.Sequence)
    return tree.having("evidence", replace(whole, items=tuple(rows)))


def _on_others(part: nodes.Mapping, citation: Citation, domain: schema.Domain, gone: set[str]) -> nodes.Mapping:
    """A part without its younger claims; what these alone made stated or inferred is no more than the others make it.

    A stated refusal needs the party's own firm words, as in the rules of the files.
    """
    evidence = part.items["evidence"]
    assert isinstance(evidence, nodes.Sequence)
    left = [id for id in evidence if isinstance(id, Scalar) and id.value not in gone]
    part = part.having("evidence", replace(evidence, items=tuple(left)))
    basis = part.get("basis")
    if not isinstance(basis, Scalar) or basis.value not in ("stated", "inferred"):
        return part
    if not left:
        return part.having("basis", replace(basis, value="assumed"))
    ids = {id.value for id in left}
    own = [row for row in domain.evidence if row.id in ids and row.party == citation.party]
    firm = any(row.strength in ("red_line", "firm") and row.attribution != "expert" for row in own)
    if citation.part == "refusal" and basis.value == "stated" and not firm:
        return part.having("basis", replace(basis, value="inferred"))
    return part
