"""Words that figures must bear out: one half in numbers, all-open texts, names in the plural, labels of edits."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import sim
from sim.analysis.amend.findings import in_table
from sim.analysis.amend.result import Amend
from sim.analysis.compare import figure as heat_map
from sim.analysis.compare.result import Comparison
from sim.analysis.levers.figure import cells as bars
from sim.analysis.levers.figure import short
from sim.analysis.levers.levers import levers
from sim.bargaining.lead import over
from sim.report.numbers import compact, exact, interval, per_cents, percent, points
from sim.results.verdicts import evidence_stance, settles_nothing
from sim.scenario.labels import verb
from tests import small
from tests.exchange import sim as call

ROOT = Path(__file__).parents[2]
ISTANBUL = ROOT / "scenarios" / "istanbul.yaml"


# --- numbers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.4949, "49%"), (0.495, "49.5%"), (0.497, "49.7%"), (0.49999, "49.9%"), (0.5, "50%"), (0.504, "50%"),
     (0, "0%"), (1, "100%"), (0.001, "under 1%"), (0.999, "over 99%")],
)  # fmt: skip
def test_a_share_below_one_half_never_reads_as_one_half(share: float, said: str) -> None:
    assert percent(share) == said
    assert compact(share) == said.replace("under ", "<").replace("over ", ">")


def test_figures_and_verdict_are_on_the_same_side_of_one_half() -> None:
    for k in range(10_001):
        share = k / 10_000
        below = evidence_stance(share, share) == "refuses"
        for digits in (0, 1):
            said = float(per_cents(share, digits))
            assert (said < 50) == below, share
            assert abs(said - 100 * share) <= 0.5


def test_interval_ends_below_one_half_read_so_too() -> None:
    found = sim.results.records.Interval(estimate=0.51, low=0.4971, high=0.523)
    assert interval(found) == "51% [49.7, 52]"


def test_a_vote_barely_won_is_no_tie() -> None:
    assert exact(0.5) == "50%"
    assert exact(0.5003) == "50.03%"
    assert exact(0.49996) == "49.996%"
    assert exact(0.519) == "51.9%"


@pytest.mark.parametrize(("share", "said"), [(0.00003, "+0.003"), (-0.0004, "-0.04"), (1e-13, "0")])
def test_small_changes_show_a_digit(share: float, said: str) -> None:
    assert points(share) == said


# --- names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["Operators"], "accept"),
        (["Ministry"], "accepts"),
        (["United States"], "accepts"),
        (["European states"], "accept"),
        (["Cyprus"], "accepts"),
        (["Rail Union"], "accepts"),
        (["Red", "Blue"], "accept"),
    ],
)
def test_verbs_follow_names(names: list[str], said: str) -> None:
    assert verb(*names, singular="accepts") == said


# --- a text that leaves all open -------------------------------------------------------------------


def test_rows_of_a_text_that_settles_nothing_have_no_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert call("new", "fresh.yaml").exit_code == 0
    done = call("run", "fresh.yaml", "--no-save", "--draws", "100", "--format", "md", "--plot", "fresh.svg")
    assert done.exit_code == 0, done.stderr
    result = sim.run(tmp_path / "fresh.yaml", draws=100)
    assert settles_nothing(result)
    rows = [x for x in done.stdout.splitlines() if x.startswith("| ")][2:]
    assert len(rows) == len(result.parties)
    assert all("| no verdict | - | - | - |" in row for row in rows)
    assert "accepts" not in " ".join(rows)
    drawn = re.findall(r"<text[^>]*>([^<]*)<", Path("fresh.svg").read_text(encoding="utf-8"))
    assert "accepts" not in drawn
    warnings = [x for x in done.stdout.splitlines() if "says no more than no deal would leave" in x]
    assert len(warnings) <= 1
    assert ": warning: " not in done.stdout
    assert len(result.open.issues) > 1  # type: ignore[union-attr]
    assert "scored as no deal leaves them." in done.stdout


def test_outcomes_that_a_text_equals_are_one_warning() -> None:
    edits = [f"proposal.{i}=open" for i in sim.load(ISTANBUL).scenario.proposal.terms]
    found = [str(w) for w in sim.load(ISTANBUL, edits=edits).warnings if "no more than no deal" in str(w)]
    assert len(found) == 1
    assert re.search(r"it equals the outcomes \w+, .* and \w+ of ", found[0])


# --- edits ------------------------------------------------------------------------------------------


def test_edits_of_polls_are_named_by_label_and_unit_and_are_one_bar() -> None:
    found = levers(sim.load(ISTANBUL, draws=400), party="ukrainian_public")
    polled = [x for x in found.levers if x.kind == "holds"]
    assert polled
    for x in polled:
        assert "set the share of voters for refusal 'nothing short of NATO (2022)' (45% to 63%) to " in x.what
        assert "chance" not in x.what
    drawn = bars(found)
    assert [bar.label for bar in drawn if "nothing short" in bar.label] == [
        "Ukrainian public: refusal 'nothing short of NATO (2022)'"
    ]
    assert len({bar.label for bar in drawn}) == len(drawn)
    assert {short(found, x) for x in polled} == {"45% of voters", "63% of voters"}
    ranked = [x.what for x in found.levers if x.kind in ("to_top", "to_bottom", "one_up", "one_down")]
    assert ranked
    assert all(re.match(r"rank '.+' (first|last|one level)", x) for x in ranked)


# --- amendments and comparisons ----------------------------------------------------------------------


def test_beside_amendments_that_help_none_is_shown_that_does_not() -> None:
    done = call(
        "amend", ROOT / "scenarios" / "us_28_points_2025.yaml", "--changes", "2", "--draws", "400", "--format", "json"
    )
    found = Amend.model_validate(json.loads(done.stdout))
    some = [size for size in found.sizes if size.amendments]
    assert some
    for size in some:
        helps = [a for a in size.amendments if a.change.low > 0]
        assert list(in_table(size)) == (helps or list(size.amendments))
    [size, *_] = some
    none = [a for a in size.amendments if a.change.low <= 0]
    if none:
        mixed = size.model_copy(update={"amendments": (*none, none[0].model_copy(update={"change": _rise()}))})
        assert [a.change for a in in_table(mixed)] == [_rise()]


def _rise() -> sim.results.records.Interval:
    return sim.results.records.Interval(estimate=0.1, low=0.05, high=0.15)


def test_a_heat_map_explains_its_words_and_says_no_year_twice() -> None:
    names = ("us_28_points_2025", "armed_neutrality", "istanbul")
    paths = [ROOT / "scenarios" / f"{name}.yaml" for name in names]
    done = call("compare", *paths, "--draws", "200", "--format", "json")
    figure = heat_map.draw(Comparison.model_validate(json.loads(done.stdout)))
    said = " ".join(x.get_text() for x in figure.findobj(lambda a: hasattr(a, "get_text")))
    assert "28 points, 2025-11-20" in said
    assert "2025, 2025" not in said
    assert "Inferred: refused over a line" in said
    assert "not the same parties for every text" in said


def test_a_line_in_some_of_the_refusals_is_told_with_its_share() -> None:
    result = sim.run(ISTANBUL, draws=50)
    objection = result.party("ukrainian_public").main_objection
    assert objection is not None
    assert objection.kind == "refusal"
    for share, said in ((0.55, ", in 55% over its inferred refusal"), (1.0, " over its inferred refusal")):
        refuser = sim.results.talks.Refuser(
            party="ukrainian_public", share=1.0, sole=1.0, objection=objection.model_copy(update={"share": share})
        )
        assert over(result, refuser).startswith(said)
