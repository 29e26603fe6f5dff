"""Which packages a search is about, from what a user asks for; and what can be said of them before any is scored."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sim.analysis.search.boxes import Question
from sim.analysis.search.result import PartyLine, SpaceSize, Veto
from sim.analysis.shared.parties import certain, known_party
from sim.analysis.shared.records import BlockingLine
from sim.analysis.space import binding, boxes
from sim.analysis.space.boxes import TooTangled
from sim.analysis.space.diagram import diagram
from sim.engine.neighbourhoods import SEVERITIES
from sim.engine.packages import OPEN, Packages, Rule
from sim.engine.profiles import Case, Line, Profile
from sim.files.grammar import listed
from sim.scenario import schema
from sim.scenario.loading import Loaded

#: In place of a party's id: everybody whom the text asks.
ALL = "all"


def parties(case: Case, ask: Sequence[str]) -> frozenset[int]:
    """Numbers of the parties that ids, or :data:`ALL`, name. Raises ValueError where one is not there or silent."""
    wanted = [party for name in ask for party in (case.asked if name == ALL else (name,))]
    for party in wanted:
        if known_party(case, party).silent:
            raise ValueError(f"the sources are silent on {case.profile(party).name}, so it cannot be asked")
    return frozenset(i for i, p in enumerate(case.profiles) if p.id in wanted)


def made(
    case: Case,
    near: Loaded | None,
    changes: int | None,
    keep: Sequence[str],
    constraints: schema.Severity,
    required: frozenset[int],
) -> Question:
    """The question. Raises ValueError for an issue that there is not and a text near to which other issues are."""
    if unknown := [i for i in keep if i not in case.space.issues]:
        raise ValueError(f"there is no issue {unknown[0]}")
    kept = {case.space.issue(i) for i in keep}
    row = None
    if changes is not None:
        if near is not None:
            same_issues(case, near)
        row = case.text if near is None else row_of(case, near)
    whole: list[tuple[int, ...]] = []
    for j, n in enumerate(case.space.sizes):
        opened = row is not None and row[j] == OPEN
        whole.append((int(case.text[j]),) if j in kept else (*([OPEN] if opened else []), *range(n)))
    question = Question(case, tuple(whole), _upto(case, constraints), required, row, changes)
    taken = excused(question, constraints)
    return replace(question, rules=tuple(r for r in question.rules if r not in taken))


def same_issues(case: Case, other: Loaded) -> None:
    """Raises ValueError for a scenario that has not the same issues and options."""
    options = {name: tuple(issue.options) for name, issue in other.scenario.domain.issues.issues.items()}
    if options != dict(zip(case.space.issues, case.space.options, strict=True)):
        raise ValueError(f"{other.scenario.id} is about other issues than {case.id}")


def row_of(case: Case, other: Loaded) -> Packages:
    """Another scenario's text as a row of this one's space."""
    return case.space.package({i: term.option for i, term in other.scenario.proposal.terms.items()})


def _upto(case: Case, severity: schema.Severity) -> tuple[Rule, ...]:
    wanted = SEVERITIES[: SEVERITIES.index(severity) + 1]
    return tuple(r for r in case.space.rules if r.constraint.severity in wanted)


def excused(question: Question, constraints: schema.Severity) -> tuple[Rule, ...]:
    """Constraints up to a severity that do not bind: the text that the search starts from, or terms kept, break them.

    As :meth:`sim.engine.packages.Space.binding`; a search near to another text starts from that.
    """
    case = question.case
    fixed = case.space.package({})
    for j, options in enumerate(question.whole):
        if len(options) == 1 and len(case.space.options[j]) > 1:
            fixed[j] = options[0]
    rows = [fixed[None], (case.text if question.near is None else question.near)[None]]
    return tuple(r for r in _upto(case, constraints) if any(r.broken_by(row)[0] for row in rows))


def warned(question: Question, constraints: schema.Severity) -> tuple[Rule, ...]:
    """Constraints that only warn: those beyond a severity."""
    return tuple(r for r in question.case.space.rules if r not in _upto(question.case, constraints))


def nothing(question: Question, keep: Sequence[str], ask: Sequence[str]) -> str:
    """Why there is no package in question."""
    case = question.case
    bare = replace(question, case=replace(case, lottery=None))
    if case.absences and bare.narrowed(bare.whole, lines=False) is not None:
        return f"every package left says no more than no deal ({listed(list(case.absences), 'or')})"
    wishes = []
    if keep:
        wishes.append(f"keeps {listed(list(dict.fromkeys(keep)))} as tabled")
    if question.changes is not None:
        wishes.append(f"is within {question.changes} change{'s' * (question.changes != 1)} of the text")
    if ask:
        wishes.append(f"asks {listed([case.profiles[i].name for i in sorted(question.required)])}")
    return f"no package that the constraints allow {listed(wishes) or 'asks anybody with positions'}"


def size(question: Question, constraints: schema.Severity) -> SpaceSize:
    """How many packages there are to choose from, and how many of them keep the constraints."""
    sizes = question.case.space.sizes
    if question.changes is not None or any(OPEN in options for options in question.whole):
        return SpaceSize(combinations=question.size(question.whole), feasible=None, equal_no_deal=equalled(question))
    feasible = None
    with contextlib.suppress(TooTangled):
        if not excused(question, constraints):
            feasible = diagram(sizes, boxes.widest(_forbidden(question, constraints))).count
    return SpaceSize(
        combinations=math.prod(map(len, question.whole)), feasible=feasible, equal_no_deal=equalled(question)
    )


def _forbidden(question: Question, constraints: schema.Severity) -> list[boxes.Box]:
    """Packages that break constraints, equal no deal, or are none of those thought of."""
    sizes = question.case.space.sizes
    found = [*binding.constraints(question.case.space, constraints), *binding.absent(question.case).values()]
    for j, options in enumerate(question.whole):
        others = boxes.full(sizes[j]) & ~sum(1 << o for o in options if o != OPEN)
        if others and (kept := boxes.box([(j, others)], sizes)) is not None:
            found.append(kept)
    return found


def equalled(question: Question) -> tuple[str, ...]:
    """The outcomes of no deal that packages thought of equal, which break nothing for all that a box of them shows."""
    case, result = question.case, []
    bare = replace(question, case=replace(case, lottery=None))
    for name, condition in case.absences.items():
        masks = dict(condition.masks)
        box = tuple(
            tuple(o for o in options if j not in masks or masks[j][o]) for j, options in enumerate(question.whole)
        )
        if all(box) and bare.narrowed(box, lines=False) is not None:
            result.append(name)
    return tuple(result)


def rejections(question: Question) -> Iterator[PartyLine]:
    """Lines for which every package in question is rejected in every draw, with who draws them."""
    whole = question.narrowed(question.whole, lines=False)
    if whole is None:
        return
    sure = question.surely_asked(whole)
    for i, profile in enumerate(question.case.profiles):
        for line in question.surely_crossed(whole, i) if sure[i] else ():
            if certain(line):
                yield party_line(profile, line)


def party_line(profile: Profile, line: Line) -> PartyLine:
    return PartyLine(party=profile.id, **_blocking(line).model_dump())


def _blocking(line: Line) -> BlockingLine:
    return BlockingLine(
        kind=line.kind,
        issue=line.issue,
        option=line.id if line.kind == "red_line" else None,
        refusal=line.id if line.kind == "refusal" else None,
        basis=line.basis,
    )


def vetoes(question: Question, constraints: schema.Severity) -> Iterator[Veto]:
    """Of every party that all packages in question ask: how many cross lines of it that always bind, and which."""
    case, left = question.case, size(question, constraints).feasible
    forbidden = _forbidden(question, constraints)
    sure = question.surely_asked(question.whole)
    for profile in (p for p, asked in zip(case.profiles, sure, strict=True) if asked):
        crossing = {x: binding.crossing(case.space, profile, x) for x in profile.lines if certain(x)}
        lines = [x for x, found in crossing.items() if found]
        packages = None
        if left is not None:
            with contextlib.suppress(TooTangled):
                others = [*forbidden, *(b for x in lines for b in crossing[x])]
                packages = left - diagram(case.space.sizes, boxes.widest(others)).count
        if lines and packages != 0:
            yield Veto(party=profile.id, packages=packages, lines=tuple(_blocking(x) for x in lines))
