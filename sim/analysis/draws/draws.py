"""The draws behind a result as arrays: what each party holds, gains and answers in each of them.

A result counts draws; here they are one by one, as the model judges them, for those who go on with numpy or pandas.
Equal to :func:`sim.simulation.score.score` to the last digit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.engine.acceptability import accepts_each, joint_each
from sim.engine.consent import asked_each
from sim.engine.draws import Array, blocks, in_draws
from sim.engine.packages import OPEN, Mask, Packages
from sim.engine.preferences import Memo, Preferences, preferences_for
from sim.engine.profiles import Line, Profile
from sim.files.arguments import InvalidArgument, UnknownName
from sim.files.ceilings import check_draws
from sim.report import html
from sim.report.frame import frame
from sim.report.numbers import percent
from sim.report.page import Column, Page, by_column
from sim.scenario.loading import Loaded
from sim.simulation.cases import compiled

if TYPE_CHECKING:
    import pandas

T = TypeVar("T")
#: A text by its terms (an issue that is missing or None is open), as a loaded scenario, or by numbers of options.
Text: TypeAlias = Mapping[str, str | None] | Loaded | Packages


class ByParty(Mapping[str, T]):
    """One thing a party, worked out when it is first asked for.

    A party there is not raises :class:`sim.files.arguments.UnknownName`, with the nearest there is.
    """

    def __init__(self, parties: Sequence[str], work_out: Callable[[str], T]) -> None:
        self._parties, self._work_out = tuple(parties), work_out
        self._known: dict[str, T] = {}

    def __getitem__(self, party: str) -> T:
        if party not in self._parties:
            raise UnknownName("party", party, self._parties)
        if party not in self._known:
            self._known[party] = self._work_out(party)
        return self._known[party]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parties)

    def __len__(self) -> int:
        return len(self._parties)

    def __repr__(self) -> str:
        return f"ByParty({', '.join(self._parties)})"


class Draws:
    """Every draw of a scenario; :func:`draws` makes it. Arrays are read-only and worked out when first asked for.

    Attributes:
        count: how many draws.
        parties: ids, in the order of the results.
        issues: ids, in the order of the rows of ``weights``.
        outcomes: of no deal, in the order of the rows of ``beliefs``.
        terms: of the scenario's text, None where it is open.

    Example:
        >>> import sim
        >>> drawn = sim.draws(sim.load("istanbul", draws=500))
        >>> drawn
        <Draws of istanbul: 500 draws, 7 parties, seed 1>
        >>> drawn.gains["russia"].shape, drawn.weights["russia"].shape == (len(drawn.issues), 500)
        ((500,), True)
    """

    def __init__(self, loaded: Loaded) -> None:
        [case] = compiled([loaded])
        check_draws(case.scenario.draws, 1)
        self._case = case
        self.count: int = case.scenario.draws
        self.parties: tuple[str, ...] = tuple(p.id for p in case.profiles)
        self.issues: tuple[str, ...] = case.space.issues
        self.outcomes: tuple[str, ...] = case.outcomes
        self.terms: Mapping[str, str | None] = MappingProxyType(case.space.terms(case.text))

    def __repr__(self) -> str:
        of = f"{self.count} draws, {len(self.parties)} parties, seed {self._case.scenario.seed}"
        return f"<Draws of {self._case.id}: {of}>"

    def _repr_html_(self) -> str:
        """For notebooks: what parties make of the text, in short."""
        columns = (
            (Column("party"), self.parties),
            (Column("accepts, share of draws", right=True), [percent(self.accepts[p].mean()) for p in self.parties]),
            (Column("mean gain", right=True), [f"{self.gains[p].mean():+.3f}" for p in self.parties]),
        )
        return html.block([Page(f"{self!r}"[1:-1], "", (by_column(columns),))])

    # --- what each party holds ----------------------------------------------------------

    @cached_property
    def weights(self) -> Mapping[str, Array]:
        """By party the weight of each issue, shape ``(issues, draws)``; they sum to 1 in each draw."""
        return self._each(lambda own, _: own.weights)

    @cached_property
    def values(self) -> Mapping[str, Mapping[str, Array]]:
        """By party and issue the value of each option, shape ``(options, draws)``, between 0 and 1."""

        def of_party(party: str) -> Mapping[str, Array]:
            parts = list(self._blocks([party]))
            rows = [self._whole([own.values[j][:, :count] for (own,), count in parts]) for j in range(len(self.issues))]
            return MappingProxyType(dict(zip(self.issues, rows, strict=True)))

        return ByParty(self.parties, of_party)

    @cached_property
    def beliefs(self) -> Mapping[str, Array | None]:
        """By party the probability of each outcome of no deal, shape ``(outcomes, draws)``.

        None where the party measures against a number, and where there is no lottery.
        """
        return self._each(lambda own, _: own.beliefs)

    @cached_property
    def lines(self) -> Mapping[str, Mapping[str, Mask]]:
        """By party and line the draws in which it binds, shape ``(draws,)``, whether the text crosses it or not.

        A red line is called ``ISSUE.red_lines.OPTION``, a refusal ``refuses.ID``, as in edits.
        """

        def of_party(party: str) -> Mapping[str, Mask]:
            parts = list(self._blocks([party]))
            return MappingProxyType(
                {
                    line_name(line): self._whole([own.binds(line)[:count] for (own,), count in parts])
                    for line in self._case.profile(party).lines
                }
            )

        return ByParty(self.parties, of_party)

    def crossed(self, party: str, text: Text | None = None) -> tuple[str, ...]:
        """The lines of a party that a text crosses, by name as in :attr:`lines`; the scenario's own text without.

        Raises UnknownName for a party, an issue or an option there is not.
        """
        row = self._case.text if text is None else self._rows([text])[0]
        return tuple(line_name(line) for line in self._profile(party).crossed(self._case.space, row))

    # --- what it makes of a text --------------------------------------------------------

    @cached_property
    def gains(self) -> Mapping[str, Array]:
        """By party the gain of the text over no deal in units of utility, shape ``(draws,)``."""
        return self.gains_of(dict(self.terms))

    @cached_property
    def least(self) -> Mapping[str, Array]:
        """By party the least gain to which it says yes where no line binds, shape ``(draws,)``.

        Zero, but for a rule of acceptance of its own (:func:`sim.acceptance`).
        """
        return self._each(lambda own, count: np.zeros(count) + in_draws(own.least, slice(count)))

    @cached_property
    def accepts(self) -> Mapping[str, Mask]:
        """By party whether it accepts the text, shape ``(draws,)``: of an alliance, with its members."""
        return self.accepts_of(dict(self.terms))

    @cached_property
    def joint(self) -> Mask:
        """Whether all accept whose consent the text needs, shape ``(draws,)``; always where nobody is asked."""
        return self.joint_of(dict(self.terms))

    def gains_of(self, texts: Text | Sequence[Text]) -> Mapping[str, Array]:
        """By party the gain of each of some texts over no deal, in units of utility.

        Args:
            texts: one text or several. Each is a mapping of issues to options (None or missing: open), a loaded
                scenario of the same domain, or an array of option numbers, shape ``(issues,)`` (of many texts
                ``(texts, issues)``), -1 for open.

        Returns:
            By party an array of shape ``(texts, draws)``, of one text ``(draws,)``.

        Raises:
            UnknownName: for an issue or an option there is not.
            InvalidArgument: for a scenario of another domain, numbers that are no options, and a text with an open
                issue where a party has a reservation in numbers.

        Example:
            >>> import sim
            >>> drawn = sim.draws(sim.load("istanbul", draws=500))
            >>> milder = {**drawn.terms, "sanctions": "lifted"}
            >>> bool((drawn.gains_of(milder)["russia"] >= drawn.gains["russia"]).all())
            True
        """
        rows, one = self._asked(texts)
        seen = {party: self._case.space.seen(rows, party) for party in self.parties}

        def of_party(own: Preferences, count: int) -> Array:
            out = np.empty((len(rows), count))
            for number, gain in own.gains(seen[own.profile.id]):
                out[number] = gain[:count]
            return out[0] if one else out

        return self._each(of_party)

    def accepts_of(self, texts: Text | Sequence[Text]) -> Mapping[str, Mask]:
        """By party whether it accepts each of some texts, an alliance with its members; otherwise as :meth:`gains_of`.

        Example:
            >>> import sim
            >>> loaded = sim.load("istanbul", draws=500)
            >>> [result] = sim.score([loaded])
            >>> accepts = sim.draws(loaded).accepts_of(loaded)["us"]
            >>> float(accepts.mean()) == result.party("us").acceptability.estimate
            True
        """
        rows, one = self._asked(texts)
        space = self._case.space
        own = self._each(lambda mine, count: accepts_each(mine, space, rows)[:, :count])

        def of_party(party: str) -> Mask:
            together = np.logical_and.reduce([own[voter] for voter in self._case.voters(party)])
            return self._whole([together[0] if one else together])

        return ByParty(self.parties, of_party)

    def joint_of(self, texts: Text | Sequence[Text]) -> Mask:
        """Whether all accept whose consent each text needs, shape ``(texts, draws)``, of one text ``(draws,)``.

        The texts, and what is raised, are as for :meth:`gains_of`.
        """
        rows, one = self._asked(texts)
        needed, space = asked_each(self._case, rows), self._case.space
        drawn = self._blocks(self.parties)
        parts = [joint_each(people, needed, space, rows)[:, :count] for people, count in drawn]
        whole = self._whole(parts)
        return whole[0] if one else whole

    def to_frame(self) -> pandas.DataFrame:
        """A pandas table, a row a draw: ``gain.PARTY`` and ``accepts.PARTY`` of each party, and ``joint``.

        Raises ImportError, in one line, where pandas is not installed.
        """
        columns: dict[str, Any] = {f"gain.{p}": gain for p, gain in self.gains.items()}
        columns |= {f"accepts.{p}": accepts for p, accepts in self.accepts.items()}
        return frame({**columns, "joint": self.joint}, "draw")

    # --- block by block -----------------------------------------------------------------

    def _blocks(self, parties: Sequence[str]) -> Iterator[tuple[list[Preferences], int]]:
        """The preferences of some parties in each block, and how many draws of it count."""
        profiles = [self._profile(party) for party in parties]
        for block, count in enumerate(blocks(self.count)):
            memo = Memo(self._case.scenario.seed, block)
            people = [preferences_for(profile, self._case.space.sizes, memo) for profile in profiles]
            yield people, count

    def _each(self, of_block: Callable[[Preferences, int], T]) -> ByParty[T]:
        """By party what each block gives, side by side; the last axis is that of the draws."""

        def of_party(party: str) -> T:
            return self._whole([of_block(own, count) for (own,), count in self._blocks([party])])

        return ByParty(self.parties, of_party)

    def _whole(self, parts: Sequence[T]) -> T:
        """Blocks side by side, read-only and no longer than there are draws; None where they are."""
        if parts[0] is None:
            return parts[0]
        whole: Any = np.concatenate([np.asarray(part) for part in parts], axis=-1)[..., : self.count]
        whole.flags.writeable = False
        only: T = whole
        return only

    def _profile(self, party: str) -> Profile:
        if party not in self.parties:
            raise UnknownName("party", party, self.parties)
        return self._case.profile(party)

    # --- texts --------------------------------------------------------------------------

    def _asked(self, texts: Text | Sequence[Text]) -> tuple[Packages, bool]:
        """The texts as rows, shape ``(texts, issues)``, and whether it is one that was not in a list."""
        if isinstance(texts, np.ndarray):
            return np.stack([self._closed(row) for row in self._numbers(np.atleast_2d(texts))]), texts.ndim == 1
        if isinstance(texts, Mapping | Loaded):
            return self._rows([texts]), True
        if isinstance(texts, str):
            raise InvalidArgument("a text is a mapping of issues to options, or a loaded scenario; not a string")
        if not isinstance(texts, Sequence):
            raise InvalidArgument(f"texts are mappings, loaded scenarios or an array of option numbers, not {texts!r}")
        return self._rows(texts), False

    def _rows(self, texts: Sequence[Text]) -> Packages:
        rows = [self._closed(self._row(text)) for text in texts]
        return np.stack(rows) if rows else np.empty((0, len(self.issues)), np.int16)

    def _closed(self, row: Packages) -> Packages:
        """The text, where an issue that it leaves open has a meaning for everybody."""
        numeric = [p.id for p in self._case.profiles if p.reservation is not None]
        if numeric and (row == OPEN).any():
            which = self.issues[int((row == OPEN).argmax())]
            raise InvalidArgument(f"{which} is open, and {numeric[0]} has a reservation in numbers; close the issue")
        return row

    def _row(self, text: Text) -> Packages:
        space = self._case.space
        if isinstance(text, np.ndarray):
            rows = self._numbers(text[None])
            return rows.reshape(-1)
        if isinstance(text, Loaded):
            other = text.scenario.domain.issues.issues
            if [(name, *issue.options) for name, issue in other.items()] != [
                (name, *options) for name, options in zip(space.issues, space.options, strict=True)
            ]:
                raise InvalidArgument(f"{text.scenario.id} is about other issues or options than {self._case.id}")
            terms = text.scenario.proposal.terms
            return space.package({issue: term.option for issue, term in terms.items()})
        if not isinstance(text, Mapping):
            raise InvalidArgument(f"a text is a mapping of issues to options, or a loaded scenario; not {text!r}")
        for issue, option in text.items():
            if issue not in space.issues:
                raise UnknownName("issue", issue, space.issues)
            options = space.options[space.issue(issue)]
            if option is not None and option not in options:
                raise UnknownName(f"option of {issue}", option, options)
        return space.package(text)

    def _numbers(self, rows: NDArray[Any]) -> Packages:
        sizes = np.array(self._case.space.sizes)
        if rows.shape[1:] != sizes.shape:
            raise InvalidArgument(f"a text has {len(sizes)} issues, so numbers of options come in rows of {len(sizes)}")
        if rows.dtype.kind not in "iu" or ((rows < OPEN) | (rows >= sizes)).any():
            raise InvalidArgument("options are whole numbers from 0 up to one less than the issue has, -1 for open")
        packages: Packages = rows.astype(np.int16)
        return packages


def line_name(line: Line) -> str:
    """A line by the path that edits use below its party: ``ISSUE.red_lines.OPTION`` or ``refuses.ID``."""
    return f"{line.issue}.red_lines.{line.id}" if line.kind == "red_line" else f"refuses.{line.id}"


def draws(loaded: Loaded) -> Draws:
    """Every draw of a scenario: preferences, beliefs and lines of each party, its gains and answers.

    Args:
        loaded: the scenario, with its number of draws and its seed.

    Returns:
        The draws; arrays are worked out when they are first asked for, their last axis is that of the draws.

    Raises:
        Complaints: where ranges of weights or beliefs leave almost nothing to draw from.

    Example:
        >>> import sim
        >>> loaded = sim.load("istanbul", draws=500)
        >>> [result] = sim.score([loaded])
        >>> float(sim.draws(loaded).joint.mean()) == result.joint_acceptability.estimate
        True
    """
    if not isinstance(loaded, Loaded):
        raise InvalidArgument(f"draws are those of a loaded scenario (sim.load), not of {loaded!r}")
    return Draws(loaded)
