"""Package spaces as decision diagrams: exactly the packages that are allowed, and their sums, whatever ties issues."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.analysis.frontier import space as bounds
from sim.analysis.frontier.result import RED_LINES
from sim.analysis.shared.expected import expected
from sim.analysis.space import binding, boxes
from sim.analysis.space import diagram as module
from sim.analysis.space.boxes import EVERYTHING, Box
from sim.analysis.space.diagram import Diagram, TooTangled, diagram
from sim.engine.consent import asked_each
from sim.engine.profiles import Case
from sim.simulation.cases import compiled
from tests import spaces

_upto = {"hard": ("hard",), "legal": ("hard", "legal")}
CASES = [spaces.random_case(np.random.default_rng(seed), issues=3 + seed % 3) for seed in range(40)]


def built(case: Case, severity: str, red_lines: str, labels: bool = False) -> Diagram:
    terms = expected(case)
    pieces = [p for k, t in enumerate(terms) for p in bounds.pieces(case.space, t.party, k, t.tables)]
    asked = bounds.asking(case)
    return diagram(
        case.space.sizes,
        bounds.forbidden(case, severity, red_lines),
        pieces,
        len(terms),
        [asked[p.id] for p in case.profiles] if labels else [],
    )


def listed(made: Diagram) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Packages in the order of the issues, sorted, with their sums and ends."""
    options, sums, ends = made.packages()
    rows = np.empty_like(options)
    rows[:, [layer.issue for layer in made.layers]] = options
    order = np.lexsort(rows.T[::-1])
    return rows[order], sums[order], ends[order]


@pytest.mark.parametrize("number", range(len(CASES)))
def test_paths_are_the_packages_that_nothing_forbids(number: int) -> None:
    case = CASES[number]
    severity = ("hard", "legal", "political")[number % 3]
    red_lines = RED_LINES[number % 4]
    everything = spaces.every_package(case)
    wanted = everything[spaces.possible(case, everything, severity, red_lines)]
    made = built(case, severity, red_lines, labels=True)
    assert made.count == len(wanted)
    if not len(wanted):
        assert made.layers == made.ends == ()
        return
    rows, sums, ends = listed(made)
    assert (rows == wanted).all()
    gains = np.stack([t.gain(case.space, wanted) - t.fixed for t in expected(case)], axis=1)
    assert np.abs(sums - gains).max() < 1e-12
    assert (asked_each(case, wanted) == np.array(made.ends)[ends].T).all()


def test_random_cases_bring_up_what_ties_issues() -> None:
    """The cases above do have effects on refusals, conditional consent that matters, alliances, polls."""
    assert sum(bool(c.space.effects) for c in CASES) > 20
    assert sum(any(p.members for p in c.profiles) for c in CASES) > 10
    assert sum(any(line.holds for p in c.profiles for line in p.lines) for c in CASES) > 20
    assert sum(bool(bounds.nobody_asked(c)) for c in CASES) > 2
    narrower = 0
    for case in CASES:
        asked, unconditional = bounds.asking(case), [bounds.crossed(case, p.id, "all") for p in case.profiles]
        if all(asked.values()):
            vetoed = diagram(case.space.sizes, bounds.vetoed(case, "all")).count
            narrower += diagram(case.space.sizes, [b for found in unconditional for b in found]).count < vetoed
    assert narrower > 10


def test_any_order_of_issues_gives_the_same_packages() -> None:
    case = CASES[7]
    forbidden = bounds.forbidden(case, "legal", "all")
    count = len(case.space.sizes)
    made = [diagram(case.space.sizes, forbidden, order=np.roll(range(count), k).tolist()) for k in range(count)]
    assert len({m.count for m in made}) == 1
    assert all((listed(m)[0] == listed(made[0])[0]).all() for m in made)


def test_the_first_domain_stays_narrow() -> None:
    """Hundreds of millions of packages meet the hard constraints, by a few nodes a layer."""
    [case] = compiled([sim.load("scenarios/istanbul.yaml")])
    made = diagram(case.space.sizes, binding.constraints(case.space, "hard"))
    assert made.count == spaces.feasible_count(case, "hard") > 10**8
    assert max(layer.nodes for layer in made.layers) <= 8
    asked = bounds.asking(case)
    assert asked["russia"] == asked["ukraine"] == (EVERYTHING,)
    # members of an alliance are needed where it is
    assert all(any(b.within(other) for other in asked["us"]) for b in asked["nato"])
    assert built(case, "hard", "all").count == spaces.possible_count(case, "hard", "all") > 0


@pytest.mark.parametrize("number", range(0, len(CASES), 3))
def test_packages_counted_by_kind_are_those_counted_one_by_one(number: int) -> None:
    """The count that stands beside the diagram of the first domain; no deal among the packages or not."""
    for several in (False, True):
        case = spaces.random_case(np.random.default_rng(number), integers=not several, several=several)
        everything = spaces.every_package(case)
        for severity in ("hard", "legal"):
            assert spaces.feasible_count(case, severity) == case.space.feasible(everything, _upto[severity]).sum()
            for red_lines in ("all", "none"):
                wanted = spaces.possible(case, everything, severity, red_lines).sum()
                assert spaces.possible_count(case, severity, red_lines) == wanted
        assert len(spaces.no_deals(case)) == spaces.no_agreement(case, everything).sum()


def test_boxes_split_without_overlap() -> None:
    sizes = (3, 4, 2)
    first, second = Box(((0, 0b011), (1, 0b0110))), Box(((0, 0b110), (2, 0b01)))
    rows = np.array(list(np.ndindex(*sizes)), np.int16)
    parts = first.without(second, sizes)
    assert (sum(p.holds(rows).astype(int) for p in parts) == (first.holds(rows) & ~second.holds(rows))).all()
    rest = boxes.outside([first, second], sizes)
    assert (sum(p.holds(rows).astype(int) for p in rest) == ~(first.holds(rows) | second.holds(rows))).all()
    assert first.meets(Box(((0, 0b100),))) is None
    assert boxes.outside([EVERYTHING], sizes) == []
    assert boxes.widest([first, Box(((0, 0b001), (1, 0b0010))), first]) == (first,)


def test_what_is_all_forbidden_has_no_paths() -> None:
    assert diagram((2, 2), [EVERYTHING]) == Diagram((), ())
    assert diagram((2, 2), [Box(((0, 1),)), Box(((0, 2),))]).count == 0


def test_too_many_ties_are_given_up_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_NODES", 4)
    distinct = [Box(((j, 1 << o), (j + 4, 1 << o))) for j in range(4) for o in range(3)]
    assert max(layer.nodes for layer in diagram([3] * 8, distinct).layers) <= 4
    with pytest.raises(TooTangled, match="more than 4 ways; let fewer"):
        diagram([3] * 8, distinct, order=range(8))
    knot = [Box(((j, 1 << o), (k, 1 << o))) for j in range(7) for k in range(j) for o in range(3)]
    with pytest.raises(TooTangled):
        diagram([3] * 7, knot)


def test_splitting_stops_before_boxes_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boxes, "MOST_BOXES", 20)
    conditions = [Box(tuple((3 * k + j, 1) for j in range(3))) for k in range(4)]
    with pytest.raises(TooTangled, match="more than 20 ways"):
        boxes.outside(conditions, [3] * 12)
