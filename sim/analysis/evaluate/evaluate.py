"""Many samples of edits, scored on the same draws: a table in, a table out.

For programs that plan experiments (SALib, EMA Workbench) and need a function of numbers. What a sample leaves alone is
neither drawn nor judged again, and what it gives is what ``score`` of the edited scenario gives, to the last digit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from sim.analysis.evaluate.samples import Samples, samples_of
from sim.analysis.shared.at_hand import AtHand
from sim.engine.acceptability import accepts_each
from sim.engine.draws import Array, NothingFits, block_count, draws_in
from sim.engine.exact_sums import ExactSum
from sim.engine.packages import Mask
from sim.engine.preferences import Memo, Preferences, preferences_for
from sim.engine.profiles import Case, Profile, compile_case
from sim.execution.fold import fold
from sim.execution.job import Job
from sim.files.arguments import InvalidArgument, UnknownName, several
from sim.files.ceilings import check_draws
from sim.files.errors import SimError
from sim.files.grammar import plural
from sim.report import html
from sim.report.frame import frame
from sim.report.page import Column, Page, Sheet
from sim.scenario.loading import Loaded, with_edits
from sim.simulation.cases import check_fit, compiled, travels

if TYPE_CHECKING:
    import pandas

#: Samples that are looked at together: what they share in a block is drawn once, and what they hold is let go.
BATCH = 64
#: So many samples, and faults, a notebook shows.
SHOWN = 10
#: Outcomes of the whole, and outcomes that each party has.
WHOLE = ("joint", "signed")
EACH = ("acceptability", "own", "gain")


@dataclass(frozen=True, repr=False)
class Evaluation:
    """The outcomes of every sample; :func:`evaluate` makes it.

    Attributes:
        outcomes: what was asked for, by name, in order.
        values: shape ``(samples, outcomes)``; NaN in the rows of samples that could not be scored.
        errors: what was wrong, by number of the sample, from 0.

    Example:
        >>> import sim
        >>> loaded = sim.load("istanbul", draws=500)
        >>> table = sim.evaluate(loaded, {"us.fighting.importance": ["minor", "hgih"]}, on_error="nan")
        >>> table
        <Evaluation of 2 samples: joint; 1 could not be scored>
        >>> table["joint"].shape, list(table.errors)
        ((2,), [1])
    """

    outcomes: tuple[str, ...]
    values: Array
    errors: dict[int, SimError] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, outcome: str) -> Array:
        """One outcome, shape ``(samples,)``. Raises UnknownName for one that was not asked for."""
        if outcome not in self.outcomes:
            raise UnknownName("outcome", outcome, self.outcomes)
        return self.values[:, self.outcomes.index(outcome)]

    def __repr__(self) -> str:
        failed = f"; {len(self.errors)} could not be scored" if self.errors else ""
        return f"<Evaluation of {len(self)} samples: {', '.join(self.outcomes)}{failed}>"

    def _repr_html_(self) -> str:
        """For notebooks: the first samples."""
        rows = tuple(
            (str(number), *("-" if math.isnan(x) else f"{x:.6g}" for x in row))
            for number, row in enumerate(self.values[:SHOWN])
        )
        columns = (Column("sample", right=True), *(Column(outcome, right=True) for outcome in self.outcomes))
        more = len(self) - len(rows)
        notes = [f"{plural(more, 'more sample')}"] if more else []
        notes += [f"sample {number}: {error}" for number, error in list(self.errors.items())[:SHOWN]]
        return html.block([Page(f"{self!r}"[1:-1], "", (Sheet(columns, rows),), tuple(notes))])

    def to_frame(self) -> pandas.DataFrame:
        """A pandas table, a row a sample, a column an outcome. Raises ImportError where pandas is not installed."""
        return frame({outcome: self[outcome] for outcome in self.outcomes}, "sample")


def evaluate(
    loaded: Loaded,
    samples: Any,
    outcomes: str | Iterable[str] = ("joint",),
    *,
    on_error: Literal["raise", "nan"] = "raise",
) -> Evaluation:
    """Score a scenario under every sample of edits, all on its own draws.

    Args:
        loaded: the scenario, with draws and seed.
        samples: a mapping of paths (those of :func:`sim.edited`) to columns, a pandas table, a list of mappings, or a
            pair of a list of paths and an array of shape ``(samples, paths)``. Values are numbers, texts as behind
            ``--set``, lists; None leaves a path alone.
        outcomes: their names: ``joint`` (share of draws in which all accept whose consent is needed), ``signed`` (the
            same without ratifiers; NaN where nobody is asked), and of each party ``acceptability.PARTY`` (as results
            report it, an alliance with its members), ``own.PARTY`` (without members) and ``gain.PARTY`` (mean gain, in
            units of utility). ``acceptability``, ``own`` and ``gain`` alone mean those of every party.
        on_error: what becomes of a sample that the files forbid: ``"raise"``, or ``"nan"`` in its row. SALib takes no
            NaN: its Sobol' indices are then all zero, without a word. Such samples are one design, so that no row can
            be dropped: let them raise, or stop where ``errors`` has any, and sample within narrower bounds
            (:func:`sim.parameters`). Of samples that are independent drop the rows in ``errors``.

    Returns:
        A row a sample, a column an outcome.

    Raises:
        Complaints: about the first sample that cannot be scored, its place as ``samples[3]``, unless they become NaN.
        InvalidArgument: where samples are no table, and for a protocol other than the vote.
        UnknownName: for an outcome there is not.

    Example:
        >>> import sim
        >>> loaded = sim.load("istanbul", draws=500)
        >>> table = sim.evaluate(loaded, {"us.no_deal.cost": [0.0, 0.1]}, ["joint", "gain.us"])
        >>> bool(abs(table["gain.us"][1] - table["gain.us"][0] - 0.1) < 1e-12)
        True
    """
    if not isinstance(loaded, Loaded):
        raise InvalidArgument(f"a loaded scenario is evaluated (sim.load), not {loaded!r}")
    if on_error not in ("raise", "nan"):
        raise InvalidArgument(f"on_error is 'raise' or 'nan', not {on_error!r}")
    if (protocol := loaded.scenario.negotiation.protocol) != "vote":
        raise InvalidArgument(f"samples are put to the vote; load the scenario with protocol='vote', not {protocol!r}")
    table = samples_of(samples)
    [base] = compiled([loaded])
    names = _names(base, [outcomes] if isinstance(outcomes, str) else several("outcomes", outcomes, "'joint'"))
    check_draws(base.scenario.draws, max(table.count, 1))
    values = np.full((table.count, len(names)), math.nan)
    errors: dict[int, SimError] = {}
    job = Evaluating(loaded, table, names, BATCH, on_error == "raise")
    job.base = base  # which is at hand here; other processes compile it
    for first, batch in zip(range(0, table.count, BATCH), fold(job), strict=True):
        values[first : first + BATCH] = batch.sums.values / base.scenario.draws
        errors |= batch.errors
    values[list(errors)] = math.nan
    values.flags.writeable = False
    return Evaluation(names, values, dict(sorted(errors.items())))


def _names(case: Case, asked: Sequence[str]) -> tuple[str, ...]:
    """The outcomes asked for, those of every party one by one."""
    parties = [p.id for p in case.profiles]
    known = [*WHOLE, *(f"{what}.{party}" for what in EACH for party in parties)]
    names: list[str] = []
    for name in asked:
        if name not in EACH and name not in known:
            raise UnknownName("outcome", name, [*WHOLE, *EACH, *known])
        names += [f"{name}.{party}" for party in parties] if name in EACH else [name]
    return tuple(dict.fromkeys(names))


class OfSamples(NamedTuple):
    """The outcomes of a batch, summed over draws, shape ``(samples, outcomes)``, and what is wrong with some samples.

    By number of the sample; what is summed of these says nothing.
    """

    sums: ExactSum
    errors: dict[int, SimError]


@dataclass
class Evaluating(Job[OfSamples, OfSamples]):
    """Samples in batches of ``size``: what travels is the scenario, once, and the table."""

    loaded: Loaded
    table: Samples
    names: tuple[str, ...]
    size: int
    #: Whether the first sample that cannot be scored is raised.
    strict: bool

    @property
    def lengths(self) -> list[int]:
        """The blocks of the scenario's draws, for each batch."""
        return [block_count(self.base.scenario.draws)] * -(-self.table.count // self.size)

    @property
    def travels(self) -> bool:
        """Unless a program has registered rules that the scenario names, or may have some that samples do."""
        return travels(self.base) and not any(path.split(".")[0] == "rules" for path in self.table.paths)

    @cached_property
    def base(self) -> Case:
        """The scenario as it is."""
        return compiled([self.loaded])[0]

    @cached_property
    def _cases(self) -> AtHand[dict[int, Case | SimError]]:
        return AtHand(self._batch, most=2)

    def _batch(self, batch: int) -> dict[int, Case | SimError]:
        """The scenario under every sample of a batch, or what is wrong with one."""
        first = batch * self.size
        cases: dict[int, Case | SimError] = {}
        for row in range(first, min(first + self.size, self.table.count)):
            try:
                cases[row] = _case(self.loaded, self.base, self.table, row)
            except SimError as error:
                if self.strict:
                    raise
                cases[row] = error
        return cases

    def block(self, batch: int, block: int) -> OfSamples:
        """All samples of a batch in one block. Raises what is wrong with the first, if that is wanted."""
        cases = self._cases[batch]
        scenario = self.base.scenario
        base = BlockAnswers(self.base, Memo(scenario.seed, block), draws_in(block, scenario.draws))
        sums = np.zeros((len(cases), len(self.names)))
        errors: dict[int, SimError] = {}
        for number, (row, case) in enumerate(cases.items()):
            if isinstance(case, SimError):
                errors[row] = case
                continue
            try:
                answers = BlockAnswers(case, base.memo, base.count, base)
                sums[number] = [answers.sum(name) for name in self.names]
            except NothingFits as fault:
                error = InvalidArgument(f"samples[{row}]: ranges leave almost nothing to draw from: {fault}")
                if self.strict:
                    raise error from fault
                errors[row] = error
        return OfSamples(ExactSum.of(sums), errors)

    def joined(self, one: OfSamples, other: OfSamples) -> OfSamples:
        """Of two faults of a sample the one of the earlier block."""
        return OfSamples(one.sums + other.sums, {**other.errors, **one.errors})


def _case(loaded: Loaded, base: Case, table: Samples, row: int) -> Case:
    """The scenario under one sample, compiled; raises Complaints or InvalidArgument."""
    edits = list(table.edits(row))
    for edit in edits:
        if edit.parts[0] == "negotiation":
            raise InvalidArgument(f"{'.'.join(edit.parts)}: samples are put to the vote, where nothing is negotiated")
    edited = with_edits(loaded, edits)
    case = compile_case(edited.scenario, base)
    check_fit(edited, case, [p for p in case.profiles if not any(p is same for same in base.profiles)])
    return case


class BlockAnswers:
    """What parties gain and answer in one block, under one sample; of ``base`` what the sample leaves alone."""

    def __init__(self, case: Case, memo: Memo, count: int, base: BlockAnswers | None = None) -> None:
        self.case, self.memo, self.count = case, memo, count
        self._base = base
        self._same_text = (
            base is not None and case.space is base.case.space and bool((case.text == base.case.text).all())
        )
        self._profiles: dict[str, Profile] = {p.id: p for p in case.profiles}
        self._people: dict[str, Preferences] = {}
        self._accepts: dict[str, Mask] = {}
        self._gains: dict[str, float] = {}

    def sum(self, outcome: str) -> float:
        """The sum of an outcome over the draws."""
        what, _, party = outcome.partition(".")
        if what == "gain":
            return self._gain(party)
        voters = {"joint": self.case.asked, "signed": self.case.signing, "own": (party,)}
        together = np.ones(self.count, bool)
        if what in ("joint", "signed") and not voters[what]:
            return math.nan
        for voter in voters[what] if what in voters else self.case.voters(party):
            together &= self._answer(voter)
        return float(together.sum())

    def _answer(self, party: str) -> Mask:
        """A party's own acceptance of the text, shape ``(draws,)``."""
        if self._same_text and (same := self._unchanged(party)) is not None:
            return same._answer(party)
        if party not in self._accepts:
            accepts = accepts_each(self._person(party), self.case.space, self.case.text[None])
            self._accepts[party] = accepts[0, : self.count]
        return self._accepts[party]

    def _gain(self, party: str) -> float:
        """The sum of a party's gains."""
        if self._same_text and (same := self._unchanged(party)) is not None:
            return same._gain(party)
        if party not in self._gains:
            seen = self.case.space.seen(self.case.text[None], party)[0]
            self._gains[party] = float(self._person(party).gain(seen)[: self.count].sum())
        return self._gains[party]

    def _person(self, party: str) -> Preferences:
        """A party's preferences, those of the base where the sample leaves them alone."""
        if (same := self._unchanged(party)) is not None:
            return same._person(party)
        if party not in self._people:
            self._people[party] = preferences_for(self._profiles[party], self.case.space.sizes, self.memo)
        return self._people[party]

    def _unchanged(self, party: str) -> BlockAnswers | None:
        """The answers of the base, where the party's profile is the same."""
        base = self._base
        return base if base is not None and base._profiles.get(party) is self._profiles[party] else None
