"""What a block of talks adds to a result: counts and sums, nothing that grows with draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from sim.bargaining.candidates import Candidates
from sim.bargaining.endings import AGREED, BREAKDOWN, NO_FAVOURITE, UNRATIFIED, Ending, Refused
from sim.bargaining.texts_by_draw import TextsByDraw
from sim.engine.acceptability import TIE
from sim.engine.consent import asked_each
from sim.engine.draws import Array, in_draws
from sim.engine.exact_sums import ExactSum
from sim.engine.histogram import Counts, Histogram, count_gains
from sim.engine.packages import OPEN, Mask, Packages
from sim.engine.profiles import Case

#: Texts are told apart on at most this many blocks: 65,536 draws are plenty for the most frequent
#: ones, and a table of all texts would grow with the draws.
TEXT_BLOCKS = 16


@dataclass
class Refusals:
    """Counts and sums over draws in which a party turns something down, an entry a party of the case.

    ``draws`` counts these draws, ``sole`` those in which no other party does; ``lines`` those in
    which each of its lines is crossed, shape ``(parties, most lines)``; ``lost`` those in which
    none is. Over the latter, ``terms`` sums what each option that it sees adds to its gain, shape
    ``(parties, issues, options of the longest issue)``; an open issue adds nothing.
    """

    draws: Counts
    sole: Counts
    lines: Counts
    lost: Counts
    terms: ExactSum

    def __add__(self, other: Refusals) -> Refusals:
        return Refusals(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


@dataclass
class TalksTally:
    """Sums over draws for the talks of one case. Counts unless said otherwise.

    ``candidates`` are the same in every block, and do not travel with it. All else adds up. ``outcomes`` has an entry
    an outcome of :mod:`sim.bargaining.endings`; ``rounds`` and ``by_proposer`` count agreements, by round (0 first) and
    by whose offer it was. Options are counted in rows as wide as the longest issue and one more, the
    last for "open": ``options`` over agreements, shape ``(issues, width)``, ``openings`` (favourites)
    over the draws in which the proposer has one, shape ``(proposers, issues, width)``; of agreements
    with such a favourite ``compared`` counts all, shape ``(proposers,)``, ``moved`` those in which
    the option differs from it, shape ``(proposers, issues)``. ``concerned`` counts for each party
    the texts agreed on, ratified or not, that need its consent. One entry a party, over
    agreements: ``gains`` (histograms as of :func:`sim.engine.histogram.count_gains`), ``gain_sums`` and
    ``net_sums`` (floats; net of what delay cost), ``worse_off`` (gain below zero). ``slack`` is a
    float sum and ``efficient`` counts agreements without any. ``vote`` counts outcomes by whether
    all would have accepted the text as tabled, shape ``(3, 2)``, no first. ``texts`` and
    ``unratified`` count agreed and not ratified texts (as bytes of a row) in the first
    :data:`TEXT_BLOCKS` blocks.

    ``unratified_rounds`` counts texts not ratified by the round they were agreed in. ``asked``
    counts for each party the agreements that need its consent, ``all_asked`` those that need
    everybody whom the tabled text needs, ``at_limit`` those whose text, no named one, has as many
    changes as candidates may. ``best_sums`` are each party's best gains over the agreements, and
    ``favourite_sums`` the proposers' over the draws in which they have a favourite (floats).
    ``missed``, ``unavoidable``, ``in_the_way`` and ``turned_down`` count what
    :class:`sim.bargaining.endings.Ending` calls so; ``unexplained`` are the breakdowns that are neither
    missed nor over any one party (none in single text). ``unwilling`` counts for each party at the
    table the draws in which it would rather have no deal than any candidate.
    """

    candidates: Candidates
    draws: int
    outcomes: Counts
    rounds: Counts
    by_proposer: Counts
    options: Counts
    openings: Counts
    compared: Counts
    moved: Counts
    concerned: Counts
    gains: Histogram
    gain_sums: ExactSum
    net_sums: ExactSum
    worse_off: Counts
    slack: ExactSum
    efficient: int
    vote: Counts
    texts: Counter[bytes]
    unratified: Counter[bytes]
    unratified_rounds: Counts
    asked: Counts
    all_asked: int
    at_limit: int
    best_sums: ExactSum
    favourite_sums: ExactSum
    missed: int
    unavoidable: int
    unexplained: int
    unwilling: Counts
    in_the_way: Refusals
    turned_down: Refusals

    def __getstate__(self) -> dict[str, object]:
        # Candidates, with their case, are known to whoever asked.
        return {**self.__dict__, "candidates": None}

    def __iadd__(self, other: TalksTally) -> TalksTally:
        for f in fields(self):
            if f.name != "candidates":
                setattr(self, f.name, getattr(self, f.name) + getattr(other, f.name))
        return self


def tally_talks(
    draws: int,
    candidates: Candidates,
    ending: Ending,
    accepted: Mask,
    count_texts: bool,
    *,
    views: Sequence[TextsByDraw],
    delay: Array | None = None,
) -> TalksTally:
    """Count how the talks of one block ended.

    ``draws`` is how many of the block's draws count; ``accepted`` is joint acceptance of the
    tabled text as such, shape ``(BLOCK,)``; ``count_texts`` says whether the block is one of the
    first :data:`TEXT_BLOCKS`; ``views`` are the parties', in the order of the case's profiles; ``delay``
    is what a round after the first costs each party, shape ``(parties, BLOCK)``, None for nothing.
    """
    case, proposers = candidates.case, candidates.proposers
    rounds = case.scenario.negotiation.most_rounds
    outcome = ending.outcome[:draws]
    agreed = np.flatnonzero(outcome == AGREED)
    text = ending.text[agreed]
    width = max(case.space.sizes) + 1
    gains = ending.gains[:, agreed]
    late = np.maximum(ending.round[agreed].astype(float) - 1.0, 0.0)
    net = gains if delay is None else gains - delay[:, agreed] * late
    slack = ending.slack[agreed]
    who = ending.proposer[agreed]
    opening = ending.opening[:, :draws]
    # Whoever likes a text at all has an option, or "open", on every issue of it.
    likes = (opening != NO_FAVOURITE).all(axis=2)
    asked = asked_each(case, text)
    needs = np.array([p.id in case.asked for p in case.profiles], bool)
    broken, unratified = outcome == BREAKDOWN, outcome == UNRATIFIED
    alone = np.zeros(len(ending.outcome), bool)
    for refused in ending.in_the_way:
        alone[refused.draws] = True
    missed = ending.missed[:draws]
    return TalksTally(
        candidates=candidates,
        draws=draws,
        outcomes=np.bincount(outcome, minlength=3),
        rounds=np.bincount(ending.round[agreed], minlength=rounds + 1),
        by_proposer=np.bincount(who[who >= 0], minlength=len(proposers)),
        options=_options(text, width),
        openings=np.array([_options(x[some], width) for x, some in zip(opening, likes, strict=True)]).reshape(
            len(proposers), len(case.space.issues), width
        ),
        compared=likes[:, agreed].sum(axis=1),
        moved=((opening[:, agreed] != text) & likes[:, agreed, None]).sum(axis=1),
        concerned=asked_each(case, ending.text[:draws][~broken]).sum(axis=1),
        gains=count_gains(gains),
        gain_sums=ExactSum.of(gains.sum(axis=1)),
        net_sums=ExactSum.of(net.sum(axis=1)),
        worse_off=(gains < -TIE).sum(axis=1),
        slack=ExactSum.of(np.maximum(slack, 0.0).sum()),
        efficient=int((slack <= TIE).sum()),
        vote=np.bincount(2 * outcome.astype(np.intp) + accepted[:draws], minlength=6).reshape(3, 2),
        texts=_texts(text) if count_texts else Counter(),
        unratified=_texts(ending.text[:draws][unratified]) if count_texts else Counter(),
        unratified_rounds=np.bincount(ending.round[:draws][unratified], minlength=rounds + 1),
        asked=asked.sum(axis=1),
        all_asked=int(asked[needs].all(axis=0).sum()),
        at_limit=_at_limit(candidates, text),
        best_sums=ExactSum.of(ending.best[:, agreed].sum(axis=1)),
        favourite_sums=ExactSum.of(
            np.array([ending.best[i, :draws][x].sum() for i, x in zip(proposers, likes, strict=True)])
        ),
        missed=int(missed.sum()),
        unavoidable=int(ending.unavoidable[:draws].sum()),
        unexplained=int((broken & ~alone[:draws] & ~missed).sum()),
        unwilling=_unwilling(ending.best[:, :draws], views),
        in_the_way=count_refusals(case, views, ending.in_the_way, draws),
        turned_down=count_refusals(case, views, ending.turned_down, draws),
    )


def _unwilling(best: Array, views: Sequence[TextsByDraw]) -> Counts:
    """Draws in which no candidate gives a party enough, shape ``(parties,)``; ``best`` is as in :class:`Ending`."""
    draws = slice(best.shape[1])
    enough = [in_draws(view.preferences.enough, draws) for view in views]
    return np.array([(mine < least).sum() for mine, least in zip(best, enough, strict=True)], np.int64)


def _options(texts: Packages, width: int) -> Counts:
    """How often each issue has each option, shape ``(issues, width)``; open (-1) counts in the last column."""
    issues = texts.shape[1]
    places = np.arange(issues) * width + texts.astype(np.intp) % width
    return np.bincount(places.ravel(), minlength=issues * width).reshape(issues, width)


def _at_limit(on: Candidates, texts: Packages) -> int:
    """How many texts have as many changes as candidates may have, and are no named one; 0 where any may be one."""
    if on.whole:
        return 0
    full = (texts != on.case.text).sum(axis=1) == on.case.scenario.negotiation.candidates.changes
    for k in on.texts.values():
        full &= (texts != on.packages[k]).any(axis=1)
    return int(full.sum())


def _texts(texts: Packages) -> Counter[bytes]:
    rows, counts = np.unique(texts, axis=0, return_counts=True)
    return Counter({row.astype(np.int16).tobytes(): int(n) for row, n in zip(rows, counts, strict=True)})


def count_refusals(case: Case, views: Sequence[TextsByDraw], refused: Iterable[Refused], draws: int) -> Refusals:
    """Count refusals in the first ``draws`` draws of a block; ``views`` in the order of the case's profiles."""
    people, issues, most = len(case.profiles), len(case.space.issues), max(case.space.sizes)
    alone, every, without = (np.zeros(people, np.int64) for _ in range(3))
    lines = np.zeros((people, max((len(p.lines) for p in case.profiles), default=0)), np.int64)
    added = np.zeros((people, issues, most))
    refused = tuple(refused)
    together = np.bincount(np.concatenate([np.empty(0, np.intp), *(x.draws for x in refused)]), minlength=draws)
    for refusal in refused:
        here = refusal.draws < draws
        at, texts, i = refusal.draws[here], refusal.texts[here], refusal.party
        every[i] += len(at)
        alone[i] += np.count_nonzero(together[at] == 1)
        lost = np.ones(len(at), bool)
        for number, crossed in enumerate(views[i].crossed(texts, at)):
            lines[i, number] += np.count_nonzero(crossed)
            lost &= ~crossed
        at, texts = at[lost], texts[lost]
        without[i] += len(at)
        for j, (seen, terms) in enumerate(zip(views[i].seen(texts).T, views[i].terms(texts, at), strict=True)):
            closed = seen != OPEN
            added[i, j] += np.bincount(seen[closed], weights=terms[closed], minlength=most)
    return Refusals(draws=every, sole=alone, lines=lines, lost=without, terms=ExactSum.of(added))
