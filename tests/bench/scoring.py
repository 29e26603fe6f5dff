"""Scoring kernel against bare numpy doing the same arithmetic for the same preference sets, in one process.

Five parties, all issues of the library, fourteen proposals with the positions of one date. *Bare* is what one would
write for this library alone: one generator a block, plain lists instead of profiles, no names, no sharing, no streams
a cell,
nothing kept; in float64: exponentials for weights and spacings, weights ordered by class, values as cumulative
spacings (``rest`` and unknown options in random places), beliefs inside their ranges, differences to the no-deal
lottery, sums a package, comparison with zero, joint acceptance. Terms used by several packages are made once, as in
the engine.

*Headline* is the engine doing no more than that: preferences from their streams and acceptance of all packages.
*Run* is all that a run reports besides: layers, bounds on the evidence, the strip of the turning issue, quantiles,
open issues and fillings. Run: python -m tests.bench.scoring [draws]
"""

from __future__ import annotations

import os
import sys

# Before numpy is loaded: its own threads would blur the ratios.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import numpy as np  # noqa: E402

from sim.engine.acceptability import accepts_each  # noqa: E402
from sim.engine.draws import BLOCK  # noqa: E402
from sim.engine.packages import OPEN  # noqa: E402
from sim.engine.preferences import Memo, Preferences, weight_plan  # noqa: E402
from sim.engine.profiles import Case, Ordinal, Profile  # noqa: E402
from sim.simulation.runner import run_cases  # noqa: E402
from tests.bench.measure import alternately, library, table  # noqa: E402


class Plain:
    """One party as lists and numbers."""

    def __init__(self, profile: Profile, case: Case, packages: np.ndarray) -> None:
        plan = weight_plan(profile)
        self.groups = [[j for j, s in enumerate(plan) if s == c] for c in range(4)]
        self.groups = [g for g in self.groups if g]
        self.free = [j for j, s in enumerate(plan) if s is None]
        self.none = [j for j, s in enumerate(plan) if s == "none"]
        self.values = [c.values for c in profile.cells]
        assert all(isinstance(v, Ordinal) for v in self.values)
        self.outcomes = profile.outcomes
        self.low, self.high = np.array(profile.beliefs, float).T
        seen = case.space.seen(packages, profile.id)
        keep = np.ones(len(packages), bool)
        self.perhaps: list[tuple[float, float, np.ndarray]] = []
        for line in profile.lines:
            crossing = line.condition.holds(packages if line.kind == "red_line" else seen)
            if line.holds is None:
                keep &= ~crossing
            else:
                self.perhaps.append((*line.holds, crossing))
        self.kept = np.flatnonzero(keep)
        self.seen = seen[keep].tolist()


def bare(parties: list[Plain], packages: int, issues: int, block: int) -> tuple[np.ndarray, int]:
    """Acceptance counts of one block, shape ``(parties, packages)``, and the sum of joint counts."""
    g = np.random.Generator(np.random.SFC64(np.random.SeedSequence(7, spawn_key=(block,))))
    counts = np.zeros((len(parties), packages), int)
    everyone = np.ones((packages, BLOCK), bool)
    for i, p in enumerate(parties):
        raw = g.standard_exponential((issues, BLOCK))
        w = raw.copy()
        classed = [j for group in p.groups for j in group]
        ranked = np.sort(raw[classed], axis=0)[::-1]
        first = 0
        for group in p.groups:
            share = ranked[first : first + len(group)]
            first += len(group)
            if len(group) == 1:
                w[group[0]] = share[0]
            else:
                w[group] = np.take_along_axis(share, ranks(raw[group]), axis=0)
        w[p.none] = 0.0
        w /= w.sum(axis=0)
        values = [spread(g, v) for v in p.values]
        belief = lottery(g, p.low, p.high)
        terms: dict[tuple[int, int], np.ndarray | None] = {}
        accepted = np.zeros((packages, BLOCK), bool)
        for number, row in zip(p.kept, p.seen, strict=True):
            total = np.zeros(BLOCK)
            for j, option in enumerate(row):
                if option == OPEN:
                    continue
                if (j, option) not in terms:
                    terms[j, option] = term(w[j], values[j], option, [o[j] for o in p.outcomes], belief)
                t = terms[j, option]
                if t is not None:
                    total += t
            accepted[number] = total >= 0.0
        coin = g.random(BLOCK) if p.perhaps else None
        for low, high, crossing in p.perhaps:
            accepted[crossing] &= coin >= low + (high - low) * g.random(BLOCK)
        counts[i] = accepted.sum(axis=1)
        everyone &= accepted
    return counts, int(everyone.sum())


def ranks(rows: np.ndarray) -> np.ndarray:
    """By comparing pairs, as the engine does: faster than argsort for few rows."""
    found = np.zeros(rows.shape, np.int8)
    for i in range(len(rows)):
        for j in range(i):
            less = rows[i] < rows[j]
            found[i] += less
            found[j] += ~less
    return found.astype(np.intp)


def spread(g: np.random.Generator, v: Ordinal) -> np.ndarray:
    options = sum(map(len, v.levels)) + len(v.rest) + len(v.unknown)
    out = np.empty((options, BLOCK))
    if v.unknown:
        raw = g.random((len(v.levels) + len(v.unknown), BLOCK))
        raw -= raw.min(axis=0)
        raw /= raw.max(axis=0)
        raw[: len(v.levels)] = np.sort(raw[: len(v.levels)], axis=0)[::-1]
        for group, row in zip([*v.levels, *([o] for o in v.unknown)], raw, strict=True):
            out[list(group)] = row
        return out
    count = len(v.levels) + len(v.rest)
    levels = np.ones((count, BLOCK))
    if count > 1:
        sums = np.cumsum(g.standard_exponential((count - 1, BLOCK)), axis=0)
        levels[1:-1] = (sums[:-1] / sums[-1])[::-1]
        levels[-1] = 0.0
    places = list(range(count))
    if v.rest:
        at = v.rest_at or 0
        order = ranks(g.random((len(v.rest), BLOCK)))
        out[list(v.rest)] = np.take_along_axis(levels[at : at + len(v.rest)], order, axis=0)
        del places[at : at + len(v.rest)]
    for group, place in zip(v.levels, places, strict=True):
        out[list(group)] = levels[place]
    return out


def lottery(g: np.random.Generator, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    widest = int(np.argmax(high - low))
    others = np.arange(low.size) != widest
    parts, kept = [], 0
    while kept < BLOCK:
        p = np.empty((low.size, BLOCK))
        p[others] = low[others, None] + (high - low)[others, None] * g.random((low.size - 1, BLOCK))
        p[widest] = 1.0 - p[others].sum(axis=0)
        p = p[:, (p[widest] >= low[widest]) & (p[widest] <= high[widest])]
        parts.append(p)
        kept += p.shape[1]
    return np.concatenate(parts, axis=1)[:, :BLOCK]


def term(w: np.ndarray, values: np.ndarray, option: int, held: list[int], belief: np.ndarray) -> np.ndarray | None:
    total = None
    for other in sorted({o for o in held if o not in (OPEN, option)}):
        part = values[option] - values[other]
        if set(held) != {other}:
            part *= sum(belief[k] for k, o in enumerate(held) if o == other)
        total = part if total is None else total + part
    return None if total is None else w * total


def headline(cases: list[Case], packages: np.ndarray, block: int) -> tuple[np.ndarray, int]:
    """The engine's preferences and acceptance, nothing else; the same counts as :func:`bare`."""
    memo = Memo(1, block)
    counts = np.zeros((len(cases[0].profiles), len(packages)), int)
    everyone = np.ones((len(packages), BLOCK), bool)
    for i, profile in enumerate(cases[0].profiles):
        accepted = accepts_each(Preferences(profile, cases[0].space.sizes, memo), cases[0].space, packages)
        counts[i] = accepted.sum(axis=1)
        everyone &= accepted
    return counts, int(everyone.sum())


def main(draws: int = 40_000) -> None:
    cases = library(14, draws=draws)
    blocks = -(-draws // BLOCK)
    packages = np.stack([c.text for c in cases])
    parties = [Plain(p, cases[0], packages) for p in cases[0].profiles]
    n = blocks * BLOCK

    def run_bare() -> list[tuple[np.ndarray, int]]:
        return [bare(parties, len(packages), packages.shape[1], b) for b in range(blocks)]

    def run_headline() -> list[tuple[np.ndarray, int]]:
        return [headline(cases, packages, b) for b in range(blocks)]

    # Two samplers of the same distributions: shares must agree before speeds mean anything.
    one, other = (sum(counts for counts, _ in run()) / n for run in (run_bare, run_headline))
    apart = float(np.abs(one - other).max())
    if apart > 5 * (0.5 / n) ** 0.5:
        raise SystemExit(f"bare kernel and engine disagree by {apart:.4f}: they do not do the same arithmetic")

    seconds = alternately({"bare": run_bare, "headline": run_headline, "run": lambda: run_cases(cases)}, rounds=7)
    rows = [["", "draws/s", "of bare"]]
    for name, words in (
        ("bare", "bare numpy, same arithmetic"),
        ("headline", "engine: acceptance and joint acceptance alone"),
        ("run", "engine: run_cases, all that a run reports"),
    ):
        rows.append(
            [words, f"{(draws if name == 'run' else n) / seconds[name]:,.0f}", f"{seconds['bare'] / seconds[name]:.2f}"]
        )
    size = f"{len(parties)} parties x {packages.shape[1]} issues x {len(packages)} proposals, {n:,} draws"
    table(f"{size}; shares agree within {apart:.4f}", rows)


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:2]))
