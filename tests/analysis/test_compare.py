"""sim compare: rows as runs give them, where proposals differ and why, what edits change, saved runs, errors."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from matplotlib.colors import to_hex
from typer.testing import CliRunner

import sim
from sim.analysis.compare import page as view
from sim.analysis.compare.compare import NoSuchRow, compare, row_names
from sim.analysis.compare.differences import differ, verdict_turns
from sim.analysis.compare.edit_effects import changes
from sim.analysis.compare.english import names_of, say
from sim.analysis.compare.figure import GREY, draw
from sim.analysis.compare.inputs import Entry, gather
from sim.analysis.compare.result import AskedBy, CompareFinding, Comparison, ProposalDifference
from sim.cli import app
from sim.engine.profiles import compile_case
from sim.files.complaints import Complaints
from sim.report.page import markdown
from sim.report.verdict import UNKNOWN, evidence_word, short, word
from sim.results.records import Record
from sim.results.verdicts import outcome
from sim.scenario import catalogue, schema
from tests import domains, on_disk, small
from tests.documented import documented, documented_findings, keys
from tests.documented import findings as finding_keys

ROOT = Path(__file__).parents[2]
ISTANBUL, ARMED, MEMBERSHIP = (f"scenarios/{n}.yaml" for n in ("istanbul", "armed_neutrality", "membership"))
THREE = ("istanbul", "armed_neutrality", "membership")
DAY = sim.load(ROOT / ISTANBUL).scenario.day
ON_DAY = ["--as-of", str(DAY)]
FEW = ["--draws", "400"]
HAWK = """\
title: A hawkish United States
edits:
  us.fighting.importance: minor
  us.sanctions: {ranking: [tightened, kept, rest], importance: major}
"""


@pytest.fixture(autouse=True)
def _at_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Istanbul, armed neutrality and membership, with no line of any party but against membership."""
    folder = on_disk.unbarred(tmp_path_factory.mktemp("unbarred"), keep=["nato_membership"])
    return [folder / f"{name}.yaml" for name in THREE]


@pytest.fixture(scope="module")
def three(texts: list[Path]) -> Comparison:
    """These three with the positions of one day, each with a joint figure of its own."""
    found = compare(gather(texts, draws=400, as_of=DAY))
    assert len({r.joint_acceptability and r.joint_acceptability.estimate for r in found.rows}) == len(THREE)
    return found


@pytest.fixture
def hawk(tmp_path: Path) -> Path:
    path = tmp_path / "hawk.yaml"
    path.write_text(HAWK)
    return path


def call(*args: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["compare", *map(str, args)])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


def rounded(records: Iterable[Record]) -> list[str]:
    """Records as they are written, to ten digits: differences of figures that were saved lose some."""
    return [re.sub(r"\d+\.\d+(e-\d+)?", lambda x: f"{float(x.group()):.9f}", r.model_dump_json()) for r in records]


def compared(*args: str | Path) -> Comparison:
    code, out, err = call(*args, "--format", "json")
    assert code == 0, err
    return Comparison.model_validate_json(out)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Saved runs of Istanbul and of membership; not to be changed."""
    folder = tmp_path_factory.mktemp("kept")
    return [sim.save(loaded, sim.score([loaded])[0], folder) for loaded in map(_small, (ISTANBUL, MEMBERSHIP))]


def _small(path: str) -> sim.Loaded:
    return sim.load(ROOT / path, draws=400)


def saved_run(folder: Path, *args: str) -> Path:
    before = set(folder.glob("*/*"))
    done = CliRunner().invoke(app, ["run", *args, *FEW, "--out", str(folder)])
    assert done.exit_code == 0, done.stderr
    [made] = set(folder.glob("*/*")) - before
    return made


# --- rows ---------------------------------------------------------------------------------------


def test_rows_are_what_runs_give_sorted_by_the_joint_figure(texts: list[Path], three: Comparison) -> None:
    assert not three.warnings
    names = [r.name for r in three.rows]
    assert sorted(names) == sorted(THREE)
    assert names != list(THREE), "they are in order as they were given"
    paths = dict(zip(THREE, texts, strict=True))
    for row in three.rows:
        alone = sim.run(paths[row.name], draws=400, as_of=row.scenario.as_of)
        assert row.joint_acceptability == alone.joint_acceptability
        assert row.verdict.text == short(alone)
        for p in row.parties:
            run = alone.party(p.id)
            assert (p.acceptability, p.on_evidence, p.sole_blocker) == (
                run.acceptability,
                run.on_evidence,
                run.sole_blocker,
            )
    joints = [r.joint_acceptability.estimate for r in three.rows if r.joint_acceptability]
    assert joints == sorted(joints, reverse=True)
    filler = {r.name: r.filler for r in three.rows}
    armed = filler["armed_neutrality"]
    assert (armed.assumed_terms, armed.terms, armed.more_than_half) == (12, 15, True)
    assert not filler["istanbul"].more_than_half


def test_equal_joint_figures_are_sorted_by_who_refuses_and_then_the_weakest_party() -> None:
    found = compare(
        gather([MEMBERSHIP, "scenarios/irish_model.yaml", "scenarios/russian_demands_2022.yaml"], draws=300)
    )
    merits = []
    for r in found.rows:
        refusing = [p for p in r.parties if p.consent_needed and not p.silent and (p.own or p.acceptability).high < 0.5]
        assert r.refusing == len(refusing)
        merits.append((r.joint_acceptability and r.joint_acceptability.estimate, -r.refusing, r.weakest_share))
    assert merits == sorted(merits, reverse=True)
    assert len({m[:1] for m in merits}) < len(merits), "no tie"


def test_every_key_is_documented_and_no_other() -> None:
    assert documented("sim.compare/1") == keys(Comparison)
    assert documented_findings("sim.compare/1") == finding_keys(CompareFinding)


def test_the_short_verdict_says_what_the_sentences_say() -> None:
    texts = sim.load_all([f"scenarios/{name}.yaml" for name in catalogue.SHIPPED[""]], draws=200)
    found = sim.score([*texts, sim.load(ARMED, draws=200, edits=on_disk.NO_LINES)])
    words = {outcome(r)[0] for r in found}
    assert {"refused", "with_filler"} <= words
    assert {r.on_evidence.verdict for r in found} >= {"refused", "not settled"}
    assert {bool(r.on_evidence.by_inference) for r in found if r.on_evidence.verdict == "not settled"} == {True, False}
    starts = {"refused": "refused by ", "accepted": "accepted by ", "not settled": "unknown: it leaves open whether "}
    for result in found:
        word, parties = outcome(result)
        settled = result.on_evidence
        # the word is that of the evidence, whatever the model makes of it
        start = starts[settled.verdict]
        if result.settings.edits:
            assert result.verdict.startswith(
                f"On the evidence and the edits, {start.replace('it leaves', 'they leave')}"
            )
        else:
            assert result.verdict.startswith(f"On the evidence alone, {start}")
        inferred = settled.by_inference if settled.verdict == "not settled" else ()
        assert ("If inferred lines hold, " in result.verdict) == bool(inferred)
        start = "refused, inferred by " if inferred else starts[settled.verdict]
        assert short(result).split()[0].rstrip(":") == start.split()[0].rstrip(":")
        assert short(result).startswith("refused, inferred by ") == bool(inferred)
        named = inferred or settled.parties
        assert all(result.party(p).name in short(result) for p in named) or settled.verdict == "accepted"
        assert all(result.party(p).name in result.verdict.split(". ")[0] for p in settled.parties)
        if word == "refused":
            assert {p.id for p in parties} == {p.id for p in result.asked if (p.own or p).verdict == "refuses"}
            assert len(re.findall("(?<!would )accepts? in ", result.verdict)) == len(parties)
        assert ("terms of filler" in result.verdict) == (word == "with_filler")


@pytest.mark.parametrize(
    ("shares", "word"),
    [((0.9, 0.9), "accepted"), ((0.9, 0.5), "divided"), ((0.6, 0.6), "singly"), ((0.9, 0.1), "refused")],
)
def test_words_of_the_verdict(shares: Sequence[float], word: str) -> None:
    """Two parties whose gains are drawn apart: each accepts with a chance of its own."""
    people = {
        f"p{k}": domains.party(
            {"one": domains.position(None, "critical", values={"a": [0, 1], "b": 0})}, reservation=1 - share
        )
        for k, share in enumerate(shares)
    }
    _, result = domains.scored(domains.case({"one": "ab"}, people, {"one": "a"}, draws=4096))
    assert outcome(result)[0] == word


def test_a_text_that_nobody_is_asked_about_comes_last_and_has_no_verdict(tmp_path: Path) -> None:
    asked = "consent: {when: [{status: [neutral]}]}"
    path = small.write(
        tmp_path,
        {
            f"domain/positions/{who}.yaml": small.FILES[f"domain/positions/{who}.yaml"].replace(
                "consent: always", asked
            )
            for who in ("red", "blue")
        },
    )
    other = path.with_name("other.yaml")
    terms = path.read_text().replace("option: neutral, ", "option: undecided, ")
    other.write_text(terms)
    found = compare(gather([other, path], draws=200))
    assert [r.name for r in found.rows] == ["deal", "other"]
    last = found.rows[1]
    assert (last.joint_acceptability, last.weakest_party, last.verdict.word) == (None, None, "none")
    assert found.smaa is not None
    assert found.smaa.jointly is None
    assert "other" in str(found.smaa.jointly_missing)
    assert found.findings[0].kind == "rows_on_evidence"
    assert "no verdict" in call(other, path, *FEW)[1]
    draw(found)


def test_unequal_rows_are_warned_of(tmp_path: Path) -> None:
    found = compared(ISTANBUL, MEMBERSHIP, *FEW)
    assert found.smaa is None
    assert "--as-of DATE" in str(found.smaa_missing)
    [warning] = found.warnings
    days = next(x for x in found.findings if x.kind == "different_days")
    assert [str(day) for day in days.days] == ["2022-03-29", "2025-02-24"]
    assert warning == say(days, names_of(found))
    saved = saved_run(tmp_path, ISTANBUL, "--seed", "4", "--evidence", "articles")
    unequal = compared(saved, ISTANBUL, "--draws", "300")
    settings = {x.setting: x.values for x in unequal.findings if x.kind == "different_settings"}
    assert settings == {"draws": ("300", "400"), "seed": ("1", "4"), "evidence": ("all", "articles")}
    assert list(unequal.warnings) == [
        say(x, names_of(unequal)) for x in unequal.findings if x.kind in ("different_days", "different_settings")
    ]


def test_talks_that_are_not_compared_are_told_of(tmp_path: Path) -> None:
    """The votes on the texts stand side by side, whatever the protocol; the page, Markdown and JSON say so."""
    base = sim.load(ISTANBUL, draws=200)
    few = {"negotiation.rounds": 4, "negotiation.candidates.changes": 1}
    talks = base.with_(few, protocol="alternating_offers")
    found = compare({"vote": base, "offers": talks, "mediated": talks.with_(protocol="single_text")})
    [finding] = [x for x in found.findings if x.kind == "talks_not_compared"]
    assert set(finding.rows) == {"offers", "mediated"}
    [warning] = found.warnings
    assert "the votes on the texts as they stand are set side by side" in warning
    assert "sim run" in warning
    assert f"Warning: {warning}" in markdown(view.page(found))
    assert len({row.joint for row in found.rows}) == 1
    dumped = json.loads(found.to_json())
    assert [x["rows"] for x in dumped["findings"] if x["kind"] == "talks_not_compared"] == [list(finding.rows)]
    assert dumped["warnings"] == [warning]
    file = tmp_path / "talks.yaml"
    file.write_text("title: Talks\nedits:\n  negotiation: {protocol: single_text, rounds: 4}\n", encoding="utf-8")
    code, out, _ = call(ISTANBUL, "--under", file, "--draws", "200")
    assert code == 0
    assert "has talks, which are not compared" in " ".join(out.split())
    votes = compare({"a": base, "b": base.with_(seed=2)})
    assert "talks_not_compared" not in {x.kind for x in votes.findings}


# --- where they differ ------------------------------------------------------------------------------


def only(found: ProposalDifference, party: str) -> Any:
    return next(p for p in found.parties if p.party == party)


@given(domains.scenarios(most_issues=4, most_parties=2, open_issues=True))
@domains.quick(12)
def test_differences_of_terms_add_up_to_that_of_mean_gains(base: schema.Scenario) -> None:
    first = next(iter(base.domain.issues.issues))
    options = list(base.domain.issues.issues[first].options)
    other = domains.changed(base, **{first: next(o for o in options if o != base.proposal.terms[first].option)})
    cases = [compile_case(s.model_copy(update={"draws": 4096})) for s in (base, other)]
    results = [domains.scored(case)[1] for case in cases]
    found = differ(("A", "B"), (results[0], results[1]))
    assert first in [t.issue for t in found.terms]
    for p in found.parties:
        own = domains.preferences(cases[0], p.party)
        gains = [float(np.mean(own.gain(c.space.seen(c.text[None], p.party)[0]))) for c in cases]
        assert p.difference == pytest.approx(gains[0] - gains[1], abs=1e-12)
        assert p.from_differing_terms == pytest.approx(
            sum(t.difference for term in found.terms for t in term.parties if t.party == p.party)
        )
        assert p.from_other_terms == pytest.approx(0, abs=1e-15)
        assert not p.positions_differ


def test_an_effect_counts_as_a_difference_though_the_term_is_the_same() -> None:
    issues = {"one": "ab", "two": "ab"}
    people = {
        "p": domains.party({"two": domains.position("ab", "critical")}),
        "q": domains.party({"two": domains.position("ab", "critical")}),
    }
    effects = [domains.effect("e", {"one": ["b"]}, {"two": "b"}, parties=["p"])]
    base = domains.scenario(issues, people, {"one": "a", "two": "a"}, {"k": {"two": "b"}}, effects=effects)
    results = [domains.scored(compile_case(s))[1] for s in (base, domains.changed(base, one="b"))]
    found = differ(("A", "B"), (results[0], results[1]))
    assert [(t.issue, t.in_a, t.in_b) for t in found.terms] == [("one", "a", "b"), ("two", "a", "a")]
    by_p, by_q = found.terms[1].parties
    assert (by_p.seen_in_b, by_q.seen_in_b) == ("b", "a")
    assert by_p.difference > 0.1
    assert by_q.difference == 0


def two_texts(cell: Any, **more: Any) -> tuple[Any, str | None]:
    """Why the party's verdict turns between texts a and b of one issue that is all that matters to it; in words too."""
    people = {"p": domains.party({"one": cell}, **more)}
    base = domains.scenario({"one": "abc", "two": "ab"}, people, {"one": "a", "two": "a"}, {"k": {"one": "c"}})
    one, other = (domains.scored(compile_case(s))[1] for s in (base, domains.changed(base, one="b")))
    [turn] = verdict_turns(("A", "B"), (one, other)) or [None]
    return turn, only(differ(("A", "B"), (one, other)), "p").why


def test_a_changed_verdict_is_laid_to_the_line_that_alone_makes_it() -> None:
    cell = domains.position("abc", "critical", red_lines=[domains.line("b", "inferred")])
    turn, why = two_texts(cell)
    assert (turn.better.row, turn.better.verdict, turn.better.share) == ("A", "accepts", 1)
    assert (turn.worse.row, turn.worse.verdict, turn.worse.share) == ("B", "refuses", 0)
    [line] = turn.lines
    assert (line.kind, line.issue, line.option, line.basis, line.share) == ("red_line", "one", "b", "inferred", 1)
    assert turn.gains_suffice
    assert why == (
        "As modelled, N accepts A (100%) and refuses B (0%). B crosses N's inferred red line one: b; by its "
        "gains alone "
        "it would accept in at least half of the draws."
    )


def test_a_changed_verdict_is_laid_to_terms_where_no_line_is_crossed() -> None:
    turn, why = two_texts(domains.position("acb", "critical"))
    assert (turn.better.row, turn.worse.row, turn.lines, turn.gains_suffice) == ("A", "B", (), False)
    [loss] = turn.losses
    assert (loss.issue, loss.in_better, loss.in_worse) == ("one", "a", "b")
    assert loss.difference > 0
    assert why is not None
    assert "crosses" not in why


def test_both_line_and_terms_are_named_where_either_would_do() -> None:
    refusal = domains.refusal("no_b", {"one": ["b"]}, holds=[0.4, 0.4])
    turn, why = two_texts(domains.position("acb", "critical"), refuses=[refusal])
    [line], [loss] = turn.lines, turn.losses
    assert (line.kind, line.refusal, line.basis) == ("refusal", "no_b", "stated")
    assert 0 < line.share < 1
    assert (loss.issue, loss.in_worse) == ("one", "b")
    assert not turn.gains_suffice
    assert why is not None
    assert "crosses" in why


def test_nothing_is_explained_where_the_verdict_stays() -> None:
    assert two_texts(domains.position("abc", "critical")) == (None, None)


def test_other_positions_are_told_from_other_terms() -> None:
    """The same text under positions of another day: all of the difference comes from terms that are the same."""
    found = compared(ISTANBUL, ARMED, *FEW)
    [pair] = found.differences
    us = only(pair, "us")
    assert us.positions_differ
    assert abs(us.from_other_terms) > 0.01
    results = {r.scenario.id: r for r in sim.score(sim.load_all([ISTANBUL, ARMED], draws=400))}
    means = [sum(i.mean_gain for i in results[name].party("us").issues) for name in (pair.a, pair.b)]
    assert us.difference == pytest.approx(means[0] - means[1])


def test_issues_that_only_one_domain_has_are_named() -> None:
    people = {"p": domains.party({})}
    results = [
        domains.scored(domains.case(issues, people, dict.fromkeys(issues, "a"), {"k": {"one": "b"}}))[1]
        for issues in ({"one": "ab", "two": "ab"}, {"one": "ab", "six": "ab"})
    ]
    found = differ(("A", "B"), (results[0], results[1]))
    assert (found.only_in_a, found.only_in_b, found.terms) == (("two",), ("six",), ())


def test_which_pairs_are_compared(three: Comparison) -> None:
    first, second, last = (r.name for r in three.rows)
    assert [(d.a, d.b) for d in three.differences] == [(first, second), (first, last), (second, last)]
    entries = gather([ISTANBUL, ARMED, MEMBERSHIP, "scenarios/putin_2025.yaml"], draws=400)
    found = compare(entries)
    best = found.rows[0].name
    assert [(d.a, d.b) for d in found.differences] == [(best, r.name) for r in found.rows[1:]]
    [pair] = compare(entries, between="putin_2025,istanbul").differences
    assert (pair.a, pair.b) == ("putin_2025", "istanbul")


# --- what edits change --------------------------------------------------------------------------------


def test_changes_are_the_differences_of_two_runs(hawk: Path) -> None:
    found = compared(ISTANBUL, "--under", hawk, *FEW)
    assert sorted(r.name for r in found.rows) == ["istanbul", "istanbul (A hawkish United States)"]
    plain, edited = sim.run(ISTANBUL, draws=400), sim.run(ISTANBUL, draws=400, edit_files=[hawk])
    [change] = found.changes
    assert (change.before, change.after, change.missing) == ("istanbul", "istanbul (A hawkish United States)", None)
    assert plain.joint_acceptability is not None
    assert edited.joint_acceptability is not None
    assert change.joint.change is not None
    joint = edited.joint_acceptability.estimate - plain.joint_acceptability.estimate
    assert round(change.joint.change.estimate * 400) == round(joint * 400)
    assert change.joint.change.estimate == pytest.approx(joint, abs=1e-12)
    for p in change.parties:
        assert p.change is not None
        moved = edited.party(p.party).acceptability.estimate - plain.party(p.party).acceptability.estimate
        assert p.change.estimate == pytest.approx(moved, abs=1e-12)
        assert p.change.low < p.change.estimate < p.change.high
    us = next(p for p in change.parties if p.party == "us")
    assert us.change is not None
    assert us.change.high < 0
    wide = plain.party("us").acceptability
    assert us.change.high - us.change.low < wide.high - wide.low


def test_each_file_comes_under_each_file_of_edits(hawk: Path, tmp_path: Path) -> None:
    other = tmp_path / "kept.yaml"
    other.write_text("title: Sanctions stay\nedits:\n  proposal.sanctions: kept\n")
    found = compared(ISTANBUL, ARMED, "--under", hawk, "--under", other, *FEW, "--set", "us.fighting.importance=major")
    assert len(found.rows) == 6
    assert len(found.changes) == 4
    assert {c.missing for c in found.changes} == {None}
    edits = {r.name: r.settings.edits for r in found.rows}
    one = "us.fighting.importance=major"
    assert edits[f"istanbul ({one})"] == (one,)
    hawkish = edits[f"istanbul (A hawkish United States + {one})"]
    assert hawkish[-1] == one, "--set is applied behind --under and wins"
    assert next(x for x in hawkish if "sanctions" in x)


def test_a_changed_text_needs_other_consent_and_still_has_a_change(tmp_path: Path) -> None:
    path = tmp_path / "kept.yaml"
    path.write_text("title: No referendum\nedits:\n  proposal.domestic_consent: parliament\n")
    found = compared(ISTANBUL, "--under", path, *FEW)
    [change] = found.changes
    by_name = {r.name: r for r in found.rows}
    assert len([p for p in by_name["istanbul"].parties if p.consent_needed and not p.silent]) == 4
    assert len([p for p in by_name["istanbul (No referendum)"].parties if p.consent_needed and not p.silent]) == 3
    assert change.joint.change is not None
    assert change.joint.change.estimate > 0.1
    assert found.smaa is not None, "the positions are the same: texts can be ranked"


def test_saved_runs_stay_as_they_were_and_are_drawn_again_for_changes(tmp_path: Path) -> None:
    run = saved_run(tmp_path, ISTANBUL, "--set", "us.fighting.importance=critical")
    found = compared(run, ISTANBUL, *FEW)
    name = "istanbul (us.fighting.importance=critical)"
    row = next(r for r in found.rows if r.name == name)
    kept = sim.read(run)
    assert row.joint_acceptability == kept.joint_acceptability
    assert (row.source.kind, row.source.path) == ("saved", str(run))
    [change] = found.changes
    assert (change.after, change.missing) == (name, None)
    straight = compared(ISTANBUL, "--under", _edits(tmp_path, "us.fighting.importance: critical"), *FEW)
    assert [p.change for p in straight.changes[0].parties] == [p.change for p in change.parties]
    assert straight.changes[0].joint == change.joint
    by_json = compared(run / "result.json", ISTANBUL, *FEW)
    assert by_json.changes == found.changes


def _edits(folder: Path, line: str) -> Path:
    path = folder / "edits.yaml"
    path.write_text(f"title: T\nedits:\n  {line}\n")
    return path


def test_the_same_run_saved_and_scored_again_changes_nothing(kept: list[Path]) -> None:
    found = compared(kept[0], ISTANBUL, *FEW)
    assert [r.name for r in found.rows] == ["istanbul (saved)", "istanbul"]
    [change] = found.changes
    assert change.joint.change is not None
    assert change.joint.change.estimate == 0
    assert {p.change.estimate for p in change.parties if p.change} == {0}


def test_why_a_saved_run_cannot_be_drawn_again(tmp_path: Path, kept: list[Path]) -> None:
    run = shutil.copytree(kept[0], tmp_path / "run")

    def missing(*more: str) -> str:
        found = compared(run, ISTANBUL, *(more or FEW))
        [change] = found.changes
        assert change.joint.change is None
        assert {p.change for p in change.parties} == {None}
        assert change.joint.before is not None
        return str(change.missing)

    assert "different draws or seeds" in missing("--draws", "300")
    scenario = run / "scenario.yaml"
    text = scenario.read_text()
    scenario.write_text(text.replace("title: Istanbul", "title: Another"))
    assert "not the one that was scored" in missing()
    assert "not the one that was scored" in str(compared(run, ISTANBUL, *FEW).smaa_missing)
    scenario.write_text(text.replace("proposal:", "proposals:"))
    assert "does not load" in missing()
    scenario.unlink()
    assert "not beside it" in missing()
    scenario.write_text(text)
    result = json.loads((run / "result.json").read_text())
    result["parties"][0]["acceptability"] |= {"estimate": 0.25, "low": 0.2, "high": 0.3}
    (run / "result.json").write_text(json.dumps(result))
    assert "not those that were saved" in missing()


def test_a_saved_run_alone_still_shows_where_it_differs(tmp_path: Path, kept: list[Path]) -> None:
    """Two saved results without their scenarios: no draws, yet rows and differences."""
    bare = []
    for run in kept:
        path = tmp_path / f"{run.parent.name}.json"
        shutil.copy(run / "result.json", path)
        bare.append(path)
    found = compared(*bare)
    files = compared(ISTANBUL, MEMBERSHIP, *FEW)
    assert rounded(found.differences) == rounded(files.differences)
    assert [r.joint_acceptability for r in found.rows] == [r.joint_acceptability for r in files.rows]
    assert "cannot be drawn again" in str(found.smaa_missing)


def test_changes_of_a_party_that_only_one_row_has() -> None:
    issues, terms, outcomes = {"one": "ab"}, {"one": "a"}, {"k": {"one": "b"}}
    held = domains.party({"one": domains.position("ab")})
    cases = [domains.case(issues, people, terms, outcomes) for people in ({"p": held}, {"p": held, "q": held})]
    results = [domains.scored(case)[1] for case in cases]
    [change] = changes(("A", "B"), results, cases)
    assert [(p.party, p.before, p.after) for p in change.parties] == [("p", 1.0, 1.0), ("q", None, 1.0)]
    assert change.parties[0].change is not None
    assert change.parties[1].change is None
    assert change.missing is None


# --- output -----------------------------------------------------------------------------------------


def test_the_page_leads_with_sentences_and_fits_a_hundred_columns(hawk: Path) -> None:
    for more in (["--as-of", "2025-02-24"], ["--under", str(hawk)]):
        code, out, _ = call(ISTANBUL, ARMED, MEMBERSHIP, *FEW, *more, "--full")
        assert code == 0
        lines = out.splitlines()
        assert lines[0].startswith("3 proposals compared")
        assert lines[1].startswith("On the evidence")
        assert "As modelled," in out
        assert max(map(len, lines)) <= 100
        assert "not a forecast" in out
        assert "12 of 15" in out
        assert "unknown" in out
        assert "(30%)" in out or "consent not needed" in out
        assert "refused by" in out


def test_three_texts_are_told_in_short_and_two_in_full(texts: list[Path], three: Comparison) -> None:
    found = view.page(three)
    code, out, _ = call(*texts, *ON_DAY, "--draws", "2000", "--full")
    assert code == 0
    turned = re.findall(r"^- As modelled, .*\n(?:  .*\n)*", out, re.MULTILINE)
    assert turned, "a note for each party that takes one text and refuses the other"
    assert len(out.splitlines()) - sum(note.count("\n") for note in turned) <= 115
    assert out.splitlines().index("") <= 8  # heading and lead
    best, *others = (r.called for r in three.rows)
    assert [s.title for s in found.sheets if (s.title or "").startswith("Mean gain")] == [
        f"Mean gain from the terms that differ: {best} minus {other}" for other in others
    ]
    terms = [s for s in found.sheets if (s.title or "").startswith("Mean gain")]
    for sheet, pair in zip(terms, three.differences[:2], strict=True):
        first = [row[0] for row in sheet.rows]
        assert len(set(first) & {three.labels.issue(t.issue) for t in pair.terms}) == 4
        assert f"{len(pair.terms) - 4} more" in first
    [both] = [d for d in compared(ISTANBUL, ARMED, MEMBERSHIP, *FEW, "--between", "istanbul,membership").differences]
    code, out, _ = call(ISTANBUL, ARMED, MEMBERSHIP, *FEW, "--between", "istanbul,membership")
    first = [three.labels.issue(t.issue).split()[0] for t in both.terms]  # names may go on in a further line
    assert all(any(line.startswith(f" {name} ") for line in out.splitlines()) for name in first)
    assert " more " not in out


def test_the_first_screen_answers_in_forty_lines() -> None:
    """A few more for a third text. What is left out is counted there, and the rest of it is that of the whole page."""
    for files, most in (([ISTANBUL, MEMBERSHIP], 44), ([ISTANBUL, ARMED, MEMBERSHIP], 52)):
        first, whole = (call(*files, *FEW, *ON_DAY, *more)[1] for more in ([], ["--full"]))
        assert len(first.splitlines()) <= most
        rest = [line for line in first.splitlines() if line not in whole.splitlines()]
        assert len(rest) == 1
        assert re.fullmatch(r"- \d more tables? and \d+ more notes with --full\.", rest[0])
    assert call(*files, *FEW, *ON_DAY, "--between", "istanbul,membership")[1].count("--full") == 0


def asking(folder: Path, **texts: str) -> dict[str, Any]:
    """Findings on texts of one domain, by kind; a text names its options of three issues.

    All that red cares about is the first: it refuses ``c``. Blue and green, asked where theirs is ``a``, accept that;
    green is asked about its ``d`` too, and refuses.
    """
    issues = {"one": "abc", "two": "abc", "three": "abcd"}

    def wants(issue: str, name: str, **more: Any) -> Any:
        cells = {i: domains.position(options, "critical" if i == issue else "none") for i, options in issues.items()}
        return domains.party(cells, name=name, **more)

    people = {
        "red": wants("one", "Red"),
        "blue": wants("two", "Blue", consent={"when": [{"two": ["a"]}]}),
        "green": wants("three", "Green", consent={"when": [{"three": ["a", "d"]}]}),
    }
    none = dict.fromkeys(issues, "b")
    entries = []
    for name, text in texts.items():
        terms = dict(zip(issues, text, strict=True))
        on = domains.scenario(issues, people, terms, {"k": none}, title=f"Text {name}")
        entries.append(Entry(Path(name), None, on_disk.loaded(folder, on, 100, name)))
    return {x.kind: x for x in compare(entries).findings}


def who_is_asked(asked: Sequence[AskedBy]) -> dict[str, tuple[str, ...]]:
    return {x.party: x.rows for x in asked}


def test_whom_a_text_does_not_ask_is_told(tmp_path: Path) -> None:
    facts = asking(tmp_path, alone="acc", both="cab", also="cba")
    assert facts["best_rows"].best == ("alone",)
    assert facts["best_rows"].accepted > 0
    asks = facts["not_asked"]
    assert (asks.best, asks.level, asks.fewer) == (("alone",), False, True)
    assert who_is_asked(asks.parties) == {"blue": ("both",), "green": ("also",)}
    assert who_is_asked(facts["asked_by_some"].parties) == {"blue": ("both",), "green": ("also",)}
    other = asking(tmp_path, first="aca", last="cac")["not_asked"]
    assert (who_is_asked(other.parties), other.level, other.fewer) == ({"blue": ("last",)}, False, False)
    alike = asking(tmp_path, one="acc", two="ccc")
    assert not alike.keys() & {"not_asked", "asked_differently", "asked_by_some"}


def test_whom_texts_that_do_equally_well_do_not_ask_is_told_of_all_of_them(tmp_path: Path) -> None:
    """Not of the first of them as ``it``."""
    facts = asking(tmp_path, one="acc", two="abb", last="cac")
    assert facts["best_rows"].best == ("one", "two")
    asks = facts["not_asked"]
    assert (asks.best, who_is_asked(asks.parties), asks.fewer) == (("one", "two"), {"blue": ("last",)}, True)
    three = asking(tmp_path, one="acc", two="abb", third="acb", last="aac")
    assert "last" in three["best_rows"].best
    assert three["asked_differently"].best == three["best_rows"].best
    assert "not_asked" not in three
    alike = asking(tmp_path, one="acc", two="abb", last="ccc")
    assert len(alike["best_rows"].best) > 1
    assert not alike.keys() & {"not_asked", "asked_differently"}


def test_the_best_is_named_where_another_has_its_joint_share(tmp_path: Path) -> None:
    facts = asking(tmp_path, fewer="ccb", more="cad")
    assert (facts["best_rows"].best, facts["best_rows"].accepted) == (("fewer",), 0)
    same = facts["same_joint_share"]
    assert (same.best, same.refusing, same.others, same.refusing_others) == ("fewer", 1, ("more",), (2,))
    asks = facts["not_asked"]
    assert (asks.best, asks.level) == (("fewer",), True)
    assert "blue" in who_is_asked(asks.parties)
    alone = asking(tmp_path, fewer="acb", more="cad")
    assert "same_joint_share" not in alone
    assert not alone["not_asked"].level
    assert "blue" in who_is_asked(alone["not_asked"].parties)


def test_filler_and_the_largest_change_of_a_party_are_in_the_lead(hawk: Path) -> None:
    comparison = compared(ARMED, MEMBERSHIP, *FEW, "--under", str(hawk))
    facts: dict[str, Any] = {x.kind: x for x in comparison.findings}
    claim = facts["claim_on_filler"]
    assert (claim.assumed, claim.terms, claim.sourced) == (12, 15, True)
    moved = [(abs(p.change.estimate), p, c) for c in comparison.changes for p in c.parties if p.change is not None]
    _, most, change = max(moved, key=lambda item: item[0])
    largest = facts["party_change"]
    assert (largest.party, largest.before, largest.after) == (most.party, change.before, change.after)
    assert (largest.share_before, largest.share_after) == (most.before, most.after)
    lead = view.page(comparison).lead
    assert all(say(x, names_of(comparison)) in lead for x in (claim, largest))


def test_unchanged_terms_are_named(three: Comparison) -> None:
    pair = compared(ISTANBUL, ARMED, *FEW)
    [difference] = pair.differences
    us = only(difference, "us")
    results = {r.scenario.id: r for r in sim.score(sim.load_all([ISTANBUL, ARMED], draws=400))}
    cells = [{i.issue: i for i in results[name].party("us").issues} for name in (difference.a, difference.b)]
    differing = {t.issue for t in difference.terms}
    gaps = {i: cells[0][i].mean_gain - cells[1][i].mean_gain for i in cells[0] if i not in differing}
    largest = sorted((i for i in gaps if abs(gaps[i]) >= 0.01), key=lambda i: -abs(gaps[i]))[:3]
    assert [(x.issue, x.difference) for x in us.most_other_terms] == [(i, pytest.approx(gaps[i])) for i in largest]
    assert largest
    [otherwise] = [x for x in pair.findings if x.kind == "valued_otherwise"]
    assert (otherwise.a, otherwise.b) == (difference.a, difference.b)
    assert next(x.issues for x in otherwise.parties if x.party == "us") == us.most_other_terms
    assert say(otherwise, names_of(pair)) in view.page(pair).notes
    assert three.rows


def test_many_rows_give_one_line_a_pair() -> None:
    files = [f"scenarios/{name}.yaml" for name in catalogue.SHIPPED[""]]
    code, out, _ = call(*files, "--draws", "200", "--as-of", "2025-08-24", "--full")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 100
    assert out.startswith(f"{len(files)} proposals compared")
    assert "against each other proposal" in out
    assert "Ranked first by gain alone" in out
    assert "--between" in out
    assert "Mean gain from the terms" not in out


def test_csv_is_tidy_and_holds_what_the_json_holds(hawk: Path) -> None:
    args = (ISTANBUL, ARMED, "--under", hawk, *FEW, "--as-of", "2025-02-24")
    found = compared(*args)
    rows = list(csv.DictReader(io.StringIO(call(*args, "--format", "csv")[1])))
    assert tuple(rows[0]) == tuple(view.HEADER)
    at = {(r["table"], r["row"], r["other"], r["party"], r["issue"], r["measure"]): r for r in rows}
    assert len(at) == len(rows), "one row a figure"
    for row in found.rows:
        for p in row.parties:
            assert float(at["rows", row.name, "", p.id, "", "acceptability"]["value"]) == p.acceptability.estimate
    for pair in found.differences:
        for p in pair.parties:
            assert float(at["differences", pair.a, pair.b, p.party, "", "mean_gain.all"]["value"]) == p.difference
    for change in found.changes:
        assert change.joint.change is not None
        line = at["changes", change.after, change.before, "", "", "change"]
        assert [float(line[k]) for k in ("value", "low", "high")] == list(change.joint.change.model_dump().values())


def test_csv_has_all_measures_of_the_ranks(three: Comparison) -> None:
    measures = {row[5] for row in view.rows(three) if row[0] == "smaa"}
    ranks = {"rank.1", "rank.2", "rank.3"}
    assert measures == ranks | {"wins_over", "draws_first", "confidence", "central_weight", "central_weight.jointly"}


def test_markdown_has_every_sheet(texts: list[Path], three: Comparison) -> None:
    code, out, _ = call(*texts, *FEW, *ON_DAY, "--format", "md")
    assert code == 0
    for sheet in view.page(three).sheets:
        assert f"**{sheet.title}**" in out
    assert out.startswith("### 3 proposals compared")


def test_the_plot_writes_every_share_and_marks_what_is_not_needed(
    tmp_path: Path, texts: list[Path], three: Comparison
) -> None:
    svg, png = tmp_path / "out.svg", tmp_path / "out.png"
    code, _, err = call(*texts, *FEW, *ON_DAY, "--plot", svg)
    assert code == 0
    assert f"wrote {svg}" in err
    text = svg.read_text()
    shares = [p for row in three.rows for p in row.parties]
    assert text.count("%)<") == len([p for p in shares if not p.consent_needed and not p.silent])
    for words in (
        "Armed neutrality, 2025-02-24",
        "mostly filler",
        "unknown",
        "Ukrainian",
        "50%",
        "400 draws, seed 1",
        f"positions of {DAY}",
    ):
        assert words in text
    assert call(ISTANBUL, ARMED, *FEW, "--plot", png)[0] == 0
    assert png.read_bytes().startswith(b"\x89PNG")


# --- errors -----------------------------------------------------------------------------------------


def test_one_proposal_is_no_comparison(tmp_path: Path) -> None:
    for args in ((ISTANBUL,), (ISTANBUL, f"./{ISTANBUL}")):
        code, out, err = call(*args)
        assert (code, out) == (2, "")
        assert "two proposals or more" in err
    with pytest.raises(ValueError, match="two proposals"):
        compare(gather([ISTANBUL], draws=100))


@pytest.mark.parametrize("option", ["--as-of=2025-02-24", "--draws=9", "--set=us.fighting.importance=minor"])
def test_options_for_files_are_refused_where_there_are_only_saved_runs(option: str, kept: list[Path]) -> None:
    code, out, err = call(*kept, option)
    assert (code, out) == (2, "")
    assert f"{option.split('=')[0]}: for scenario files" in " ".join(err.replace("│", "").split())
    code, out, err = call(kept[0], ARMED, option)
    assert code == 0
    assert f"{option.split('=')[0]}: applied to the scenario files, not to saved runs" in err


def test_rows_asked_for_by_a_wrong_name(hawk: Path) -> None:
    code, _, err = call(ISTANBUL, MEMBERSHIP, *FEW, "--between", "istanbul,membershp")
    assert code == 2
    assert "did you mean membership" in " ".join(err.replace("│", "").split())
    entries = gather([ISTANBUL, MEMBERSHIP], under=[hawk], draws=100)
    names = row_names(entries)
    assert names[1] == "istanbul (A hawkish United States)"
    for text, words in (
        ("istanbul", "two rows"),
        ("istanbul,istanbul", "the same row twice"),
        ("istanbul,nobody", "no row 'nobody'"),
    ):
        with pytest.raises(NoSuchRow, match=words):
            compare(entries, between=text)
    [pair] = compare(entries, between=f"{names[1]},membership").differences
    assert (pair.a, pair.b) == (names[1], "membership")


def test_names_of_rows_are_unique_and_ids_of_several_rows_are_not_taken() -> None:
    loaded = sim.load(ISTANBUL, draws=100)
    entries = [Entry(Path("x"), label, loaded) for label in ("a, b", "a, b", "c")]
    assert row_names(entries) == ["istanbul (a, b) #1", "istanbul (a, b) #2", "istanbul (c)"]
    with pytest.raises(NoSuchRow, match="is several rows"):
        compare(entries, between="istanbul,istanbul (c)")
    [pair] = compare(entries, between="istanbul (a, b) #2,istanbul (c)").differences
    assert pair.a == "istanbul (a, b) #2"


def test_wrong_files_are_told_together_and_located(tmp_path: Path, kept: list[Path]) -> None:
    edits = tmp_path / "edits.yaml"
    edits.write_text("title: T\nedits:\n  us.fighting.importanc: minor\n")
    bad = tmp_path / "result.json"
    bad.write_text('{"schema": "sim.result/1"}')
    (tmp_path / "empty").mkdir()
    code, out, err = call(ISTANBUL, bad, tmp_path / "empty", "--under", edits)
    assert (code, out) == (3, "")
    assert f"{edits}:3:" in err
    assert f"{bad}:1:1: error: saved run: not a saved result of this version" in err
    assert f"{tmp_path / 'empty'}:1:1: error: saved run: holds no result.json" in err
    with pytest.raises(Complaints, match="one folder below"):
        gather([kept[0].parent, ISTANBUL])
    assert call(ISTANBUL, tmp_path / "nothing.yaml")[0] == 1
    assert call(ISTANBUL, tmp_path / "nothing.json")[0] == 1
    edits.write_text("edits: {}\n")
    code, _, err = call(ISTANBUL, "--under", edits)
    assert code == 3
    assert "title is missing" in err


def test_a_plot_that_cannot_be_written_stops_everything_before(tmp_path: Path) -> None:
    code, out, err = call(ISTANBUL, MEMBERSHIP, "--plot", tmp_path / "x.pdf")
    assert (code, out) == (2, "")
    assert ".svg or .png" in " ".join(err.split())


def test_results_are_the_same_in_any_company(texts: list[Path], three: Comparison) -> None:
    """A third proposal changes no figure of the other two."""
    day = three.rows[0].scenario.as_of
    two = compare(gather(texts[:2], draws=400, as_of=day))
    assert [r for r in three.rows if r.name != "membership"] == list(two.rows)
    assert [d for d in three.differences if "membership" not in (d.a, d.b)] == list(two.differences)
    assert three.smaa is not None
    assert two.smaa is not None
    for before, after in zip(three.smaa.parties, two.smaa.parties, strict=True):
        wins = {p.proposal: p.wins_over for p in before.proposals}
        for p in after.proposals:
            assert p.wins_over.items() <= wins[p.proposal].items()


def test_a_comparison_reads_back(three: Comparison) -> None:
    assert Comparison.model_validate_json(three.to_json()).to_json() == three.to_json()
    older = json.loads(three.to_json())
    assert older.pop("findings")
    assert Comparison.model_validate(older).findings == ()


def test_what_turns_and_who_gains_nothing_are_findings_of_pairs_shown_term_by_term(three: Comparison) -> None:
    shown = {pair.b: pair for pair in three.differences if pair.a == three.rows[0].name}
    needed = {(row.name, p.id) for row in three.rows for p in row.parties if p.consent_needed}
    turned = [
        (pair.b, p.party)
        for pair in shown.values()
        for p in pair.parties
        if p.why and {(pair.a, p.party), (pair.b, p.party)} & needed
    ]
    facts = [x for x in three.findings if x.kind == "verdict_turns"]
    assert turned
    assert [(({x.better.row, x.worse.row} - {three.rows[0].name}).pop(), x.party) for x in facts] == turned
    most: dict[str, float] = {}
    for x in (x for pair in shown.values() for term in pair.terms for x in term.parties):
        most[x.party] = max(most.get(x.party, 0), abs(x.difference))
    still = tuple(party for party, gain in most.items() if f"{gain:.2f}" == "0.00")
    assert [x.parties for x in three.findings if x.kind == "no_difference"] == ([still] if still else [])


def test_cells_that_the_evidence_leaves_open_are_grey_and_say_so() -> None:
    """Both texts have parties whose answer the evidence leaves open: grey, with the word, and a legend of it."""
    comparison = sim.compare(sim.gather(["istanbul", "lavrov_2025"], draws=400))
    asked = [p for row in comparison.rows for p in row.parties if not p.silent]
    open_to_both = [word(p.verdict, p.on_evidence) == UNKNOWN for p in asked]
    fig = draw(comparison)
    [axes] = fig.axes[:1]
    words = [text.get_text() for text in axes.texts]
    grey = [patch for patch in axes.patches if to_hex(patch.get_facecolor()).upper() == GREY]
    joint = [row for row in comparison.rows if row.joint is not None and evidence_word(row.on_evidence) == UNKNOWN]
    assert any(open_to_both)
    assert len(grey) == sum(open_to_both) + len(joint)
    assert sum(word.startswith(f"{UNKNOWN}\n") for word in words) == len(grey)
    assert any("Grey, unknown: the evidence alone leaves both answers open" in text.get_text() for text in fig.texts)


def test_a_mapping_names_the_rows_everywhere() -> None:
    """In memory, without a file: what a program calls them stands in table, sentences, document and figure."""
    loaded, other = sim.load_all([ISTANBUL, MEMBERSHIP], draws=300, as_of=DAY)
    memory = sim.from_dict(loaded.to_dict())
    edited = loaded.with_({"russia.refuses": "none"})
    rows = {"istanbul": loaded, "in memory": memory, "joining, 2022": other}
    result = compare(rows)
    plain = compare([loaded, edited, other])
    assert {row.name for row in plain.rows} == {"istanbul", "istanbul (russia.refuses=none)", "membership"}
    shares = {row.name: row.joint for row in plain.rows}
    assert {row.name: row.joint for row in result.rows} == {
        "istanbul": shares["istanbul"],
        "in memory": shares["istanbul"],
        "joining, 2022": shares["membership"],
    }
    assert {row.called for row in result.rows} == {*rows}
    assert {row.source.path for row in result.rows} == {str(loaded.address), str(other.address), "scenario"}
    assert result.smaa is not None
    assert {x.proposal for x in result.smaa.rankings[0].proposals} == {*rows}
    page = markdown(view.page(result))
    assert loaded.scenario.name not in page
    assert page.count("joining, 2022") > 3
    assert {row["name"] for row in json.loads(result.to_json())["rows"]} == {*rows}
    labels = [text.get_text() for axes in draw(result).axes for text in axes.get_yticklabels()]
    assert [label for label in labels if label.startswith(("in memory", "joining"))]
    [pair] = compare(rows, between=("joining, 2022", "in memory")).differences
    assert (pair.a, pair.b) == ("joining, 2022", "in memory")


def test_what_cannot_be_compared_is_told() -> None:
    loaded = sim.load(ISTANBUL, draws=100)
    for rows, words in (
        (loaded, "a list or as a mapping of names"),
        ({"a": loaded}, "two proposals or more"),
        ({"a": loaded, 2: loaded}, "a row is named by a text, not 2"),
        ({"a": loaded, " ": loaded}, "a row is named by a text"),
        ([loaded, "membership"], "loaded scenarios are compared .* not 'membership'"),
        ("istanbul", "not a single string"),
    ):
        with pytest.raises(sim.InvalidArgument, match=words):
            compare(rows)  # type: ignore[arg-type]
