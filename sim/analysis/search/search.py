"""The most acceptable packages of a whole space, with what is proven of all others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from sim.analysis.search.answers import Assessment
from sim.analysis.search.best import ScoredPackages, find_best
from sim.analysis.search.bounds import Bounds
from sim.analysis.search.findings import findings
from sim.analysis.search.poll import Alike, Poll
from sim.analysis.search.result import Among, Everybody, Search, SearchOptions
from sim.analysis.search.scope import Scope, parties_named, row_of, scope_of
from sim.analysis.search.survey import rejections, size, vetoes, why_empty
from sim.analysis.shared.expected import expected
from sim.analysis.shared.records import about, constraint_ref
from sim.analysis.shared.texts_beside import texts_beside
from sim.engine.draws import BLOCK
from sim.engine.neighbourhoods import SEVERITIES
from sim.files.arguments import InvalidArgument, choice, several, whole_number
from sim.scenario import schema
from sim.scenario.loading import Loaded
from sim.simulation.cases import Progress, compiled
from sim.simulation.contents import content

#: Packages are looked for, and others excluded, on at most so many of the draws; those listed are scored on all.
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

    They ask everybody whom the text asks; the best of those that do not stands apart where it is better. A package has
    an option for every issue; one that the text leaves open stays so only where ``keep`` says it.

    Args:
        loaded: the scenario.
        near: with ``changes``, the text to look near; by default the scenario's own. An issue that it leaves open may
            stay so, and closing it is a change.
        changes: the package differs in at most so many terms; by default it may differ in all.
        keep: issues whose terms stay as tabled, by id.
        ask: parties whom the package must ask, by id, or ``all`` for everybody whom the text asks.
        constraints: constraints bind up to this severity; those do not that the tabled text (with ``near``, that
            one) or the terms that stay break themselves.
        top: how many packages are listed.
        effort: boxes of packages opened for a proof at most, and as many again for packages that ask fewer.
        texts: proposals to start from besides; by default those in the scenario's folder.
        progress: called with (boxes opened, boxes in all).

    Returns:
        The best packages, and the bound that is proven: no package is accepted in more of these draws.

    Raises:
        InvalidArgument: where nobody has to consent to the text, where a party to be asked has no positions, where
            ``near`` or one of ``texts`` is about other issues, where ``near`` is given without ``changes``, for a
            ``top`` below 1, and where no package fulfils all this.
        UnknownName: for an issue or party that there is not.
        Complaints: where ranges leave almost nothing to draw from.

    Example:
        >>> import sim
        >>> sim.search(sim.load("istanbul", draws=200), changes=1, texts=[]).schema_
        'sim.search/1'
    """
    if (top := whole_number("top", top)) < 1:
        raise InvalidArgument(f"top is how many packages are listed, one or more, not {top}")
    changes = None if changes is None else whole_number("changes", changes, 1)
    effort = whole_number("effort", effort, 0)
    choice("constraints", constraints, SEVERITIES)
    keep, ask = several("keep", keep, "'sanctions'"), several("ask", ask, "'all'")
    [case] = compiled([loaded])
    if not case.asked:
        raise InvalidArgument("no party with positions has to consent to this text, so others cannot be set against it")
    if near is not None and changes is None:
        raise InvalidArgument("near a text within how many changes? say so with changes")
    scope = scope_of(case, near, changes, keep, constraints, parties_named(case, ask))
    if scope.narrowed(scope.whole, lines=False) is None:
        raise InvalidArgument(why_empty(scope, keep, ask))
    terms = expected(case)
    known_by = content(loaded)
    poll = Poll(case, min(case.scenario.draws, SEARCHED), known_by)
    bounds, alike = Bounds(poll), Alike(poll)
    beside = texts_beside(loaded).loaded if texts is None else texts
    rows = [case.text, *(row_of(case, other) for other in (*([near] if near else []), *beside))]

    def look(some: Scope, part: int, beyond: int) -> ScoredPackages:
        """The best of some packages, by the first (0) or the second (1) of two proofs."""
        done = None if progress is None else lambda boxes, _: progress(part * effort + boxes, 2 * effort)
        return find_best(some, bounds, terms, rows, alike, top, effort, done, beyond)

    best_of: list[tuple[Among, ScoredPackages]]
    if ask:
        everybody, best_of = "not_searched", [("asking_named", look(scope, 0, 0))]
    else:
        everybody, best_of = _in_turn(scope, look)
    lists = [alike.distinct(scored.rows[: len(scored.totals)], top) for _, scored in best_of]
    assessment = Assessment(case, terms, loaded.sha256, known_by, alike, np.concatenate(lists))
    space = size(scope)
    result = Search(
        **about(case, loaded, Search, {x.scenario.id: x.scenario.name for x in (near or loaded, loaded)}),
        options=SearchOptions(
            near=None if changes is None else (near or loaded).scenario.id,
            changes=changes,
            keep=tuple(dict.fromkeys(keep)),
            ask=tuple(dict.fromkeys(ask)),
            constraints=constraints,
            top=top,
            effort=effort,
        ),
        space=space,
        base=assessment.base,
        base_as_no_deal=assessment.as_no_deal(case.text),
        base_assumed=case.assumed_issues,
        base_proposed=tuple(i for i, basis in case.term_basis.items() if basis == "proposed"),
        near=None if near is None or scope.near is None else case.space.terms(scope.near),
        answers=tuple(
            assessment.answer(scored, among, listed) for (among, scored), listed in zip(best_of, lists, strict=True)
        ),
        everybody=everybody,
        searched_draws=poll.draws,
        rejections=tuple(rejections(scope)),
        vetoes=() if any(len(scored.rows) for _, scored in best_of) else tuple(vetoes(scope, space.feasible)),
        broken_already=tuple(map(constraint_ref, scope.excused)),
    )
    return result.model_copy(update={"findings": findings(result)})


def _in_turn(
    scope: Scope, look: Callable[[Scope, int, int], ScoredPackages]
) -> tuple[Everybody, list[tuple[Among, ScoredPackages]]]:
    """The best of the packages that ask everybody whom the text asks, then of those that do not, where it is better.

    A refusal that is not asked for is not overcome, so what asks fewer stands apart.
    """
    case = scope.case
    asked = frozenset(i for i, p in enumerate(case.profiles) if p.id in case.asked)
    whole, fewer = replace(scope, required=asked), replace(scope, not_all=asked)
    if whole.narrowed(scope.whole, lines=False) is None:
        return "none", [("asking_fewer", look(scope, 0, 0))]
    best = look(whole, 0, 0)
    apart = None
    if fewer.narrowed(scope.whole, lines=False) is not None:
        apart = look(fewer, 1, best.best)
    if apart is not None and apart.best > best.best:
        return "searched", [("asking_all", best), ("asking_fewer", apart)]
    if not best.at_most and (apart is None or not apart.at_most):
        boxes = best.proof.boxes + (0 if apart is None else apart.proof.boxes)
        return "not_searched", [("all", replace(best, scope=scope, proof=replace(best.proof, boxes=boxes)))]
    return "best", [("asking_all", best)]
