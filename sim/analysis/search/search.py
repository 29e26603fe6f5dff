"""The most acceptable packages of a whole space, with what is proven of all others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from sim.analysis.search.answers import Alike, Found, find
from sim.analysis.search.bounds import Bounds
from sim.analysis.search.describe import Teller
from sim.analysis.search.question import (
    excused,
    made,
    nothing,
    parties,
    rejections,
    row_of,
    same_issues,
    size,
    vetoes,
    warned,
)
from sim.analysis.search.result import Among, Everybody, Options, Search
from sim.analysis.search.search_poll import Poll
from sim.analysis.shared.expected_gains import expected
from sim.analysis.shared.records import constraint_ref
from sim.analysis.shared.texts_beside import texts_beside
from sim.engine.draws import BLOCK
from sim.results.records import versions
from sim.scenario import schema
from sim.scenario.labels import labels_of
from sim.scenario.loading import Loaded
from sim.simulation.runner import Progress
from sim.simulation.score import compiled
from sim.simulation.summary import scenario_info, settings

#: Packages are looked for, and others excluded, on at most so many of the draws; those told are scored on all.
SEARCHED = 4 * BLOCK
#: Boxes that may be opened for a proof; each takes some ten milliseconds.
EFFORT = 3000


def search(
    loaded: Loaded,
    *,
    near: Loaded | None = None,
    changes: int | None = None,
    keep: Sequence[str] = (),
    ask: Sequence[str] = (),
    constraints: schema.Severity = "legal",
    top: int = 5,
    effort: int = EFFORT,
    texts: Sequence[Loaded] | None = None,
    progress: Progress | None = None,
) -> Search:
    """Find the packages of a scenario's domain that all who are asked accept in most draws.

    They ask everybody whom the text asks; the best of those that do not is told apart where it is better.
    A package has an option for every issue; one that the text leaves open stays so only where ``keep``, issues whose
    terms stay as tabled, says it. With ``changes`` the package differs in at most so many terms from the text of
    ``near``, by default the scenario's own; an issue that this leaves open may stay so, and closing it is a change.
    ``ask`` are parties whom the package must ask, or ``all`` for everybody whom the text asks. Constraints bind up to a
    severity; those do not that the tabled text (with ``near``, that one) or the terms kept break
    themselves. ``top`` packages are listed. At most ``effort`` boxes of packages are opened for a proof, and as many
    again for packages that ask fewer than the text. ``texts`` are proposals
    to start from besides; by default those in the scenario's folder. ``progress`` is called with (boxes opened, boxes
    in all).

    Raises ValueError where nobody has to consent to the text, for an issue or party that there is not, where a party
    to be asked has no positions, where ``near`` or one of ``texts`` is about other issues, where ``near`` is given
    without ``changes``, for a ``top`` below 1, and where no package fulfils all this; Complaints where ranges leave
    almost nothing to draw from.
    """
    if top < 1:
        raise ValueError(f"top is how many packages are listed, one or more, not {top}")
    [case] = compiled([loaded])
    if not case.asked:
        raise ValueError("no party with positions has to consent to this text, so others cannot be set against it")
    if near is not None and changes is None:
        raise ValueError("near a text within how many changes? say so with changes")
    question = made(case, near, changes, keep, constraints, parties(case, ask))
    if question.narrowed(question.whole, lines=False) is None:
        raise ValueError(nothing(question, keep, ask))
    terms = expected(case)
    poll = Poll(case, min(case.scenario.draws, SEARCHED))
    bounds = Bounds(poll)
    beside = texts_beside(loaded).loaded if texts is None else texts
    for other in beside:
        same_issues(case, other)
    rows = [case.text, *(row_of(case, other) for other in (*([near] if near else []), *beside))]
    alike = Alike(poll)
    looked = partial(find, bounds=bounds, terms=terms, texts=rows, alike=alike, top=top, effort=effort)
    asked = frozenset(i for i, p in enumerate(case.profiles) if p.id in case.asked)
    whole, fewer = replace(question, required=asked), replace(question, not_all=asked)
    told_of: list[tuple[Found, Among]]
    everybody: Everybody = "not_searched"
    if ask:
        told_of = [(looked(question, progress=_part(progress, 0, effort)), "asking_named")]
    elif whole.narrowed(question.whole, lines=False) is None:
        everybody, told_of = "none", [(looked(question, progress=_part(progress, 0, effort)), "asking_fewer")]
    else:
        # A refusal that is not asked for is not overcome: what asks fewer stands apart, where it is better.
        best = looked(whole, progress=_part(progress, 0, effort))
        apart: Found | None = None
        if fewer.narrowed(question.whole, lines=False) is not None:
            apart = looked(fewer, progress=_part(progress, 1, effort), beyond=best.best)
        everybody, told_of = "best", [(best, "asking_all")]
        if apart is not None and apart.best > best.best:
            everybody = "searched"
            told_of.append((apart, "asking_fewer"))
        elif not best.at_most and (apart is None or not apart.at_most):
            boxes = best.proof.boxes + (0 if apart is None else apart.proof.boxes)
            everybody = "not_searched"
            told_of = [(replace(best, question=question, proof=replace(best.proof, boxes=boxes)), "all")]
    shown = {id(f): alike.distinct(f.rows[: len(f.totals)], top) for f, _ in told_of}
    told = np.concatenate(list(shown.values()))
    teller = Teller(case, terms, loaded.sha256, warned(question, constraints), alike, told)
    return Search(
        scenario=scenario_info(case, loaded.sha256),
        settings=settings(case),
        options=Options(
            near=None if changes is None else (near or loaded).scenario.id,
            changes=changes,
            keep=tuple(dict.fromkeys(keep)),
            ask=tuple(dict.fromkeys(ask)),
            constraints=constraints,
            top=top,
            effort=effort,
        ),
        space=size(question, constraints),
        base=teller.base,
        base_as_no_deal=teller.as_no_deal(case.text),
        base_assumed=case.assumed_issues,
        base_proposed=tuple(i for i, basis in case.term_basis.items() if basis == "proposed"),
        near=None if question.near is None or near is None else case.space.terms(question.near),
        answers=tuple(teller.answer(f, among, shown[id(f)]) for f, among in told_of),
        everybody=everybody,
        searched_draws=poll.draws,
        rejections=tuple(rejections(question)),
        vetoes=tuple(vetoes(question, constraints)) if not any(len(f.rows) for f, _ in told_of) else (),
        broken_already=tuple(constraint_ref(r) for r in excused(question, constraints)),
        names={p.id: p.name for p in case.profiles},
        consent_not_modelled=case.scenario.proposal.consent_not_modelled,
        labels=labels_of(case.scenario.domain, {x.scenario.id: x.scenario.name for x in (near or loaded, loaded)}),
        versions=versions(),
    )


def _part(progress: Progress | None, part: int, effort: int) -> Progress | None:
    """Progress of the first or the second of two proofs."""
    return None if progress is None else lambda done, _: progress(part * effort + done, 2 * effort)
