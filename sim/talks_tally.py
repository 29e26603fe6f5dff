"""What a block of talks adds to a result: counts and sums, nothing that grows with draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from sim.acceptability import TIE
from sim.candidates import Candidates
from sim.consent import asked_each
from sim.draws import Array
from sim.endings import AGREED, BREAKDOWN, NO_FAVOURITE, UNRATIFIED, Ending
from sim.packages import Mask, Packages
from sim.profiles import Case
from sim.tally import Counts, count_gains

#: Texts are told apart on at most this many blocks: 65,536 draws are plenty for the most frequent
#: ones, and a table of all texts would grow with the draws.
TEXT_BLOCKS = 16


@dataclass
class TalksTally:
    """Sums over draws for the talks of one case. Counts unless said otherwise.

    ``proposers``, ``table`` and ``ratifiers`` are ids, ``candidates`` is how many texts could be
    proposed, ``whole`` whether they are all feasible ones, ``named`` holds further texts by name;
    these are the same in every block. All else adds up. ``outcomes`` has an entry an outcome of
    :mod:`sim.endings`; ``rounds`` and ``by_proposer`` count agreements, by round (0 first) and by
    whose offer it was. Options are counted in rows as wide as the longest issue and one more, the
    last for "open": ``options`` over agreements, shape ``(issues, width)``, ``openings`` (favourites)
    over the draws in which the proposer has one, shape ``(proposers, issues, width)``; of agreements
    with such a favourite ``compared`` counts all, shape ``(proposers,)``, ``moved`` those in which
    the option differs from it, shape ``(proposers, issues)``. ``concerned`` counts for each party
    the texts agreed on, ratified or not, that need its consent. One entry a party, over
    agreements: ``gains`` (histograms as of :func:`sim.tally.count_gains`), ``gain_sums`` and
    ``net_sums`` (floats; net of what delay cost), ``worse_off`` (gain below zero). ``slack`` is a
    float sum and ``efficient`` counts agreements without any. ``vote`` counts outcomes by whether
    all would have accepted the text as tabled, shape ``(3, 2)``, no first. ``texts`` and
    ``unratified`` count agreed and not ratified texts (as bytes of a row) in the first
    :data:`TEXT_BLOCKS` blocks.
    """

    proposers: tuple[str, ...]
    table: tuple[str, ...]
    ratifiers: tuple[str, ...]
    candidates: int
    whole: bool
    named: dict[str, bytes]
    draws: int
    outcomes: Counts
    rounds: Counts
    by_proposer: Counts
    options: Counts
    openings: Counts
    compared: Counts
    moved: Counts
    concerned: Counts
    gains: Counts
    gain_sums: Array
    net_sums: Array
    worse_off: Counts
    slack: float
    efficient: int
    vote: Counts
    texts: Counter[bytes]
    unratified: Counter[bytes]

    def __iadd__(self, other: TalksTally) -> TalksTally:
        same = ("proposers", "table", "ratifiers", "candidates", "whole", "named")
        for f in fields(self):
            mine, more = getattr(self, f.name), getattr(other, f.name)
            if f.name in same:
                assert mine == more
            else:
                setattr(self, f.name, mine + more)
        return self


def tally_talks(
    draws: int,
    case: Case,
    proposers: Sequence[str],
    table: Sequence[str],
    rounds: int,
    ending: Ending,
    accepted: Mask,
    count_texts: bool,
    *,
    candidates: Candidates,
    delay: Array | None = None,
) -> TalksTally:
    """Count how the talks of one block ended.

    ``draws`` is how many of the block's draws count; ``proposers`` are those of
    ``ending.opening``, ``table`` who sits at the table; ``accepted`` is joint acceptance of the
    tabled text as such, shape ``(BLOCK,)``; ``count_texts`` says whether the block is one of the
    first :data:`TEXT_BLOCKS`; ``delay`` is what a round after the first costs each party, shape
    ``(parties, BLOCK)``, None for nothing.
    """
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
    return TalksTally(
        proposers=tuple(proposers),
        table=tuple(table),
        ratifiers=tuple(case.profiles[i].id for i in candidates.ratifiers),
        candidates=len(candidates),
        whole=candidates.whole,
        named={name: candidates.packages[k].astype(np.int16).tobytes() for name, k in candidates.texts.items()},
        draws=draws,
        outcomes=np.bincount(outcome, minlength=3),
        rounds=np.bincount(ending.round[agreed], minlength=rounds + 1),
        by_proposer=np.bincount(who[who >= 0], minlength=len(proposers)),
        options=_options(text, width),
        openings=np.array([_options(x[some], width) for x, some in zip(opening, likes, strict=True)]).reshape(
            len(proposers), -1, width
        ),
        compared=likes[:, agreed].sum(axis=1),
        moved=np.array(
            [((x[agreed] != text) & some[agreed, None]).sum(axis=0) for x, some in zip(opening, likes, strict=True)]
        ).reshape(len(proposers), -1),
        concerned=asked_each(case, ending.text[:draws][outcome != BREAKDOWN]).sum(axis=1),
        gains=np.array([count_gains(g) for g in gains]),
        gain_sums=gains.sum(axis=1),
        net_sums=net.sum(axis=1),
        worse_off=(gains < -TIE).sum(axis=1),
        slack=float(np.maximum(slack, 0.0).sum()),
        efficient=int((slack <= TIE).sum()),
        vote=_pairs(outcome, accepted[:draws]),
        texts=_texts(text) if count_texts else Counter(),
        unratified=_texts(ending.text[:draws][outcome == UNRATIFIED]) if count_texts else Counter(),
    )


def _options(texts: Packages, width: int) -> Counts:
    """How often each issue has each option, shape ``(issues, width)``; open (-1) counts in the last column."""
    issues = texts.shape[1]
    places = np.arange(issues) * width + texts.astype(np.intp) % width
    return np.bincount(places.ravel(), minlength=issues * width).reshape(issues, width)


def _pairs(outcome: NDArray[np.int8], accepted: Mask) -> Counts:
    return np.bincount(2 * outcome.astype(np.intp) + accepted, minlength=6).reshape(3, 2)


def _texts(texts: Packages) -> Counter[bytes]:
    found, counts = np.unique(texts, axis=0, return_counts=True)
    return Counter({row.astype(np.int16).tobytes(): int(n) for row, n in zip(found, counts, strict=True)})
