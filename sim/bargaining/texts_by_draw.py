"""What a party makes of a different package in every draw.

Scoring proper (:mod:`sim.engine.acceptability`) puts one package to all draws of a block. Where every
draw has come to a text of its own, the same terms are looked up draw by draw and added in the
same order, so that the gain of a package is the same number, to the last digit, either way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from sim.engine.draws import BLOCK, Array, Index, in_draws
from sim.engine.packages import Mask, Packages, Space
from sim.engine.preferences import OwnPreferences, Preferences


class TextsByDraw:
    """A party's gains and lines in one block, for packages that differ from draw to draw.

    Row n of the ``texts`` given to the methods is the package, as written, in draw ``at[n]``.
    """

    def __init__(self, preferences: Preferences, space: Space) -> None:
        self.preferences = preferences
        self._space = space
        self._binds = [(line, preferences.binds(line)) for line in preferences.profile.lines]
        self._own = preferences.worth if isinstance(preferences, OwnPreferences) else None
        if self._own is not None:
            return
        # An issue after the other, one row an option and a first one, of zeros, for an issue left open (-1).
        firsts = np.cumsum([0, *(size + 1 for size in space.sizes)])
        self._rows = firsts[:-1] + 1
        terms = np.zeros((firsts[-1], BLOCK))
        for j, size in enumerate(space.sizes):
            for option in range(size):
                term = preferences.term(j, option)
                if term is not None:
                    terms[self._rows[j] + option] = term
        self._terms = terms.ravel()

    def gains(self, texts: Packages, at: Index) -> Array:
        """Gains over no deal, shape ``(len(at),)``; equal to :meth:`Preferences.gain` of each package."""
        if self._own is not None:
            return self._own.gains(self.seen(texts), at)
        return self._total((len(at),), self._each_term(texts, at), at)

    def table(self, packages: Packages, at: Index) -> Array:
        """Gains of every one of some packages in every one of some draws, shape ``(packages, len(at))``."""
        if self._own is not None:
            return np.stack([self.gains(row[None].repeat(len(at), axis=0), at) for row in packages])
        terms = self._terms.reshape(-1, BLOCK)
        issues = zip(self._rows, self.seen(packages).T, self._space.sizes, strict=True)
        each = (terms[row - 1 : row + size, at][options + 1] for row, options, size in issues)
        return self._total((len(packages), len(at)), each, at)

    def _total(self, shape: tuple[int, ...], terms: Iterable[Array], at: Index) -> Array:
        """The sum of the terms with what no deal costs, less the reservation value."""
        total = np.zeros(shape) + in_draws(self.preferences.cost, at)
        for term in terms:
            total += term
        if self.preferences.reservation is not None:
            total -= in_draws(self.preferences.reservation, at)
        return total

    def terms(self, texts: Packages, at: Index) -> Array:
        """What each issue adds to the gains, shape ``(issues, len(at))``.

        Where they are no sum over issues: what each loses where its text leaves the issue open.
        """
        if self._own is not None:
            parts = self._own.terms(self.seen(texts), at)
            return np.stack([np.zeros(len(at)) if part is None else part for part in parts])
        return np.stack(list(self._each_term(texts, at)))

    def losses(self, texts: Packages, others: Packages | None, at: Index) -> Array:
        """How much less the gains are for what each issue says, shape ``(issues, len(at))``.

        That is against the option of another text, all else as in the first one; without ``others`` against no deal.
        """
        if others is None:
            return -self.terms(texts, at)
        if self._own is None:
            return self.terms(others, at) - self.terms(texts, at)
        seen, instead = self.seen(texts), self.seen(others)
        gains = self._own.gains(seen, at)
        out = np.zeros((seen.shape[1], len(at)))
        for j in range(seen.shape[1]):
            changed = seen.copy()
            changed[:, j] = instead[:, j]
            out[j] = self._own.gains(changed, at) - gains
        return out

    def _each_term(self, texts: Packages, at: Index) -> Iterator[Array]:
        for places in ((self.seen(texts) + self._rows) * BLOCK + at[:, None]).T:
            yield self._terms.take(places)

    def seen(self, texts: Packages) -> Packages:
        """The texts as the party sees them, after effects."""
        return self._space.seen(texts, self.preferences.profile.id)

    def crosses(self, texts: Packages, at: Index) -> Mask:
        """Whether a red line or refusal that binds in the draw is crossed, shape ``(len(at),)``."""
        result = np.zeros(len(at), bool)
        for crossed in self.crossed(texts, at):
            result |= crossed
        return result

    def crossed(self, texts: Packages, at: Index) -> Iterator[Mask]:
        """For each line of the party whether it binds and is crossed, shape ``(len(at),)``."""
        seen = self.seen(texts)
        for line, binds in self._binds:
            yield line.crossed_by(texts, seen) & binds[at]
