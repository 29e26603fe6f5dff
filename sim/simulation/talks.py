"""A whole run as one Mesa model: steps, collected figures, batches, pages of SolaraViz.

All blocks of draws go on together, so a step is a round in every draw. Talks hold much of a block in memory from round
to round, so only so many blocks do (:data:`TOGETHER`); the further ones begin when these are over.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial, reduce
from math import nan
from pathlib import Path
from typing import Any, NoReturn

import mesa
import numpy as np

from sim.bargaining.endings import AGREED, UNRATIFIED
from sim.engine.acceptability import Judgement, joint
from sim.engine.draws import Array, blocks
from sim.engine.preferences import Preferences, preferences_of
from sim.engine.profiles import Case
from sim.files.arguments import InvalidArgument, UnknownName, UnknownOption, whole_number
from sim.files.grammar import listed
from sim.results.result import Result
from sim.scenario.loading import Loaded, load
from sim.scenario.options import Overrides
from sim.simulation.agenda import agenda
from sim.simulation.agents import Party, check_decides
from sim.simulation.cases import compiled
from sim.simulation.model import NegotiationModel, Procedure
from sim.simulation.runner import FILL_BLOCKS
from sim.simulation.summary import summarise
from sim.simulation.tally import Tally

#: How many blocks of talks go on at once, some 70 MB each: 16,384 draws.
TOGETHER = 4


@dataclass
class _Sums:
    """What the draws of a block come to so far: counts of draws, and sums of gains by party, in the case's order.

    ``agreed`` and ``unratified`` are nan where the protocol does not say.
    """

    draws: int
    open: int
    joint: int
    accepts: Array
    gains: Array
    agreed_gains: Array
    agreed: float = nan
    unratified: float = nan

    def close(self, tally: Tally, asked: bool) -> None:
        """Put what the block counts in the end in place of how it stood; ``asked`` says whether anybody votes."""
        self.open = 0
        if tally.talks is not None:
            self.agreed, self.unratified = (float(tally.talks.outcomes[k]) for k in (AGREED, UNRATIFIED))
            self.agreed_gains = tally.talks.gain_sums.values
        elif asked:
            self.agreed = float(tally.joint[0])


@dataclass
class _Block:
    """A block under way, with what the parties have of it."""

    number: int
    draws: int
    procedure: Procedure
    sums: _Sums
    preferences: list[Preferences] = field(default_factory=list)
    judgements: list[Judgement | None] = field(default_factory=list)
    memories: list[dict[str, Any]] = field(default_factory=list)


class Talks(NegotiationModel):
    """A scenario's vote or talks as a Mesa model, for ``mesa.batch_run``, ``SolaraViz`` and agents of one's own.

    A step is a round in every draw, of a vote the whole. Of talks 16,384 draws go on at once and further ones begin
    when these are over; where a block of 4,096 draws would need more than 128 MB, its parts follow each other too, and
    a step is a round in one part, while the draws of later parts wait. A block is gone through whole however few of its
    draws count, so that 100 draws take as long as 4,096. The figures after the last step are those of :func:`score`.
    After every step ``datacollector`` has collected:

    * ``round``: the round gone through, at most those of the scenario. Of blocks in different rounds it is that of
      the furthest; with a further part or further draws, rounds begin again, so steps may be more;
    * ``open``: the share of draws in which the talks are not over;
    * ``agreed``: the share in which there is an agreement that is ratified, in a vote that of ``joint``; of a single
      text, if the talks ended now. ``unratified``: that ratifiers turn down; nan in a vote;
    * ``joint``, and by party ``acceptability.russia`` and ``gain.russia``: joint acceptance of the text as tabled, the
      share that accepts it, the mean gain from it over no deal; the outcomes of those names of :func:`evaluate`;
    * by party ``agreed_gain.russia``: the mean gain from what is agreed, nan where nothing is.

    Shares of what the parties make of the tabled text are of the draws begun, all others of all draws. A run draws
    nothing but by its seed, so iterations of one seed are alike.

    Args:
        scenario: a loaded scenario, or its file or id. In a batch, a loaded one is not read again for every run.
        parties: a subclass of :class:`Party` for all parties, or such classes by id, as ``{"russia": Hawk}``.
        edits: edits as those of :func:`load`.
        draws: how many draws, else those of the scenario; ``as_of``, ``evidence``, ``protocol`` and ``rules``
            likewise, as those of :func:`load`.
        rng: the seed, a whole number, by the name that Mesa 3.5 gives it.
        kwargs: ``seed``, the same by its older name; and edits by path, as ``{"us.no_deal.cost": 0.1}``, so that
            they are parameters of a batch, or sliders.

    Attributes:
        result: the :class:`Result`, as :func:`score` gives it, when the last step is done; before that None.
        loaded: the scenario, with edits and settings applied.
        parties: the agents, in the order of the scenario's parties.

    Raises:
        Complaints: as :func:`load` and :func:`score` do.
        InvalidArgument: for what cannot be meant, for a class that decides nothing, and for decisions of parties that
            are no array of one entry a draw.
        UnknownName: for a class given to a party that there is not.

    Example:
        >>> import sim
        >>> talks = sim.Talks("istanbul", draws=500, protocol="alternating_offers", seed=3)
        >>> talks.run_model()
        >>> bool(talks.result.negotiation.agreed.estimate == talks.figures["agreed"])
        True
    """

    def __init__(
        self,
        scenario: Loaded | str | Path,
        *,
        parties: type[Party] | Mapping[str, type[Party]] | None = None,
        edits: Iterable[str] | Mapping[str, object] = (),
        draws: int | None = None,
        as_of: Any = None,
        evidence: Any = None,
        protocol: str | None = None,
        rules: Mapping[str, Mapping[str, str]] | None = None,
        rng: int | None = None,
        **kwargs: Any,
    ) -> None:
        # No argument is called seed: Mesa 3.5 would set it in every run of a batch, and so drop seeds that are among
        # the parameters of the batch. Mesa 3.3 lets parameters pass that are not named here if kwargs is.
        overrides = Overrides(draws=draws, as_of=as_of, evidence=evidence, protocol=protocol, rules=rules)
        overrides["seed"] = _seed(kwargs.pop("seed", None), rng)
        if strangers := [name for name in kwargs if "." not in name]:
            raise UnknownOption("option", strangers[0], (*(Talks.__init__.__kwdefaults__ or {}), "seed"))
        self.loaded = _loaded(scenario).with_(edits, **overrides)
        if kwargs:
            self.loaded = self.loaded.with_(kwargs)
        [case] = compiled([self.loaded])
        super().__init__(agenda(case), case.scenario.negotiation.protocol, _kinds(parties, case))
        self.result: Result | None = None
        self._waiting = deque(enumerate(blocks(case.scenario.draws)))
        self._under_way: list[_Block] = []
        #: The round gone through last, the furthest of the blocks under way.
        self._round = 0
        #: Of every block begun, in their order.
        self._sums: dict[int, _Sums] = {}
        #: Of the blocks that are over: the first ones added up, so many, and further ones.
        self._total: Tally | None = None
        self._added = 0
        self._further: dict[int, Tally] = {}
        by_party = [f"{what}.{p.id}" for what in _BY_PARTY for p in case.profiles]
        #: The latest of what is collected, by name; nan before the first step.
        self.figures = dict.fromkeys((*_OF_ALL, *by_party), nan)
        reporters = {name: partial(_figure, name) for name in self.figures}
        self.datacollector = mesa.DataCollector(model_reporters=reporters)

    def __repr__(self) -> str:
        going = "running" if self.running else "over"
        return f"<{type(self).__name__} {self.loaded.scenario.id}: {self.protocol}, step {self.steps}, {going}>"

    @property
    def scenario(self) -> NoReturn:
        """Nothing: what Mesa 3.5 calls so is a set of parameters of its own, which a page of SolaraViz would reset."""
        raise AttributeError("talks have no scenario of Mesa's; the scenario of the talks is loaded")

    @scenario.setter
    def scenario(self, value: object) -> None:
        """Pass over what Mesa 3.5 puts there when a model begins."""

    def step(self) -> None:
        """One round in every draw under way; nothing more when the talks are over."""
        if self.result is not None:
            return
        self._round = 0
        going = [block for block in self._under_way if self._goes_on(block)]
        # A block that is over after its first round makes room for a further one in the same step.
        while self._waiting and len(going) < TOGETHER:
            block = self._begun(*self._waiting.popleft())
            if self._goes_on(block):
                going.append(block)
        self._under_way = going
        self.running = bool(going or self._waiting)
        if not self.running:
            self._conclude()
        self._count()
        self.datacollector.collect(self)

    # --- blocks -----------------------------------------------------------------------------------

    def _begun(self, number: int, draws: int) -> _Block:
        self._procedure = self.new_procedure()
        preferences = preferences_of(self.case, number)
        self.begin(preferences, draws, fill=number < FILL_BLOCKS)
        accepts = {party.party: party.consider().accepts for party in self.parties}
        decided = [joint([accepts[voter] for voter in self.case.voters(party)]) for party in accepts]
        sums = _Sums(
            open=draws,
            draws=draws,
            joint=int(joint([accepts[party] for party in self.case.asked])[:draws].sum()),
            accepts=np.array([mask[:draws].sum() for mask in decided], float),
            gains=np.array([party.consider().gain[:draws].sum() for party in self.parties]),
            agreed_gains=np.zeros(len(self.parties)),
        )
        self._sums[number] = sums
        return _Block(
            number, draws, self._procedure, sums, preferences,
            [party.judgement for party in self.parties], [party.memory for party in self.parties],
        )  # fmt: skip

    def _goes_on(self, block: _Block) -> bool:
        """One round of a block, and whether there is a further one."""
        self._take_up(block)
        self._round = max(self._round, block.procedure.round)
        block.procedure.step()
        if self.tally is None:
            self._note(block)
            return True
        tally = self.end()
        block.sums.close(tally, bool(self.case.asked))
        self._further[block.number] = tally
        # Sums of floats are added in the order of the blocks, as in any run.
        while (first := self._further.pop(self._added, None)) is not None:
            if self._total is None:
                self._total = first
            else:
                self._total += first
            self._added += 1
        return False

    def _take_up(self, block: _Block) -> None:
        """Give the model and its parties what they have of a block."""
        states = zip(self.parties, block.preferences, block.judgements, block.memories, strict=True)
        for party, preferences, judgement, memory in states:
            party.preferences, party.judgement, party.memory = preferences, judgement, memory
        self._procedure = block.procedure
        self.block, self.draws, self.round = block.number, block.draws, block.procedure.round - 1
        self.fill, self.tally, self.running = block.number < FILL_BLOCKS, None, True

    def _note(self, block: _Block) -> None:
        """How a block stands after a round."""
        standing = block.procedure.standing()
        if standing is None:
            return
        here = slice(block.draws)
        agreed = standing.outcome[here] == AGREED
        block.sums.open = int(standing.open[here].sum())
        block.sums.agreed = int(agreed.sum())
        block.sums.unratified = int((standing.outcome[here] == UNRATIFIED).sum())
        block.sums.agreed_gains = standing.gains[:, here][:, agreed].sum(axis=1)

    # --- figures ----------------------------------------------------------------------------------

    def _count(self) -> None:
        """Work out the figures, from sums over the blocks in their order."""
        sums = [self._sums[number] for number in sorted(self._sums)]
        draws, begun = self.case.scenario.draws, sum(each.draws for each in sums)
        talks = self.protocol != "vote"
        agreed = sum(each.agreed for each in sums)
        self.figures |= {
            "round": float(self._round),
            "open": (draws - begun + sum(each.open for each in sums)) / draws,
            "agreed": agreed / draws,
            "unratified": sum(each.unratified for each in sums) / draws,
            "joint": sum(each.joint for each in sums) / begun if self.case.asked else nan,
        }
        by_party = {
            "acceptability": reduce(np.add, [each.accepts for each in sums]) / begun,
            "gain": reduce(np.add, [each.gains for each in sums]) / begun,
            "agreed_gain": reduce(np.add, [each.agreed_gains for each in sums]) / (agreed if talks and agreed else nan),
        }
        for what, numbers in by_party.items():
            for party, number in zip(self.parties, numbers.tolist(), strict=True):
                self.figures[f"{what}.{party.party}"] = number

    def _conclude(self) -> None:
        """Make the result of what all blocks count."""
        assert self._total is not None
        warnings = [str(warning) for warning in self.loaded.warnings]
        warnings += [
            _decided(party, self._procedure.asks(number), self.protocol)
            for number, party in enumerate(self.parties)
            if party.decisions
        ]
        self.result = summarise(self.case, self._total, self.loaded.sha256, warnings)


#: What is collected of all together, and by party.
_OF_ALL = ("round", "open", "agreed", "unratified", "joint")
_BY_PARTY = ("acceptability", "gain", "agreed_gain")


def _figure(name: str, talks: Talks) -> float:
    """What a collector of data takes down."""
    return talks.figures[name]


def _decided(party: Party, asked: tuple[str, ...], protocol: str) -> str:
    """What is said of a party whose class decides: of which of its decisions the protocol asks."""
    kind = type(party).__qualname__
    idle = [what for what in party.decisions if what not in asked]
    if not idle:
        return f"{party.party} decides as the class {kind} says, which is in no file"
    unasked = f"{protocol} does not ask it for {listed(idle, 'or')}"
    if len(idle) == len(party.decisions):
        return f"{party.party} decides as the files say and not as the class {kind}: {unasked}"
    return f"{party.party} decides as the class {kind} says, which is in no file; {unasked}"


def _loaded(scenario: object) -> Loaded:
    """A scenario as it is, or of its file. Raises InvalidArgument for what is neither."""
    if isinstance(scenario, Loaded):
        return scenario
    if isinstance(scenario, str | Path):
        return load(scenario)
    hint = "; sim.from_dict makes one of a mapping" if isinstance(scenario, Mapping) else ""
    raise InvalidArgument(f"scenario is a loaded scenario, or its file or id, not {type(scenario).__name__}{hint}")


def _seed(seed: object, rng: object) -> int | None:
    """The seed, by either name. Raises InvalidArgument for two that differ, and for what is no whole number."""
    numbers = {whole_number(name, n) for name, n in (("seed", seed), ("rng", rng)) if n is not None}
    if len(numbers) > 1:
        raise InvalidArgument(f"seed and rng are the same, so give one of them; not {seed!r} and {rng!r}")
    return numbers.pop() if numbers else None


def _kinds(parties: object, case: Case) -> dict[str, type[Party]]:
    """Classes of agents by the ids of parties. Raises InvalidArgument and UnknownName."""
    ids = [profile.id for profile in case.profiles]
    if parties is None:
        return {}
    kinds = parties if isinstance(parties, Mapping) else dict.fromkeys(ids, parties)
    for party, kind in kinds.items():
        if not (isinstance(kind, type) and issubclass(kind, Party)):
            raise InvalidArgument(
                f"parties are a subclass of sim.Party for all, or such classes by id, as {{'{ids[0]}': Hawk}}; "
                f"in a batch, a list of such mappings; not {parties!r}"
            )
        check_decides(kind)
        if party not in ids:
            raise UnknownName("party", party, ids)
    return dict(kinds)
