"""A scenario compiled: which positions are in force, whose consent counts, what may vary.

:func:`compile_case` turns a checked :class:`sim.scenario.schema.Scenario` into numbers and flat
records. Nothing here is random and nothing here knows about draws.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

from sim.engine.draws import Array
from sim.engine.hashes import hashed_once
from sim.engine.packages import Condition, Mask, Packages, Space
from sim.files.own_rules import USUAL, JudgingRule, judging_rule
from sim.scenario import schema
from sim.scenario.checker import EPSILON
from sim.scenario.evidence import demoted

#: Basis of a ranking or of a whole cell: a word of the files, or silence.
CellBasis = Literal["stated", "inferred", "assumed", "edited", "unknown"]

#: Numbers this near to each other are ties: decimal inputs such as 0.7 + 0.1 against 0.8 miss zero by rounding alone.
TIE = 1e-12

#: What a statement rests on, given the basis and the evidence that a file gives it.
BasisOf = Callable[[schema.Basis, Sequence[str]], schema.Basis]
_LAYER = {"stated": 0, "edited": 0, "inferred": 1, "assumed": 2}


@hashed_once
@dataclass(frozen=True)
class Ordinal:
    """A ranking by option numbers; see :func:`sim.engine.draws.ordinal_values`.

    ``alike`` are options that have the value of another in every draw: of one in ``rest`` or of unknown place.
    """

    levels: tuple[tuple[int, ...], ...]
    rest_at: int | None
    rest: tuple[int, ...]
    unknown: tuple[int, ...]
    alike: tuple[tuple[int, int], ...] = ()


@hashed_once
@dataclass(frozen=True)
class Cardinal:
    """Values as numbers or ranges, one entry an option."""

    low: tuple[float, ...]
    high: tuple[float, ...]


@hashed_once
@dataclass(frozen=True)
class Cell:
    """One party's position on one issue, as it stands on the day."""

    issue: str
    values: Ordinal | Cardinal
    ranking_basis: CellBasis
    importance: schema.Importance | None  # None where ``weight`` replaces it
    importance_basis: CellBasis
    weight: schema.Span | None = None
    start: dt.date | None = None  # None: no position in force
    evidence: schema.CellEvidence = field(default_factory=schema.CellEvidence)
    note: str | None = None
    searched: dt.date | None = None  # when statements on the issue were last looked for
    assumed: tuple[int, ...] = ()  # options whose place is assumed whatever the basis of the ranking

    @property
    def silent(self) -> bool:
        """Neither order nor importance is known."""
        return self.ranking_basis == "unknown" and self.importance == "unknown"

    def free(self, option: int) -> bool:
        """Whether an option may be worth anything on the evidence, since nothing sourced places it."""
        return self.ranking_basis in ("assumed", "unknown") or option in self.assumed or self.unplaced(option)

    def unplaced(self, option: int) -> bool:
        """Whether the ranking says nothing of an option: it is neither named nor meant by ``rest``."""
        if not isinstance(self.values, Ordinal):
            return False
        return dict(self.values.alike).get(option, option) in self.values.unknown


@hashed_once
@dataclass(frozen=True)
class Line:
    """A red line (judged on the text as written) or a refusal (judged after effects)."""

    kind: Literal["red_line", "refusal"]
    id: str  # option of a red line, id of a refusal
    issue: str | None
    condition: Condition
    basis: schema.Basis
    evidence: tuple[str, ...]
    holds: schema.Span | None
    why: str | None
    terms: tuple[tuple[str, tuple[str, ...]], ...]  # what the condition says, by name
    quota: float | None = None  # of a party that decides by voters: the share of them whose yes is not enough
    like: str | None = None  # id of the line whose share it has in every draw

    @property
    def layer(self) -> int:
        """Index into :data:`sim.scenario.schema.LAYERS` of the first layer in which the line binds."""
        return _LAYER[self.basis]

    def crossed_by(self, written: Packages, seen: Packages) -> Mask:
        """Which packages cross the line, as written and as the party sees them; shape ``(packages,)``."""
        return self.condition.holds(written if self.kind == "red_line" else seen)

    @property
    def likely(self) -> bool:
        """Whether the line binds at the middle of its range: that of shares drawn, or of chances."""
        if self.holds is None:
            return True
        return stops((self.holds.low + self.holds.high) / 2, 0.5 if self.quota is None else self.quota)


@overload
def stops(share: float, quota: float) -> bool: ...
@overload
def stops(share: Array, quota: float) -> NDArray[np.bool_]: ...
def stops(share: float | Array, quota: float) -> bool | NDArray[np.bool_]:
    """Whether so many voters refuse that the others are not more than the quota; at a tie they are not.

    ``share`` is a number or of any shape, in [0, 1], as is ``quota``.

    >>> stops(0.5, 0.5), stops(0.49, 0.5)
    (True, False)
    """
    return share >= 1 - quota - TIE


def always(holds: tuple[float, float] | None, quota: float | None) -> bool:
    """Whether a line with this range binds in every draw: without a range, or since both its ends do."""
    if holds is None:
        return True
    return holds[0] >= 1 if quota is None else stops(holds[0], quota)


def never(holds: tuple[float, float] | None, quota: float | None) -> bool:
    """Whether a line with this range binds in no draw."""
    if holds is None:
        return False
    return holds[1] <= 0 if quota is None else not stops(holds[1], quota)


@hashed_once
@dataclass(frozen=True)
class Profile:
    """One party's preferences on a day, compiled. Cells are in the order of the issues."""

    id: str
    name: str
    role: schema.Role
    members: tuple[str, ...]
    cells: tuple[Cell, ...]
    lines: tuple[Line, ...]
    outcomes: tuple[tuple[int, ...], ...]  # no deal: one package an outcome, OPEN where it is silent
    beliefs: tuple[schema.Span, ...]
    beliefs_basis: CellBasis
    beliefs_evidence: tuple[str, ...]
    cost: schema.Span
    reservation: schema.Span | None
    decides: schema.Decision | None = None
    utility: JudgingRule | None = None  # in place of the weighted sum
    acceptance: JudgingRule | None = None  # of the least gain that it accepts, in place of none

    @cached_property
    def silent(self) -> bool:
        """The sources say nothing of this party: no order, no importance, no line."""
        return all(c.silent for c in self.cells) and not self.lines and self.reservation is None

    def ranking_basis(self, issue: int, option: int) -> CellBasis:
        """Basis of the order of an option (as the party sees it) and the options of no deal on an issue, OPEN for none.

        Assumed where the place of one of them is, whatever the basis of the rest.
        """
        cell = self.cells[issue]
        met = {option}
        if self.reservation is None:
            met |= {outcome[issue] for outcome in self.outcomes}
        return "assumed" if cell.ranking_basis != "unknown" and met & {*cell.assumed} else cell.ranking_basis

    @property
    def drawn(self) -> tuple[object, ...]:
        """What decides the gains drawn: values, weights, no deal; not what they rest on, nor lines."""
        cells = tuple((c.issue, c.values, c.importance, c.weight) for c in self.cells)
        return cells, self.members, self.outcomes, self.beliefs, self.cost, self.reservation, self.utility

    def crossed(self, space: Space, text: Packages) -> list[Line]:
        """The lines that a text, shape ``(issues,)``, crosses, whether or not they bind."""
        seen = space.seen(text[None], self.id)
        return [line for line in self.lines if line.crossed_by(text[None], seen)[0]]


@dataclass(frozen=True)
class Need:
    """Whether a party's consent is needed for a package, and why."""

    needed: bool
    because: str | None = None


#: Whether a party's consent is always needed, and under which conditions, with their words.
Consent = tuple[bool, tuple[tuple[Condition, str], ...]]
#: A party's model by identity, and its rules.
PartyKey = tuple[int, str | None, str | None]
#: That model, which so stays, and what is compiled of it.
CompiledParty = tuple[schema.Party, Profile, Consent]


@dataclass
class Case:
    """A scenario ready to be scored.

    ``text`` is the proposal as a row; ``completions`` and ``fillings`` are rows that close its
    open issues or replace its assumed terms, with whether they are all there are.
    """

    scenario: schema.Scenario
    space: Space
    profiles: tuple[Profile, ...]
    text: Packages
    open_issues: tuple[str, ...]
    assumed_issues: tuple[str, ...]
    consent: dict[str, Consent]
    term_basis: dict[str, schema.TermBasis]
    outcomes: tuple[str, ...]
    lottery: str | None
    lottery_basis: schema.Basis | None

    @cached_property
    def completions(self) -> tuple[Packages, bool]:
        """Texts that close the open issues; see :meth:`sim.engine.packages.Space.variants`."""
        return self._variants(self.open_issues, "completions")

    @cached_property
    def fillings(self) -> tuple[Packages, bool]:
        """Texts with other options where terms are assumed, its own among them; likewise."""
        rows, whole = self._variants(self.assumed_issues, "fillings")
        if len(rows) and not (rows == self.text).all(axis=1).any() and not self.says_no_more:
            # The text's own filler belongs to any sample of fillings, and lies within their range.
            rows = np.concatenate([self.text[None], rows[: len(rows) if whole else -1]])
        return rows, whole

    def _variants(self, issues: Sequence[str], purpose: str) -> tuple[Packages, bool]:
        if not issues:
            return self.text[None][:0], True
        numbers = [self.space.issue(i) for i in issues]
        return self.space.variants(self.text, numbers, self.scenario.seed, purpose, self.no_agreement)

    @property
    def compiled_parties(self) -> dict[PartyKey, CompiledParty]:
        """What is made of each party's model, which is the same wherever issues, day, no deal and rules are."""
        models = self.scenario.domain.positions
        each = [(models[p.id], p, self.consent[p.id]) for p in self.profiles]
        return {_party_key(one[0], self.scenario.rules): one for one in each}

    @cached_property
    def compiled_cells(self) -> dict[str, dict[str, tuple[schema.Position | None, Cell]]]:
        """By party and issue the entry in force and the cell made of it, but for weights that were rescaled."""
        result = {}
        for profile in self.profiles:
            source = self.scenario.domain.positions[profile.id]
            pairs = ((source.position(cell.issue, self.scenario.day), cell) for cell in profile.cells)
            result[profile.id] = {c.issue: (e, c) for e, c in pairs if e is None or c.weight is e.weight}
        return result

    @property
    def id(self) -> str:
        """The id of the scenario."""
        return self.scenario.id

    def need(self, package: Packages) -> dict[str, Need]:
        """Whose consent a package needs. Members of an alliance are needed where it is."""
        result: dict[str, Need] = {}
        for profile in self.profiles:
            always, conditions = self.consent[profile.id]
            met = ["always"] if always else [why for condition, why in conditions if condition.holds(package[None])[0]]
            result[profile.id] = Need(bool(met), met[0] if met else None)
        asked = [p for p in self.profiles if result[p.id].needed]
        for profile in asked:  # grows: a member may be an alliance itself
            for member in profile.members:
                if not result[member].needed:
                    result[member] = Need(True, f"member of {profile.id}, which decides by consensus")
                    asked.append(self.profile(member))
        return result

    @cached_property
    def absences(self) -> dict[str, Condition]:
        """By outcome of no deal, the packages that say no more than it.

        Such a package has, on every issue that the outcome covers, the outcome's option, as written, or leaves the
        issue open, which then stays as no deal leaves it. None where some party measures against a number instead.
        """
        if self.lottery is None or any(p.reservation is not None for p in self.profiles):
            return {}
        outcomes = self.scenario.domain.issues.no_deal.lotteries[self.lottery].outcomes

        def or_open(terms: schema.Package) -> Condition:
            masks = self.space.condition({issue: (option,) for issue, option in terms.items()}).masks
            return Condition(tuple((j, (*mask[:-1], True)) for j, mask in masks))

        return {name: or_open(terms) for name, terms in outcomes.items() if terms}

    def no_agreement(self, packages: Packages) -> Mask:
        """Which packages equal an outcome of no deal (:attr:`absences`), shape ``(packages,)``."""
        result = np.zeros(len(packages), bool)
        for condition in self.absences.values():
            result |= condition.holds(packages)
        return result

    @cached_property
    def says_no_more(self) -> bool:
        """Whether the text itself equals an outcome of no deal."""
        return bool(self.no_agreement(self.text[None])[0])

    def equalled(self, packages: Packages) -> tuple[str, ...]:
        """The outcomes of no deal that some of the packages equal."""
        return tuple(name for name, condition in self.absences.items() if condition.holds(packages).any())

    def profile(self, party: str) -> Profile:
        """Raises StopIteration for a party there is not."""
        return next(p for p in self.profiles if p.id == party)

    @cached_property
    def signing(self) -> tuple[str, ...]:
        """Those of :attr:`asked` that are no ratifiers: whose yes signs a text, which the others then ratify."""
        return tuple(p for p in self.asked if self.profile(p).role != "ratifier")

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """Parties whose consent the text needs and on whom the sources are not silent."""
        need = self.need(self.text)
        return tuple(p.id for p in self.profiles if need[p.id].needed and not p.silent)

    @cached_property
    def _voters(self) -> dict[str, tuple[str, ...]]:
        silent = {p.id for p in self.profiles if p.silent}
        result = {}
        for profile in self.profiles:
            members = list(profile.members)
            for member in members:  # grows: a member may be an alliance itself
                members += [m for m in self.profile(member).members if m not in members]
            result[profile.id] = (profile.id, *(m for m in members if m not in silent))
        return result

    def voters(self, party: str) -> tuple[str, ...]:
        """The party and, of an alliance, every member on whom the sources are not silent: silence is no refusal."""
        return self._voters[party]


def compile_case(
    scenario: schema.Scenario, known: Case | None = None, others: dict[PartyKey, CompiledParty] | None = None
) -> Case:
    """Compile a scenario that :mod:`sim.scenario.checks` found in order.

    What another case has compiled of the very same models is taken over as it is, as is what stands in ``others``: more
    parties that were compiled beside that case. It grows.

    >>> import sim
    >>> case = compile_case(sim.load("istanbul").scenario)
    >>> case.text.shape == (len(case.space.issues),), case.need(case.text)["russia"].because
    (True, 'always')
    """
    domain = scenario.domain
    basis_of = basis_in(scenario)
    name = scenario.lottery
    if known is not None and not _shares(known.scenario, scenario):
        known = None
    doubtful = (e.id for e in domain.issues.effects if basis_of(e.basis, e.evidence) == "assumed")
    space = Space(domain.issues, [*doubtful]) if known is None else known.space
    lottery = None if name is None else domain.issues.no_deal.lotteries[name]
    outcomes = {} if lottery is None else lottery.outcomes
    packages = tuple(tuple(space.package(dict(outcome)).tolist()) for outcome in outcomes.values())
    others = {} if known is None else known.compiled_parties if others is None else others
    parties: dict[str, CompiledParty] = {}
    for party in domain.positions.values():
        key = _party_key(party, scenario.rules)
        if key not in others:
            before = {} if known is None else known.compiled_cells.get(party.id, {})
            conditions = tuple((space.condition(c), _words(c)) for c in party.consent.when)
            profile = _profile(party, scenario, space, basis_of, packages, before)
            others[key] = party, profile, (party.consent.always, conditions)
        parties[party.id] = others[key]
    profiles = tuple(profile for _, profile, _ in parties.values())
    consent = {id: its for id, (_, _, its) in parties.items()}
    if known is not None and known.scenario.proposal is scenario.proposal:
        return replace(known, scenario=scenario, profiles=profiles, consent=consent)
    terms = scenario.proposal.terms
    term_basis = term_bases(scenario)
    return Case(
        scenario=scenario,
        space=space,
        profiles=profiles,
        text=space.package({i: terms[i].option for i in space.issues}),
        open_issues=tuple(i for i in space.issues if terms[i].open),
        assumed_issues=tuple(i for i in space.issues if not terms[i].open and term_basis[i] == "assumed"),
        consent=consent,
        term_basis=term_basis,
        outcomes=tuple(outcomes),
        lottery=name,
        lottery_basis=None if lottery is None else basis_of(lottery.basis, lottery.evidence),
    )


def basis_in(scenario: schema.Scenario) -> BasisOf:
    """Under --evidence, what rests only on background, or on graded claims, may count as assumed."""
    # only where not all evidence counts is it looked up
    rows = {} if scenario.evidence == "all" else {row.id: row for row in scenario.domain.evidence}
    return partial(demoted, rows=rows, sources=scenario.domain.sources, mode=scenario.evidence)


def term_bases(scenario: schema.Scenario) -> dict[str, schema.TermBasis]:
    """What each term of the text rests on, in the order of the issues."""
    basis_of, terms = basis_in(scenario), scenario.proposal.terms
    return {issue: _term_basis(terms[issue], basis_of) for issue in scenario.domain.issues.issues}


def _shares(one: schema.Scenario, other: schema.Scenario) -> bool:
    """Whether the parties of two scenarios are compiled by the same rules: issues, day, no deal and what counts."""
    mine, theirs = one.domain, other.domain
    return (
        mine.issues is theirs.issues
        and mine.sources is theirs.sources
        and mine.evidence == theirs.evidence
        and (one.day, one.lottery, one.evidence) == (other.day, other.lottery, other.evidence)
    )


def _party_key(party: schema.Party, rules: schema.PartyRules) -> PartyKey:
    return id(party), rules.utility.get(party.id), rules.acceptance.get(party.id)


def _term_basis(term: schema.Term, basis_of: BasisOf) -> schema.TermBasis:
    return "proposed" if term.basis == "proposed" else basis_of(term.basis, term.evidence)


def _words(terms: schema.Terms) -> str:
    return "; ".join(f"{issue}: {' or '.join(options)}" for issue, options in terms.items())


def _profile(
    party: schema.Party,
    scenario: schema.Scenario,
    space: Space,
    basis_of: BasisOf,
    outcomes: tuple[tuple[int, ...], ...],
    before: Mapping[str, tuple[schema.Position | None, Cell]],
) -> Profile:
    """One party on the day; cells of the very entries of ``before`` are taken over."""

    def compiled(
        kind: Literal["red_line", "refusal"],
        id: str,
        line: schema.RedLine | schema.Refusal,
        terms: schema.Terms,
        why: str | None,
        issue: str | None = None,
    ) -> Line:
        return Line(
            kind=kind,
            id=id,
            issue=issue,
            condition=space.condition(terms),
            basis=basis_of(line.basis, line.evidence),
            evidence=line.evidence,
            holds=line.holds,
            why=why,
            terms=tuple(terms.items()),
            quota=None if party.decides is None else party.decides.quota,
            like=line.like,
        )

    lines: list[Line] = []
    cells: list[Cell] = []
    for issue in space.issues:
        entry = party.position(issue, scenario.day)
        former, cell = before.get(issue, (None, None))
        if cell is None or former is not entry:
            cell = compiled_cell(issue, entry, space, basis_of, scenario.domain.issues.issues[issue].likes)
        cells.append(cell)
        for x in entry.red_lines if entry else ():
            lines.append(compiled("red_line", x.option, x, {issue: (x.option,)}, x.note, issue))
    lines += [compiled("refusal", x.id, x, x.when, x.why) for x in party.refuses if x.in_force(scenario.day)]
    lottery = scenario.lottery
    no_deal = scenario.domain.issues.no_deal.lotteries[lottery].outcomes if lottery else {}
    beliefs = party.no_deal.beliefs.get(lottery) if lottery else None
    anything = schema.Span(0.0, 1.0)
    return Profile(
        id=party.id,
        name=party.name,
        role=party.role,
        members=party.members,
        cells=tuple(_rescaled(cells)),
        lines=tuple(lines),
        outcomes=outcomes,
        beliefs=tuple(beliefs.ranges.get(k, anything) if beliefs else anything for k in no_deal),
        beliefs_basis=basis_of(beliefs.basis, beliefs.evidence) if beliefs else "unknown",
        beliefs_evidence=beliefs.evidence if beliefs else (),
        cost=party.no_deal.cost or schema.Span(0.0, 0.0),
        reservation=party.reservation,
        decides=party.decides,
        utility=judging_rule("utility", scenario.rules.utility.get(party.id, USUAL["utility"])),
        acceptance=judging_rule("acceptance", scenario.rules.acceptance.get(party.id, USUAL["acceptance"])),
    )


def _rescaled(cells: list[Cell]) -> list[Cell]:
    """Weights that are all numbers and miss a sum of 1, as rounded ones do, made to sum to it (warned of in checks)."""
    weights = [c.weight for c in cells if c.weight is not None]
    if not all(w.fixed for w in weights) or any(c.weight is None and c.importance != "none" for c in cells):
        return cells
    total = sum(w.low for w in weights)
    # As in checks: what misses 1 by the rounding of a sum alone stays as it is written.
    if abs(total - 1) <= EPSILON or not total:
        return cells
    return [
        c if c.weight is None else replace(c, weight=schema.Span(c.weight.low / total, c.weight.low / total))
        for c in cells
    ]


def compiled_cell(
    issue: str, entry: schema.Position | None, space: Space, basis_of: BasisOf, next_to: Mapping[str, str]
) -> Cell:
    """The position on an issue; ``next_to`` names the options whose place some have where it gives them none."""
    number = {o: k for k, o in enumerate(space.options[space.issue(issue)])}
    beside = _beside(next_to, ())
    anywhere = tuple(k for o, k in number.items() if o not in beside)
    silence = Ordinal((), None, (), anywhere, _pairs(beside, number, beside))
    if entry is None:
        return Cell(issue, silence, "unknown", "unknown", "unknown")
    values: Ordinal | Cardinal
    ranking_basis: CellBasis = basis_of(entry.basis.ranking, entry.evidence.ranking)
    assumed = {number[o] for o in entry.assumed}
    if entry.values is not None:
        spans = [entry.values[o] for o in number]
        values = Cardinal(tuple(s.low for s in spans), tuple(s.high for s in spans))
    else:
        ranking = entry.ranking or ()
        named = {o for level in ranking for o in level}
        levels = [level for level in ranking if level != (schema.REST,)]
        has_rest = len(levels) < len(ranking)
        # What compares nothing is silence in other words.
        if entry.compares(number):
            beside = _beside(next_to, named)
            left = tuple(k for o, k in number.items() if o not in named and o not in beside)
            rest_at = ranking.index((schema.REST,)) if has_rest and (left or not beside) else None
            values = Ordinal(
                levels=tuple(
                    tuple(number[o] for o in (*level, *(o for o, other in beside.items() if other in level)))
                    for level in levels
                ),
                rest_at=rest_at,
                rest=left if has_rest else (),
                unknown=() if has_rest else left,
                alike=_pairs(beside, number, [o for o, other in beside.items() if other not in named]),
            )
            assumed |= {number[o] for o in beside}
        else:
            values, ranking_basis = silence, "unknown"
    return Cell(
        issue=issue,
        values=values,
        ranking_basis=ranking_basis,
        importance=entry.importance,
        importance_basis=basis_of(entry.basis.importance, entry.evidence.importance),
        weight=entry.weight,
        start=entry.start,
        evidence=entry.evidence,
        note=entry.note,
        searched=entry.searched,
        assumed=tuple(sorted(assumed)),
    )


def _beside(next_to: Mapping[str, str], named: Collection[str]) -> dict[str, str]:
    """By option that is not named and has the place of another: that other, itself named or with a place of its own."""
    beside = {}
    for option, other in next_to.items():
        if option not in named:
            while other in next_to and other not in named:
                other = next_to[other]
            beside[option] = other
    return beside


def _pairs(beside: Mapping[str, str], number: Mapping[str, int], options: Iterable[str]) -> tuple[tuple[int, int], ...]:
    return tuple((number[o], number[beside[o]]) for o in options)
