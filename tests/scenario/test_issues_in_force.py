"""Issues that begin on a day: before it a text is as if nobody had written them, from then on they have a default."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import sim
from sim.analysis.shared.texts_beside import texts_beside
from sim.cli import app
from sim.cli.new_files import starting_text
from sim.desk.texts import same_positions
from sim.files import nodes
from sim.files.complaints import Complaint, Complaints, Place
from sim.files.nodes import Scalar, dump_yaml
from sim.scenario.catalogue import SHIPPED, shipped_texts
from sim.scenario.loading import load_domain, on_day
from sim.server.readings import readings_of
from sim.server.shelf import Shelf
from tests import small
from tests.domains import quick

SINCE = "2022-04-01"
EARLY, LATE = "2022-03-29", "2022-05-01"

ASSETS = """\
  assets:
    question: What becomes of the assets?
    since: 2022-04-01
    default: frozen
    options:
      spent: Blue gets them.
      frozen: They stay where they are.
      halved: {text: Each gets half., like: frozen}
      returned: Red gets them.
"""
#: What the files say on the new issue alone, by file: a text behind which it stands, and it.
ON_ASSETS: dict[str, tuple[tuple[str, str], ...]] = {
    "domain/issues.yaml": (
        ("constraints:\n", ASSETS),
        (
            "effects:\n",
            "  - id: no_arms\n    if: {assets: [returned]}\n    then: {guarantee: [consult, none]}\n"
            "    severity: political\n    why: Arms cost money.\n"
            "  - id: paid\n    if: {guarantee: [armed]}\n    then: {assets: [spent, frozen, halved]}\n"
            "    severity: legal\n    why: So it is paid for.\n",
        ),
        (
            "no_deal:\n",
            "  - id: spoils\n    if: {assets: [spent], land: [returned]}\n    then: {guarantee: none}\n"
            "    basis: assumed\n    why: The money is the guarantee.\n"
            "  - id: back\n    if: {land: [ceded]}\n    then: {assets: returned}\n"
            "    basis: assumed\n    why: Who takes all takes the money.\n",
        ),
    ),
    "domain/positions/red.yaml": (
        (
            "refuses:\n",
            "  assets:\n    - from: 2022-02-01\n      ranking: [returned, rest]\n"
            "      red_lines: [{option: spent, basis: inferred, evidence: [E7]}]\n"
            "      importance: major\n      basis: inferred\n      evidence: [E7]\n",
        ),
        (
            "no_deal:\n",
            "  - id: money_for_land\n    if: {assets: [spent, frozen], land: [returned]}\n    from: 2022-02-01\n"
            "    basis: inferred\n    evidence: [E7]\n    why: Both at once is too much.\n"
            "asks:\n  - id: money\n    for: {assets: [returned, halved]}\n    from: 2022-02-01\n    basis: inferred\n"
            "    evidence: [E7]\n    why: It asked for them.\n",
        ),
    ),
}
E7 = "E7,2022-02-01,red,,{issue},Wants its assets back,demand,quote,A1,p2.s2,\n"
LATER = """\
title: A later deal
proposal:
  date: 2022-04-20
  summary: The same with the assets halved.
  consent_not_modelled: [turkey]
  terms:
    fighting: {option: stops, basis: stated, evidence: [E1]}
    status: {option: neutral, basis: stated, evidence: [E1]}
    guarantee: {option: armed, basis: inferred, evidence: [E1, E4]}
    land: {option: frozen, basis: proposed}
    assets: {option: halved, basis: inferred, evidence: [E7]}
"""


#: What other things say on it: a place of issues.yaml or of a party's file, and the longer form of it.
WITHIN: dict[str, dict[str, str]] = {
    "domain/issues.yaml": {
        "{guarantee: [armed]}\n    severity: hard": "{guarantee: [armed], assets: [spent, frozen]}\n    severity: hard",
        "guarantee: none, land: frozen}": "guarantee: none, land: frozen, assets: frozen}",
        "guarantee: none, land: ceded}": "guarantee: none, land: ceded, assets: returned}",
    },
    "domain/positions/league.yaml": {"land: [returned]}]": "land: [returned]}, {assets: [spent], land: [frozen]}]"},
}


def files(*, issue: bool = True, since: str = SINCE) -> dict[str, str]:
    """The small domain with an issue that begins on a day, or as if nobody had written it."""
    out = dict(small.FILES)
    for name, pieces in ON_ASSETS.items():
        for before, text in pieces:
            assert out[name].count(f"\n{before}") == 1, before
            out[name] = out[name].replace(f"\n{before}", f"\n{text if issue else ''}{before}")
    for name, places in WITHIN.items():
        for place, longer in places.items():
            assert out[name].count(place) == 1, place
            out[name] = out[name].replace(place, longer if issue else place)
    out["domain/issues.yaml"] = out["domain/issues.yaml"].replace(SINCE, since)
    out["domain/evidence.csv"] += E7.format(issue="assets" if issue else "context")
    return {**out, "later.yaml": LATER} if issue else out


def write(folder: Path, *, issue: bool = True, **changes: str) -> Path:
    """Those files in a folder; the path of the text of 2022-03-29."""
    return small.write(folder, {**files(issue=issue), **changes})


def changed(name: str, old: str, new: str) -> dict[str, str]:
    """One of the files with one place in it changed."""
    text = files()[name]
    assert text.count(old) == 1, old
    return {name: text.replace(old, new)}


def faults(folder: Path, changes: Mapping[str, str], **options: Any) -> list[str]:
    """What is said of the text of 2022-03-29 where it is not in order, each complaint with its place."""
    path = write(folder, **changes)
    with pytest.raises(Complaints) as error:
        sim.load(path, **options)
    return [_words(x) for x in error.value.complaints if x.severity == "error"]


def _words(x: Complaint) -> str:
    return f"{Path(x.place.file).name}:{x.place.line}:{x.place.column}: {x.where}: {x.what} | {x.hint}"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of the domain with the issue, and of its two texts."""
    return write(tmp_path / "with").parent


NOT_YET = f"the issue assets is not in force on {EARLY}, begins {SINCE}"
HINT = f"leave it out, or take a day from {SINCE} on: as_of of the text, or --as-of"

# --- before its day ------------------------------------------------------------------------------------


@pytest.mark.parametrize("evidence", ["all", "articles", "firm"])
def test_before_its_day_a_text_is_as_if_nobody_had_written_the_issue(tmp_path: Path, evidence: Any) -> None:
    with_it, without = (write(tmp_path / str(issue), issue=issue) for issue in (True, False))
    one, other = (sim.load(path, draws=300, evidence=evidence) for path in (with_it, without))
    assert one.sha256 == other.sha256
    assert one.scenario == other.scenario
    assert dump_yaml(one.tree) == dump_yaml(other.tree)
    results = sim.score([one, other])
    assert results[0].to_json() == results[1].to_json()
    talks = [sim.score(x.with_(protocol="alternating_offers"))[0].to_json() for x in (one, other)]
    assert talks[0] == talks[1]


def test_what_names_it_goes_with_it(home: Path) -> None:
    domain = sim.load(home / "deal.yaml").scenario.domain
    assert "assets" not in repr(domain.issues) + repr(domain.positions)
    assert [rule.id for rule in domain.issues.constraints] == ["members_are_defended", "neutrals_stay_out"]
    assert [*domain.issues.constraints[0].then] == ["guarantee"]
    assert [effect.id for effect in domain.issues.effects] == ["empty_words"]
    assert [refusal.id for refusal in domain.positions["red"].refuses] == ["armed_neighbour"]
    assert domain.positions["red"].asks == ()
    assert len(domain.positions["league"].consent.when) == 2
    [claim] = [row for row in domain.evidence if row.id == "E7"]
    assert claim.issue == "context"


def test_what_a_list_said_on_it_alone_leaves_no_empty_list(tmp_path: Path) -> None:
    blue = "asks:\n  - {id: a, for: {assets: [spent]}, from: 2022-01-01, basis: assumed, why: So.}\n"
    name = "domain/positions/blue.yaml"
    path = write(tmp_path, **{name: files()[name] + blue})
    assert [demand.id for demand in sim.load(path, as_of=LATE).scenario.domain.positions["blue"].asks] == ["a"]
    assert "asks" not in nodes.keys(sim.load(path).tree, "domain", "positions", "blue")


def test_a_turning_issue_that_begins_later_turns_nothing_yet(tmp_path: Path) -> None:
    path = write(tmp_path, **changed("domain/issues.yaml", "turning_issue: fighting", "turning_issue: assets"))
    early, late = (sim.load(path, draws=100, as_of=day) for day in (EARLY, LATE))
    results = sim.score([early, late])
    assert [result.settings.turning_issue for result in results] == [None, "assets"]


def test_a_refusal_that_was_like_one_that_is_gone_stands_by_itself(tmp_path: Path) -> None:
    like = "{id: copy, like: money_for_land, if: {land: [returned]}, from: 2022-02-01, basis: assumed, why: So.}"
    path = write(tmp_path, **changed("domain/positions/red.yaml", "asks:", f"  - {like}\nasks:"))
    of_day = {day: sim.load(path, as_of=day).scenario.domain.positions["red"].refuses for day in (EARLY, LATE)}
    assert [(x.id, x.like) for x in of_day[EARLY]] == [("armed_neighbour", None), ("copy", None)]
    assert {x.id: x.like for x in of_day[LATE]}["copy"] == "money_for_land"


# --- the shipped texts ---------------------------------------------------------------------------------


def with_one_more_issue(root: Path, since: str) -> list[Path]:
    """The shipped texts, copied, beside a domain with one more issue, of which a party, a rule and no deal speak."""
    shutil.copytree(shipped_texts()[0].parent, root, ignore=shutil.ignore_patterns("backtest"))
    file = root / "domain" / "issues.yaml"
    text = file.read_text(encoding="utf-8")
    rule = "  - {id: X1, if: {assets: [returned]}, then: {fighting: [stops]}, severity: hard, why: So.}\n"
    for before, more in {"constraints:\n": ("", ASSETS.replace(SINCE, since)), "  - id: K01\n": (rule, "")}.items():
        assert text.count(f"\n{before}") == 1
        text = text.replace(f"\n{before}", f"\n{more[1]}{before}" if more[1] else f"\n{more[0]}{before}")
    file.write_text(text.replace("fighting: continues\n", "fighting: continues\n          assets: frozen\n"), "utf-8")
    file = root / "domain" / "positions" / "russia.yaml"
    cell = "  assets:\n    - {from: 2022-01-01, ranking: [returned, rest], importance: critical, basis: assumed}\n"
    text = file.read_text(encoding="utf-8")
    assert text.count("\npositions:\n") == 1
    file.write_text(text.replace("\npositions:\n", f"\npositions:\n{cell}"), "utf-8")
    return shipped_texts(root)


def test_the_shipped_texts_are_what_they_are_without_an_issue_that_begins_later(tmp_path: Path) -> None:
    before = {item.path.stem: item for item in sim.load_all(shipped_texts())}
    after = {item.path.stem: item for item in sim.load_all(with_one_more_issue(tmp_path / "scenarios", "2026-02-01"))}
    assert len(before) == len(after) == sum(map(len, SHIPPED.values()))
    same = {name for name, item in after.items() if item.sha256 == before[name].sha256}
    assert same == {name for name, item in before.items() if item.scenario.day < dt.date(2026, 2, 1)}
    assert all(
        len(after[name].scenario.domain.issues.issues) > len(before[name].scenario.domain.issues.issues)
        for name in before.keys() - same
    )
    one, other = sim.score([before["istanbul"].with_(draws=200), after["istanbul"].with_(draws=200)])
    assert one.to_json() == other.to_json()


DAYS = st.dates(dt.date(2022, 3, 10), dt.date(2022, 6, 1))


@quick(25)
@given(since=DAYS, day=DAYS)
def test_whatever_the_days_an_issue_is_in_force_from_its_day_on(
    tmp_path_factory: pytest.TempPathFactory, since: dt.date, day: dt.date
) -> None:
    home = tmp_path_factory.mktemp("days")
    path = small.write(home, files(since=since.isoformat()))
    item = sim.load(path, as_of=day)
    assert ("assets" in item.scenario.domain.issues.issues) == (since <= day)
    assert ("assets" in item.scenario.proposal.terms) == (since <= day)
    if day < since:
        without = sim.load(write(home / "without", issue=False), as_of=day)
        assert item.sha256 == without.sha256


# --- from its day on -----------------------------------------------------------------------------------


def test_from_its_day_on_a_text_that_does_not_name_it_says_its_default(home: Path) -> None:
    item = sim.load(home / "deal.yaml", as_of=SINCE, draws=200)
    term = item.scenario.proposal.terms["assets"]
    assert (term.option, term.basis, term.default) == ("frozen", "assumed", True)
    assert item.scenario.domain.issues.issues["assets"].since == dt.date.fromisoformat(SINCE)
    assert [effect.id for effect in item.scenario.domain.issues.effects] == ["empty_words", "spoils", "back"]
    assert item.scenario.domain.positions["red"].asks[0].id == "money"
    [result] = sim.score(item)
    red = result.party("red")
    assert {x.issue: x.option for x in red.issues}["assets"] == "frozen"
    refused = [line.refusal for line in red.lines if line.kind == "refusal"]
    # the last is of an option that is like another
    assert refused == ["armed_neighbour", "money_for_land", "money_for_land_halved"]


def test_open_may_be_what_a_text_says_that_does_not_name_it(tmp_path: Path) -> None:
    path = write(tmp_path, **changed("domain/issues.yaml", "default: frozen", "default: open"))
    assert sim.load(path, as_of=LATE).scenario.proposal.terms["assets"].open
    assert "assets" not in sim.load(path).scenario.proposal.terms


def test_each_day_has_its_own_issues(home: Path) -> None:
    early, late = (sim.load(home / "deal.yaml", as_of=day, draws=200) for day in (EARLY, LATE))
    assert len(early.scenario.proposal.terms) + 1 == len(late.scenario.proposal.terms)
    weight = {"red.land.weight": 0.2}
    for start, day, there in ((early, LATE, late), (late, EARLY, early)):
        assert start.with_(as_of=day).sha256 == there.sha256
        assert start.with_(weight).with_(as_of=day).sha256 == there.with_(weight).sha256
        assert on_day(start, Scalar(day, Place("--vary", 1, 1))).sha256 == there.sha256
        assert (
            start.with_(seed=3, evidence="articles").with_(as_of=day).scenario
            == there.with_(seed=3, evidence="articles").scenario
        )


def test_edits_of_an_issue_that_is_in_force_go_on_to_later_days(home: Path) -> None:
    late = sim.load(home / "deal.yaml", as_of=SINCE, edits=["red.assets.importance=minor", "proposal.assets=spent"])
    later = late.with_(as_of=LATE).scenario
    assert later.domain.positions["red"].positions["assets"][0].importance == "minor"
    assert later.proposal.terms["assets"].option == "spent"


def test_saved_runs_are_read_as_they_were_saved(home: Path, tmp_path: Path) -> None:
    for day in (EARLY, LATE):
        item = sim.load(home / "deal.yaml", as_of=day, draws=200)
        [result] = sim.score(item)
        folder = sim.save(item, result, tmp_path / "results")
        again = sim.load(folder)
        assert again.sha256 == item.sha256
        assert sim.score(again)[0].to_json() == result.to_json()
        assert sim.read(folder).to_json() == result.to_json()
    assert sim.load(folder, as_of=EARLY).scenario.domain == sim.load(home / "deal.yaml").scenario.domain
    assert sim.from_dict(item.to_dict()).sha256 == item.sha256


# --- texts of talks ------------------------------------------------------------------------------------

TALKS = """\
negotiation:
  protocol: vote
  candidates:
    proposals: [{other}]
"""


def test_other_proposals_say_nothing_on_what_is_not_in_force(home: Path) -> None:
    deal, later = home / "deal.yaml", home / "later.yaml"
    deal.write_text(small.SCENARIO + TALKS.format(other="later"), "utf-8")
    later.write_text(LATER + TALKS.format(other="deal"), "utf-8")
    texts = {day: sim.load(deal, as_of=day).scenario.negotiation.candidates.texts for day in (EARLY, LATE)}
    assert texts[LATE]["later"] == texts[EARLY]["later"] | {"assets": "halved"}
    assert sim.load(deal).with_(as_of=LATE).scenario.negotiation.candidates.texts == texts[LATE]
    assert sim.load(later).scenario.negotiation.candidates.texts["deal"]["assets"] == "frozen"
    assert "assets" not in sim.load(later, as_of=EARLY).scenario.negotiation.candidates.texts["deal"]


def test_a_saved_run_of_an_earlier_day_may_be_a_proposal(home: Path) -> None:
    for day in (EARLY, LATE):
        item = sim.load(home / "deal.yaml", as_of=day)
        (home / f"saved_{day[5:7]}.yaml").write_text(dump_yaml(item.tree.having("id", item.tree.items["id"])), "utf-8")
    for text, content in (("deal", small.SCENARIO), ("later", LATER)):
        path = home / f"{text}.yaml"
        path.write_text(content + TALKS.format(other="saved_03, saved_05"), "utf-8")
        texts = sim.load(path).scenario.negotiation.candidates.texts
        assert texts["saved_03"] == texts["saved_05"]
        assert ("assets" in texts["saved_03"]) == (text == "later")


def test_a_saved_run_of_another_domain_is_no_proposal(home: Path) -> None:
    other = sim.load(home / "deal.yaml").tree
    path = ("domain", "issues", "issues", "land", "options")
    (home / "saved.yaml").write_text(dump_yaml(nodes.removed(other, (*path, "ceded"))), "utf-8")
    (home / "later.yaml").write_text(LATER + TALKS.format(other="saved"), "utf-8")
    with pytest.raises(Complaints, match="its own issues differ"):
        sim.load(home / "later.yaml")


# --- what is wrong -------------------------------------------------------------------------------------


def test_a_text_of_an_earlier_day_does_not_name_it(tmp_path: Path) -> None:
    more = "    assets: {option: spent, basis: proposed}\n"
    wrong = {"deal.yaml": small.SCENARIO + more}
    assert faults(tmp_path, wrong) == [f"deal.yaml:11:5: proposal: assets: {NOT_YET} | {HINT}"]
    late = {"deal.yaml": small.SCENARIO.replace("proposal:", f"as_of: {SINCE}\nproposal:") + more}
    assert sim.load(write(tmp_path, **late)).scenario.proposal.terms["assets"].option == "spent"


def test_texts_of_the_talks_of_an_earlier_day_do_not_name_it_either(tmp_path: Path) -> None:
    talks = "negotiation:\n  candidates:\n    texts:\n      other: {assets: spent, land: frozen}\n"
    at = "deal.yaml:14:15: negotiation: candidates: texts: other: assets"
    got = faults(tmp_path, {"deal.yaml": small.SCENARIO + talks})
    assert [re.sub(r": negotiation.*?assets: ", ": ", x) for x in got] == [f"deal.yaml:14:15: {NOT_YET} | {HINT}"], at


def test_an_earlier_day_of_the_call_leaves_out_what_the_text_says_on_it_and_warns(home: Path) -> None:
    talks = "      money: {assets: spent}\n      land: {assets: spent, land: ceded}\n"
    (home / "later.yaml").write_text(f"{LATER}negotiation:\n  candidates:\n    texts:\n{talks}", "utf-8")
    later = sim.load(home / "later.yaml", draws=200)
    assert later.warnings == ()
    one, other = sim.load(home / "later.yaml", as_of=EARLY, draws=200), later.with_(as_of=EARLY)
    assert one.sha256 == other.sha256
    assert one.scenario.negotiation.candidates.texts == {"land": {"land": "ceded"}}
    for item in (one, other):
        assert [f"{w.place.line}: {w.where}: {w.what}" for w in item.warnings] == [
            f"11: proposal: assets: {NOT_YET}: what the text says on it is left out",
            f"15: negotiation: candidates: money: {NOT_YET}: what the text says on it is left out",
            f"16: negotiation: candidates: land: {NOT_YET}: what the text says on it is left out",
        ]
    assert any("is left out" in warning for warning in sim.score(one)[0].warnings)


@pytest.mark.parametrize(
    ("edit", "column"),
    [
        ("red.assets.importance=minor", 5),
        ("red.assets=unknown", 5),
        ("proposal.assets=spent", 10),
        ("proposal={assets: spent}", 10),
        ("Red.assets.red_lines=none", 5),
    ],
)
def test_an_edit_of_an_issue_that_is_not_in_force_is_a_fault(home: Path, edit: str, column: int) -> None:
    with pytest.raises(Complaints) as error:
        sim.load(home / "deal.yaml", edits=[edit])
    assert [_words(x) for x in error.value.complaints] == [f"--set[1]:1:{column}: edit: {NOT_YET} | {HINT}"]
    early, late = (sim.load(home / "deal.yaml", as_of=day) for day in (EARLY, LATE))
    for item, edits in ((early, [edit]), (late, [edit]), (late.with_([edit]), [])):
        with pytest.raises(Complaints, match="is not in force on 2022-03-29, begins 2022-04-01"):
            item.with_(edits, as_of=EARLY)
    with pytest.raises(Complaints, match="is not in force on 2022-03-29, begins 2022-04-01"):
        sim.edited(late.with_(as_of=EARLY), [edit])


def test_what_an_edit_says_of_consent_or_a_text_of_the_talks_is_held_to_the_same(home: Path) -> None:
    for edit in ("red.consent={when: [{assets: [spent]}]}", "negotiation.candidates.texts.x={assets: spent}"):
        with pytest.raises(Complaints, match="the issue assets is not in force on 2022-03-29, begins 2022-04-01"):
            sim.load(home / "deal.yaml", edits=[edit], protocol="alternating_offers")


def test_files_of_edits_speak_of_many_days(home: Path) -> None:
    file = home / "both.yaml"
    file.write_text("title: Both\nedits:\n  red.assets.importance: minor\n  blue.land.importance: minor\n", "utf-8")
    item = sim.load(home / "deal.yaml", edit_files=[file])
    assert [(w.place.line, w.what, w.severity) for w in item.warnings] == [(3, NOT_YET, "warning")]
    assert item.scenario.edits == ("blue.land.importance=minor",)
    assert item.sha256 == sim.load(home / "deal.yaml", edits=["blue.land.importance=minor"]).sha256
    assert item.with_(as_of=LATE).scenario.edits == ("red.assets.importance=minor", "blue.land.importance=minor")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("since: 2022-04-01", "since: soon", "12: issues: assets: since: expected a date written YYYY-MM-DD, found"),
        ("since: 2022-04-01", "since: 2022-02-30", "12: issues: assets: since: 2022-02-30 is not a day"),
        ("    default: frozen\n", "", "12: issues: assets: since: an issue that begins on a day needs a default, for"),
        ("default: frozen", "default: frzen", "14: issues: assets: default: assets has no option frzen"),
    ],
)
def test_faults_of_the_issue_itself_are_told_whatever_the_day(tmp_path: Path, old: str, new: str, fault: str) -> None:
    for day in (EARLY, LATE):
        got = faults(tmp_path, changed("domain/issues.yaml", old, new), as_of=day)
        assert got[0].startswith(f"issues.yaml:{got[0].split(':')[1]}:{fault}"), got
        # a default that is no option is one of every text that does not name the issue, too
        assert [x.split(": ")[1] for x in got[1:]] == (["proposal"] if "frzen" in new else [])


def test_faults_of_what_is_said_on_it_are_told_on_earlier_days_too(tmp_path: Path) -> None:
    wrong = changed("domain/positions/red.yaml", "ranking: [returned, rest]", "ranking: [retrned, rest]")
    for day in (EARLY, LATE):
        [fault] = faults(tmp_path, wrong, as_of=day)
        assert "assets has no option retrned | did you mean returned?" in fault
    wrong = changed("domain/issues.yaml", "land: frozen, assets: frozen}", "land: frozen, assets: forzen}")
    [fault] = faults(tmp_path, wrong)
    assert "assets has no option forzen" in fault


def test_a_party_whose_yes_hangs_on_it_alone_cannot_be_asked_before(tmp_path: Path) -> None:
    league = small.LEAGUE.replace("{status: [member]}, {guarantee: [armed], land: [returned]}", "{assets: [spent]}")
    [fault] = faults(tmp_path, {"domain/positions/league.yaml": league})
    assert fault == f"league.yaml:5:19: league: consent: assets: {NOT_YET} | {HINT}"
    assert sim.load(tmp_path / "deal.yaml", as_of=LATE).scenario.domain.positions["league"].consent.when


# --- several texts -------------------------------------------------------------------------------------


def run(*args: str | Path) -> str:
    """What a command prints; it must end well."""
    done = CliRunner().invoke(app, [str(arg) for arg in args])
    assert done.exit_code == 0, done.output
    return done.output


def test_texts_of_both_sides_stand_side_by_side(home: Path) -> None:
    early, late = sim.load_all([home / "deal.yaml", home / "later.yaml"], draws=200)
    comparison = sim.compare([early, late])
    assert comparison.smaa is None
    assert comparison.smaa_missing is not None
    assert "other issues are in force on the day of" in comparison.smaa_missing
    [pair] = comparison.differences
    assert {*pair.only_in_a, *pair.only_in_b} == {"assets"}
    assert "Only A later deal has these issues, which are not compared: assets." in comparison.to_markdown()
    alike = sim.compare([early.with_(as_of=LATE), late.with_(as_of=LATE)])
    assert alike.smaa is not None
    assert alike.differences[0].only_in_a == alike.differences[0].only_in_b == ()
    both = run("run", home / "deal.yaml", home / "later.yaml", "--draws", "200", "--no-save")
    assert "A small deal" in both
    assert "A later deal" in both


def test_texts_beside_one_are_taken_as_on_its_day(home: Path) -> None:
    early, late = sim.load_all([home / "deal.yaml", home / "later.yaml"], draws=200)
    for here, there in ((early, late), (late, early)):
        beside = texts_beside(here)
        assert [text.scenario.id for text in beside.loaded] == [there.scenario.id]
        assert beside.loaded[0].scenario.domain == here.scenario.domain
        assert beside.skipped == ()
        assert same_positions(here) == []
        frontier = sim.frontier(here)
        assert [text.id for text in frontier.proposals] == [here.scenario.id, there.scenario.id]
    assert [text.scenario.id for text in same_positions(late, every_text=True)] == ["deal"]


def test_commands_take_both(home: Path, tmp_path: Path) -> None:
    both = (home / "deal.yaml", home / "later.yaml")
    run("report", *both, "--draws", "100", "--out", tmp_path / "one.html")
    page = (tmp_path / "one.html").read_text(encoding="utf-8")
    assert "A later deal" in page
    run("site", tmp_path / "site", *both, "--draws", "100")
    index, sources = ((tmp_path / "site" / f"{name}.html").read_text(encoding="utf-8") for name in ("index", "sources"))
    assert index.count("A small space</h2>") == sources.count("A small space</h2>") == 1
    assert "Wants its assets back" in sources
    assert "(Red on assets, " in sources
    run("library", "--folder", home, "--out", tmp_path / "library.md")
    library = (tmp_path / "library.md").read_text(encoding="utf-8")
    assert library.count("## A small space") == 1
    assert {"deal", "later"} <= {*re.findall(r"\w+", library)}
    assert "assets" in run("sources", "audit", "--domain", home / "domain", "--draws", "100", "--full")
    assert run("validate", *both).count("in order") == 2


def test_a_served_text_has_the_issues_of_the_day_of_its_desk(home: Path) -> None:
    shelf = Shelf(sim.load_all([home / "deal.yaml", home / "later.yaml"], draws=50), ["deal", "later"], {"draws": 50})
    for id, other in (("deal", "later"), ("later", "deal")):
        for day, there in ((None, id == "later"), (dt.date(2022, 3, 29), False), (dt.date(2022, 5, 1), True)):
            content = shelf.desk(id, day).content
            pack = json.loads(content["pack"]) if isinstance(content["pack"], str) else content["pack"]
            assert ("assets" in {issue["id"] for issue in pack["issues"]}) == there
            assert [*pack["texts"]] == [other]
            assert len(pack["texts"][other]["terms"]) == len(pack["issues"])


def test_readings_of_a_served_text_leave_out_what_is_not_in_force(home: Path) -> None:
    (home / "edits").mkdir()
    both = "title: Both\nedits:\n  red.assets.importance: minor\n  blue.land: {importance: minor}\n"
    (home / "edits" / "both.yaml").write_text(both, "utf-8")
    (home / "edits" / "one.yaml").write_text("title: One\nedits:\n  red.assets.importance: minor\n", "utf-8")
    early, late = (readings_of(item) for item in sim.load_all([home / "deal.yaml", home / "later.yaml"]))
    assert [(x.id, x.edits) for x in early] == [("both", ["blue.land.importance=minor"])]
    assert [(x.id, len(x.edits)) for x in late] == [("both", 2), ("one", 1)]


def test_a_line_on_an_issue_that_begins_between_the_days_of_a_sweep_begins_with_it(tmp_path: Path) -> None:
    path = write(tmp_path, **changed("domain/issues.yaml", "default: frozen", "default: spent"))
    swept = sim.sweep(sim.load(path, draws=50), [f"as_of={EARLY},{LATE}"])
    assert swept.lines is not None
    [line] = swept.lines
    assert (line.party, line.issue, line.option, str(line.on), line.begins) == ("red", "assets", "spent", SINCE, True)


def test_a_sweep_over_days_gives_each_its_own_issues(home: Path) -> None:
    swept = sim.sweep(sim.load(home / "deal.yaml", draws=200), [f"as_of={EARLY},{SINCE},{LATE}"])
    shares = [point.parties[0].acceptability.estimate for point in swept.points]
    for day, share in zip((EARLY, SINCE, LATE), shares, strict=True):
        [result] = sim.score(sim.load(home / "deal.yaml", as_of=day, draws=200))
        assert result.parties[0].acceptability.estimate == share
    assert swept.issues_begun == {"assets": dt.date.fromisoformat(SINCE)}
    assert f"Assets is in force since {SINCE}: on earlier days no figure counts it." in swept.to_markdown()
    assert sim.sweep(sim.load(home / "later.yaml", draws=50), [f"as_of={SINCE},{LATE}"]).issues_begun == {}
    with pytest.raises(Complaints, match="is not in force on 2022-03-29"):
        sim.sweep(sim.load(home / "deal.yaml", draws=50), [f"as_of={EARLY},{LATE}", "red.assets.weight=0.1,0.2"])


# --- forecasts and backtests ---------------------------------------------------------------------------

TEXTS = """\
title: What came later
texts:
  money:
    title: Money
    date: 2022-05-01
    summary: The assets go to Red.
    terms:
      fighting: {option: stops, basis: stated}
      assets: {option: returned, basis: stated%s}
"""
ANSWERS = """\
id,date,party,issue,option,answer,firmness,quality
A1,2022-05-08,red,land,ceded,accepts,firm,strong
A2,2022-05-08,red,assets,returned,accepts,firm,strong
A3,2022-03-30,blue,assets,returned,refuses,firm,strong
"""


def test_a_forecast_has_the_issues_of_its_day(home: Path) -> None:
    texts = home / "texts.txt"
    texts.write_text(TEXTS % ", else: open", "utf-8")
    for day, there in ((EARLY, False), (LATE, True)):
        [reading] = sim.forecast(texts, as_of=day, domain=home / "domain", draws=100).readings
        assert reading.issues == 4 + there
        assert ("assets.returned" in {text.id for text in reading.texts}) == there
        assert reading.text("money").terms["assets"].option == ("returned" if there else None)
    without = sim.forecast(texts, as_of=EARLY, domain=write(home / "x", issue=False).parent / "domain", draws=100)
    assert sim.forecast(texts, as_of=EARLY, domain=home / "domain", draws=100).readings[0].sha256 == (
        without.readings[0].sha256
    )
    texts.write_text(TEXTS % "", "utf-8")
    with pytest.raises(Complaints, match="the issue assets is not in force on 2022-03-29, begins 2022-04-01"):
        sim.forecast(texts, as_of=EARLY, domain=home / "domain", draws=100)


def test_a_backtest_leaves_out_answers_on_what_was_not_in_force(home: Path) -> None:
    answers = home / "answers.csv"
    answers.write_text(ANSWERS, "utf-8")
    for days, because in (
        ([EARLY], {"A1": None, "A2": "new_issue", "A3": "new_issue"}),
        ([EARLY, "2022-04-20"], {"A1": None, "A2": None, "A3": "new_issue"}),
    ):
        result = sim.backtest(answers, as_of=days, domain=home / "domain", draws=100)
        assert {row.id: row.left_out for row in result.answers} == because


# --- the domain alone ----------------------------------------------------------------------------------


def test_what_has_no_day_sees_all_issues(home: Path, tmp_path: Path) -> None:
    assert "assets" in load_domain(home / "domain").issues.issues
    listing = run("show", "issues", "--domain", home / "domain")
    assert f"What becomes of the assets? In force since {SINCE}." in listing
    assert listing.count("In force since") == 1
    plain = json.loads(run("show", "issues", "--domain", home / "domain", "-f", "json"))
    assert plain["issues"]["assets"]["since"] == SINCE
    assert "assets" in run("show", "positions", "red", "--domain", home / "domain")
    assert "since" in json.loads(run("schema", "issues"))["$defs"]["Issue"]["properties"]


def test_a_new_text_says_since_when(home: Path) -> None:
    domain = load_domain(home / "domain")
    text = starting_text(domain, home / "domain", dt.date.fromisoformat(LATE))
    assert f"# in force since {SINCE}: leave it out" in text
    early = starting_text(domain, home / "domain", dt.date.fromisoformat(EARLY))
    assert "assets" not in yaml.safe_load(early)["proposal"]["terms"]
    for name, content in (("early", early), ("late", text)):
        (home / f"{name}.yaml").write_text(content, "utf-8")
    assert len(sim.load_all([home / "early.yaml", home / "late.yaml"])) == 2
