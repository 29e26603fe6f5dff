"""Which single edits of a party's positions there are, and which of them cannot matter.

Every edit is a ``PATH=VALUE`` text for ``--set``, made from the compiled profile. An edit *cannot matter* when it
leaves the acceptance of every asked party as it is in every draw, whatever the draws; that is decided by argument
(:data:`CANNOT_MATTER`), and the argument is tested by running such edits. Nothing here is random.

Dropping or adding one of several red lines of a cell writes the others anew, with their polls. That makes them
``edited``, which moves layers and bounds but no headline.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sim.analysis.levers.rankings import Items, items_of, level_names, lowered, raised, ranking_words
from sim.analysis.levers.result import Kind, Reason
from sim.analysis.shared.parties import lines_crossed, vetoes
from sim.engine.packages import OPEN
from sim.engine.preferences import PlanEntry, weight_plan
from sim.engine.profiles import Case, Cell, CellBasis, Line, Ordinal, Profile
from sim.files.complaints import Place
from sim.files.grammar import ending
from sim.files.nodes import Plain, flow, from_plain
from sim.report.numbers import exact
from sim.report.verdict import chance_words, red_line
from sim.scenario import schema
from sim.scenario.labels import Labels, labels_of, spaced

#: Why an edit is not run though it could be: it cannot change the joint share or that of a party asked.
CANNOT_MATTER: dict[Reason, str] = {
    "consent_not_needed": "the party's consent is not needed for this text",
    "vetoes_anyway": "another line of the same party rejects the text in every draw",
    "line_not_met": "the line or refusal does not bear on this text",
    "no_term": "the text leaves the issue open, or every outcome of no deal has the same option or none",
    "no_weight": "the issue has no weight for the party",
    "same_order": "the change of class leaves the order of the classes, and so all weights, as they are",
    "beliefs_idle": "the outcomes of no deal do not differ where the text says something",
}
#: Why an edit cannot be made.
CANNOT_BE_MADE: dict[Reason, str] = {
    "numeric": "the cell is given in numbers, which have no class or level to move by",
    "forbidden": "the rules of the files forbid it",
    "nobody_asked": "no party with positions has to consent, so there is no joint share",
}
#: What the rules of the files say of a cell of no importance.
NO_LINE = "an issue of importance none can have no red line"
#: Importance from lightest to heaviest.
LADDER: tuple[schema.Importance, ...] = ("none", "minor", "moderate", "major", "critical")


@dataclass(frozen=True)
class LeverEdit:
    """One edit; ``removes`` are the lines of the party that it takes away.

    ``line_basis``, of a whole cell, is the basis of the line that the text crosses there.
    """

    party: str
    issue: str | None
    kind: Kind
    edit: str
    what: str
    before: str
    after: str
    basis: CellBasis
    evidence: tuple[str, ...]
    line_basis: CellBasis | None = None
    removes: frozenset[Line] = field(repr=False, default=frozenset())
    idle: Reason | None = None


@dataclass(frozen=True)
class NotMade:
    """An edit there is none of, with the path it would have."""

    path: str
    reason: Reason
    why: str | None = None


def lever_edits(
    case: Case, party: str | None = None, issue: str | None = None
) -> tuple[list[LeverEdit], list[NotMade]]:
    """Every single edit of every party, or of one; with an issue, of its cells and of refusals that name it.

    Both lists are in the order of parties and issues; an edit that is already so is in neither.
    """
    every = [x for p in case.profiles if party in (None, p.id) for x in _Maker(case, p).all(issue)]
    return [x for x in every if isinstance(x, LeverEdit)], [x for x in every if isinstance(x, NotMade)]


@dataclass(frozen=True)
class Drop:
    """Edits that drop all red lines and refusals of some parties, those that do not bear on the text too."""

    parties: tuple[str, ...]
    edits: tuple[str, ...]
    lines: int


def drops(case: Case, party: str | None = None) -> list[Drop]:
    """One of each asked party that rejects the text in every draw and, where there are several, one of all of them.

    Where a party crosses several lines at once no single edit helps, nor two; what is left when all of them are gone
    says whether the lines are what stands in the way. With ``party``, its own and the one of all. Neither where no
    line rejects the text in every draw.
    """
    barring = [p for p in case.profiles if p.id in case.asked and vetoes(case, p)]
    each = [_drop([p]) for p in barring if party in (None, p.id)]
    return [*each, _drop(barring)] if len(barring) > 1 and each else each


def _drop(profiles: list[Profile]) -> Drop:
    edits = []
    for profile in profiles:
        kinds = {line.kind for line in profile.lines}
        edits += [f"{profile.id}.red_lines=none"] * ("red_line" in kinds)
        edits += [f"{profile.id}.refuses=none"] * ("refusal" in kinds)
    return Drop(tuple(p.id for p in profiles), tuple(edits), sum(len(p.lines) for p in profiles))


def weight_ranges(case: Case) -> tuple[str, ...]:
    """Parties that have a weight given as a range."""
    return tuple(
        p.id for p in case.profiles if any(c.weight is not None and c.weight.low < c.weight.high for c in p.cells)
    )


def same_weights(one: Sequence[PlanEntry], other: Sequence[PlanEntry]) -> bool:
    """Whether two plans give equal weights in every draw: classes only order the issues that have one."""
    return _order(one) == _order(other)


def _order(plan: Sequence[PlanEntry]) -> tuple[PlanEntry, ...]:
    classes = sorted({s for s in plan if isinstance(s, int)})
    if len(classes) < 2:  # nothing to be above or below: as if unknown
        return tuple(None if isinstance(s, int) else s for s in plan)
    return tuple(classes.index(s) if isinstance(s, int) else s for s in plan)


class _Maker:
    """The edits of one party."""

    def __init__(self, case: Case, profile: Profile) -> None:
        self.case, self.profile = case, profile
        self.seen = case.space.seen(case.text[None], profile.id)[0].tolist()
        self.crossed = lines_crossed(case, profile)
        self.vetoes = frozenset(vetoes(case, profile))
        self.needed = case.need(case.text)[profile.id].needed
        self.labels = labels_of(case.scenario.domain)
        self.turning = case.scenario.domain.issues.no_deal.turning_issue

    def all(self, issue: str | None) -> Iterator[LeverEdit | NotMade]:
        for j, cell in enumerate(self.profile.cells):
            if issue in (None, cell.issue):
                yield from self._importance(j, cell)
                yield from self._lines(j, cell)
                yield from self._ranking(j, cell)
                yield from self._unknown(j, cell)
        for line in self.profile.lines:
            if line.kind == "refusal" and (issue is None or issue in dict(line.terms)):
                yield self._refusal(line)
                yield from self._holds(line, f"refuses.{line.id}")
        if issue is None:
            yield from self._beliefs()

    def _edit(
        self,
        issue: str | None,
        kind: Kind,
        path: str,
        value: Plain,
        words: tuple[str, str, str],
        rests_on: tuple[CellBasis, tuple[str, ...]],
        *,
        removes: frozenset[Line] = frozenset(),
        idle: Reason | None = None,
        line_basis: CellBasis | None = None,
    ) -> LeverEdit:
        """``words``: what it does, before and after. ``rests_on``: the basis of the cell and its evidence."""
        if not self.needed:
            idle = "consent_not_needed"
        elif self.profile.silent:
            idle = None  # it may begin to speak, and is asked from then on
        elif self.vetoes - removes:
            idle = "vetoes_anyway"
        text = f"{self.profile.id}.{path}={flow(from_plain(value, Place('', 1, 1)))}"
        return LeverEdit(self.profile.id, issue, kind, text, *words, *rests_on, line_basis, removes, idle)

    def _impossible(self, path: str, reason: Reason, why: str | None = None) -> NotMade:
        return NotMade(f"{self.profile.id}.{path}", reason, why)

    def _line(self, line: Line) -> str:
        return line_words(line, self.labels, self.profile.id)

    def _silent_without(self, removes: frozenset[Line], cell: Cell | None = None) -> bool:
        """Whether nothing would be left that the sources say of the party."""
        rest = [c for c in self.profile.cells if c is not cell]
        return all(c.silent for c in rest) and not set(self.profile.lines) - removes and not self.profile.reservation

    # --- importance -----------------------------------------------------------------------

    def _importance(self, j: int, cell: Cell) -> Iterator[LeverEdit | NotMade]:
        path, now = f"{cell.issue}.importance", cell.importance
        if now is None:
            yield self._impossible(path, "numeric")
            return
        plan = weight_plan(self.profile)
        turning = cell.issue == self.turning
        rests_on = ("unknown" if now == "unknown" else cell.importance_basis, cell.evidence.importance)
        for target in LADDER if turning else _neighbours(now):
            if target == now:
                continue
            if target == "none" and self._red_lines(cell.issue):
                yield self._impossible(path, "forbidden", NO_LINE)
                continue
            kind: Kind = "turning_issue" if turning else "importance"
            words = (f"importance of {self.labels.issue(cell.issue)} {now} to {target}", now, target)
            same = same_weights(plan, weight_plan(self.profile, issue=j, importance=target))
            yield self._edit(cell.issue, kind, path, target, words, rests_on, idle="same_order" if same else None)

    # --- lines ----------------------------------------------------------------------------

    def _red_lines(self, issue: str) -> list[Line]:
        return [line for line in self.profile.lines if line.kind == "red_line" and line.issue == issue]

    def _lines(self, j: int, cell: Cell) -> Iterator[LeverEdit | NotMade]:
        path, lines = f"{cell.issue}.red_lines", self._red_lines(cell.issue)
        number = int(self.case.text[j])
        text = None if number == OPEN else self.case.space.options[j][number]
        for line in lines:
            rest = [_in_file(x) for x in lines if x is not line]
            words = (f"drop {self._line(line)}", f"red line {line.id}{_polled(line)}", "no such red line")
            yield self._dropped(line, "drop_line", path, rest or "none", words, line.id == text)
            yield from self._holds(line, f"{path}.{line.id}")
        if text is None or text in [line.id for line in lines]:
            return
        if cell.importance == "none":
            yield self._impossible(path, "forbidden", NO_LINE)
            return
        words = (f"new {red_line(self.labels, cell.issue, text)}", "no red line on it", f"red line {text}")
        rests_on = (self.profile.ranking_basis(j, self.seen[j]), cell.evidence.ranking)
        yield self._edit(cell.issue, "add_line", path, [*map(_in_file, lines), text], words, rests_on)

    def _refusal(self, line: Line) -> LeverEdit:
        name = self._line(line)
        words = (f"drop {name}", f"{name}{_polled(line)}", "no such refusal")
        return self._dropped(line, "drop_refusal", f"refuses.{line.id}", "none", words, line in self.crossed)

    def _dropped(
        self, line: Line, kind: Kind, path: str, value: Plain, words: tuple[str, str, str], met: bool
    ) -> LeverEdit:
        """``met``: the text crosses the line."""
        gone = frozenset({line})
        idle: Reason | None = None if met or self._silent_without(gone) else "line_not_met"
        return self._edit(line.issue, kind, path, value, words, (line.basis, line.evidence), removes=gone, idle=idle)

    def _holds(self, line: Line, path: str) -> Iterator[LeverEdit]:
        """What polls give a line, a share of voters or a chance, at either end of its range."""
        if line.holds is None or line.holds.fixed:
            return
        kind = "chance of" if line.quota is None else "share of voters for"
        low, high = (exact(end) for end in line.holds)
        idle: Reason | None = None if line in self.crossed else "line_not_met"
        for end in line.holds:
            what = f"set the {kind} {self._line(line)} ({low} to {high}) to {exact(end)}"
            yield self._edit(
                line.issue, "holds", f"{path}.holds", end, (what, line.holds.words, f"{end:g}"),
                (line.basis, line.evidence), removes=frozenset({line}), idle=idle,
            )  # fmt: skip

    # --- rankings -------------------------------------------------------------------------

    def _ranking(self, j: int, cell: Cell) -> Iterator[LeverEdit | NotMade]:
        option = self.seen[j]
        if option == OPEN:
            return
        path, options = f"{cell.issue}.ranking", self.case.space.options[j]
        if not isinstance(cell.values, Ordinal):
            yield self._impossible(path, "numeric")
            return
        idle: Reason | None = None
        if self._weightless(cell):
            idle = "no_weight"
        elif self._no_term(j):
            idle = "no_term"
        refused = {options.index(line.id) for line in self._red_lines(cell.issue)}
        up, top = raised(cell.values, option)
        down, bottom = lowered(cell.values, option, refused)
        last = "last"
        if bottom is not None and bottom[-1] != (option,):
            last = f"last above the red line{ending(len(refused))}"
        named = f"rank '{self.labels.option(cell.issue, options[option])}'"
        before = ranking_words(items_of(cell.values), options)
        moves: list[tuple[Kind, Items | None, str]] = [
            ("one_up", None if up == top else up, "one level higher"),
            ("to_top", top, "first"),
            ("one_down", None if down == bottom else down, "one level lower"),
            ("to_bottom", bottom, last),
        ]
        rests_on = (self.profile.ranking_basis(j, self.seen[j]), cell.evidence.ranking)
        for kind, items, how in moves:
            if items is not None:
                words = (f"{named} {how} on {self.labels.issue(cell.issue)}", before, ranking_words(items, options))
                levels: list[Plain] = [level_names(level, options) for level in items]
                yield self._edit(cell.issue, kind, path, levels, words, rests_on, idle=idle)

    def _weightless(self, cell: Cell) -> bool:
        if self.profile.utility is not None:
            return False  # what such a utility makes of an issue without weight is its author's affair
        return cell.importance == "none" or (cell.weight is not None and cell.weight.low == cell.weight.high == 0)

    def _no_term(self, j: int) -> bool:
        """Whether the issue adds nothing to the gain in any draw, however it is ranked."""
        if self.profile.utility is not None and self.profile.reservation is None:
            # a value that text and no deal share may bear on what other issues are worth
            return {self.seen[j], *(outcome[j] for outcome in self.profile.outcomes)} == {OPEN}
        if self.seen[j] == OPEN:
            return True
        if self.profile.reservation is not None:
            return False
        possible = [y for y, p in zip(self.profile.outcomes, self.profile.beliefs, strict=True) if p.high > 0]
        return all(y[j] in (OPEN, self.seen[j]) for y in possible)

    # --- a whole cell ---------------------------------------------------------------------

    def _unknown(self, j: int, cell: Cell) -> Iterator[LeverEdit]:
        lines = self._red_lines(cell.issue)
        if cell.silent and not lines:
            return
        on_text = [x for x in lines if x in self.crossed]
        gone = frozenset(lines)
        plan = weight_plan(self.profile)
        same = same_weights(plan, (*plan[:j], None, *plan[j + 1 :]))
        idle: Reason | None = None
        if same and self._no_term(j) and not on_text and not self._silent_without(gone, cell):
            idle = "no_term"
        had = [] if cell.ranking_basis == "unknown" else ["ranking"]
        had += [f"importance {cell.importance}" if cell.weight is None else f"weight {cell.weight.words}"]
        had += [f"red line {x.id}" for x in lines]
        ranking = self.profile.ranking_basis(j, self.seen[j])
        basis: CellBasis = cell.importance_basis if ranking == "unknown" else ranking
        cited = dict.fromkeys((*(i for x in on_text for i in x.evidence), *cell.evidence.all))
        words = (f"make the position on {self.labels.issue(cell.issue)} unknown", ", ".join(had), "unknown")
        yield self._edit(
            cell.issue, "unknown", cell.issue, "unknown", words, (basis, tuple(cited)), removes=gone, idle=idle,
            line_basis=on_text[0].basis if on_text else None,
        )  # fmt: skip

    # --- beliefs --------------------------------------------------------------------------

    def _beliefs(self) -> Iterator[LeverEdit]:
        profile = self.profile
        if profile.reservation is not None:
            return
        idle: Reason | None = "beliefs_idle" if self._beliefs_idle() else None
        rests_on = (profile.beliefs_basis, profile.beliefs_evidence)
        low, high = sum(p.low for p in profile.beliefs), sum(p.high for p in profile.beliefs)
        for name, span in zip(self.case.outcomes, profile.beliefs, strict=True):
            # As far as the other ranges let it go: together the beliefs sum to one.
            ends = (max(span.low, 1 - (high - span.high)), min(span.high, 1 - (low - span.low)))
            least, most = (float(f"{end:.12g}") for end in ends)
            if least >= most:
                continue
            for end in (least, most):
                words = (f"set belief in {spaced(name)} ({span.words}) to {end:g}", span.words, f"{end:g}")
                yield self._edit(None, "beliefs", f"no_deal.beliefs.{name}", end, words, rests_on, idle=idle)

    def _beliefs_idle(self) -> bool:
        """Whether, on every issue that counts, the outcomes agree with each other or none departs from the text."""
        if self.profile.utility is not None:
            return len({*self.profile.outcomes}) == 1
        for j, cell in enumerate(self.profile.cells):
            outcomes = {outcome[j] for outcome in self.profile.outcomes}
            differ = len(outcomes) > 1 and outcomes - {OPEN, self.seen[j]}
            if self.seen[j] != OPEN and not self._weightless(cell) and differ:
                return False
        return True


def _neighbours(importance: schema.Importance) -> tuple[schema.Importance, ...]:
    if importance == "unknown":
        return ("minor", "critical")
    at = LADDER.index(importance)
    return tuple(LADDER[k] for k in (at - 1, at + 1) if 0 <= k < len(LADDER))


def line_words(line: Line, labels: Labels, party: str) -> str:
    """A red line or a refusal of a party in a few words."""
    if line.kind == "red_line":
        return red_line(labels, line.issue, line.id)
    return f"refusal {labels.refusal(party, line.id)}"


def _in_file(line: Line) -> Plain:
    """A red line as it stands in a file."""
    return line.id if line.holds is None else {"option": line.id, "holds": list(line.holds)}


def _polled(line: Line) -> str:
    return "" if line.holds is None else f" ({chance_words(line.holds, line.quota)})"
