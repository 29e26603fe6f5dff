"""NegMAS as a peer: the same additive utilities, the same best and worst packages. Run with tests/peers named."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given

from sim.engine.draws import BLOCK
from sim.engine.packages import OPEN
from sim.engine.profiles import compile_case
from sim.scenario import schema
from tests.domains import preferences, quick, scenarios

negmas = pytest.importorskip("negmas")
preferences_of = pytest.importorskip("negmas.preferences")


def exported(on, own, r: int):
    """One draw of a party as a NegMAS utility function over the same issues."""
    names, options = on.space.issues, on.space.options
    issues = [negmas.make_issue(list(o), name=i) for i, o in zip(names, options, strict=True)]
    values = [
        preferences_of.TableFun(dict(zip(o, own.values[j][:, r].tolist(), strict=True))) for j, o in enumerate(options)
    ]
    reserved = 0.0 if own.reservation is None else float(np.broadcast_to(own.reservation, BLOCK)[r])
    return preferences_of.LinearAdditiveUtilityFunction(
        values=values, weights=own.weights[:, r].tolist(), issues=issues, reserved_value=reserved
    )


@quick(25)
@given(scenarios(effects=False, lines=False))
def test_gains_are_differences_of_negmas_utilities(it: schema.Scenario) -> None:
    on = compile_case(it)
    rows = np.array(list(itertools.product(*map(range, on.space.sizes))), np.int16)
    for who in it.domain.positions:
        own = preferences(on, who)
        gains = {number: gain.copy() for number, gain in own.gains(rows)}
        for r in (0, 7, BLOCK - 1):
            utility = exported(on, own, r)
            terms = [tuple(on.space.terms(row).values()) for row in rows]
            theirs = np.array([float(utility(t)) for t in terms])
            cost = float(np.broadcast_to(own.cost, BLOCK)[r])
            mine = np.array([gains[k][r] for k in range(len(rows))])
            if own.reservation is not None:
                assert mine == pytest.approx(theirs - utility.reserved_value + cost, abs=1e-12)
                continue
            outcomes = np.array(own.profile.outcomes)
            if (outcomes == OPEN).any():
                # an outcome that is silent on an issue has no utility of its own; differences between packages
                # that agree there are still the same
                fixed = (outcomes == OPEN).any(axis=0)
                alike = (rows[:, fixed] == rows[0, fixed]).all(axis=1)
                assert (mine - mine[0])[alike] == pytest.approx((theirs - theirs[0])[alike], abs=1e-12)
                continue
            at = [terms.index(tuple(on.space.terms(np.array(o, np.int16)).values())) for o in own.profile.outcomes]
            expected = theirs - float(np.dot(own.beliefs[:, r], theirs[at])) + cost
            assert mine == pytest.approx(expected, abs=1e-12)


@quick(25)
@given(scenarios(effects=False, lines=False))
def test_best_and_worst_packages_are_those_negmas_finds(it: schema.Scenario) -> None:
    on = compile_case(it)
    rows = np.array(list(itertools.product(*map(range, on.space.sizes))), np.int16)
    for who in it.domain.positions:
        own = preferences(on, who)
        if own.reservation is None and any(OPEN in o for o in own.profile.outcomes):
            continue  # a gain is then no utility less a constant
        gains = {number: gain.copy() for number, gain in own.gains(rows)}
        for r in (3, 500):
            utility = exported(on, own, r)
            worst, best = utility.extreme_outcomes()
            mine = np.array([gains[k][r] for k in range(len(rows))])
            terms = [tuple(on.space.terms(row).values()) for row in rows]
            assert mine[terms.index(tuple(best))] == pytest.approx(mine.max(), abs=1e-12)
            assert mine[terms.index(tuple(worst))] == pytest.approx(mine.min(), abs=1e-12)
