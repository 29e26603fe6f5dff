"""What a party has against a text: the firmest line that it crosses, else the issue that costs the party most."""

from __future__ import annotations

import numpy as np

from sim.engine.draws import Array
from sim.engine.histogram import Counts
from sim.engine.packages import OPEN
from sim.engine.profiles import Case, Line, Profile
from sim.results.records import Objection
from sim.scenario import schema

#: Mean losses this near to each other are equal.
EQUAL = 1e-9


def crossed_most(profile: Profile, crossed: Counts, refused: int) -> tuple[Line, int] | None:
    """The firmest of the party's lines crossed in at least half of the draws that refuse, and in how many it is.

    ``crossed`` counts the draws by line. A line that binds in few of the draws that refuse is not what they refuse
    over. Of equally firm ones that crossed most often; None where there is none.
    """
    often = ((line, int(n)) for line, n in zip(profile.lines, crossed, strict=False) if n and 2 * n >= refused)
    return min(often, key=lambda item: (item[0].layer, -item[1]), default=None)


def costliest(gains: Array) -> int:
    """The issue whose mean gain, shape ``(issues,)``, is least; of those equal to within rounding, the first.

    The last bit of a sum depends on how it was added up, so that it decides nothing.

    >>> costliest(np.array([0.2, -0.1, -0.1 - 1e-12]))
    1
    """
    return int(np.argmax(gains <= gains.min() + EQUAL))


#: Bases of terms, what the text says least plainly first.
_LEAST_PLAIN: tuple[schema.TermBasis, ...] = ("assumed", "proposed", "inferred", "edited", "stated")


def term_basis(case: Case, line: Line) -> schema.TermBasis:
    """On what it rests that the text crosses a line: the basis of that term it names which is said least plainly."""
    return min((case.term_basis[issue] for issue, _ in line.terms), key=_LEAST_PLAIN.index)


def over_line(line: Line, share: float, basis: schema.TermBasis | None) -> Objection:
    """An objection to what a line forbids, in a share of draws.

    ``basis`` is that of the terms of the text that cross it (:func:`term_basis`), None where it is not the text's
    terms that do.
    """
    return Objection(
        kind=line.kind,
        issue=line.issue,
        option=line.id if line.kind == "red_line" else None,
        refusal=line.id if line.kind == "refusal" else None,
        share=share,
        mean_loss=None,
        term_basis=basis,
        holds=tuple(line.holds) if line.holds else None,
        basis=line.basis,
        evidence=line.evidence,
    )


def over_issue(
    case: Case, profile: Profile, issue: int, option: int, share: float, gain: float, term_basis: str | None
) -> Objection | None:
    """An objection to an option of an issue that adds ``gain`` on average, in a share of draws; None where no loss.

    ``term_basis`` is that of the term in the text, None where the option is not the text's. Of an option that the
    ranking does not place the party's view is unknown, whatever the basis of the ranking.
    """
    if gain >= 0:
        return None
    cell = profile.cells[issue]
    placed = option == OPEN or not cell.unplaced(option)
    return Objection(
        kind="issue",
        issue=cell.issue,
        option=None if option == OPEN else case.space.options[issue][option],
        refusal=None,
        share=share,
        mean_loss=-float(gain),
        term_basis=term_basis,
        holds=None,
        basis=profile.ranking_basis(issue, option) if placed else "unknown",
        evidence=cell.evidence.ranking,
    )
