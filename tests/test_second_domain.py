"""The second domain, Austria 1954 and 1955: it holds to the rules of evidence, and nothing is wired to the first."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import shutil
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.report.numbers import percent
from sim.results.result import Result
from sim.scenario import catalogue, schema
from sim.scenario.loading import load_domain

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "scenarios" / "austria_1955"
FILES = [FOLDER / f"{name}.yaml" for name in catalogue.SHIPPED["austria_1955"]]
#: As a person at the top of the repository writes them.
HERE = "scenarios/austria_1955"
TREATY, MOSCOW = f"{HERE}/state_treaty_1955.yaml", f"{HERE}/moscow_memorandum_1955.yaml"
FIRST = load_domain(ROOT / "scenarios" / "domain")
SECOND = load_domain(FOLDER / "domain")
FEW = ("--draws", "200")


@pytest.fixture(autouse=True)
def _at_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def call(*args: str) -> str:
    done = CliRunner().invoke(app, list(args))
    assert done.exit_code == 0, done.stderr or done.exception
    return done.stdout


@cache
def scored() -> dict[str, Result]:
    return {r.scenario.id: r for r in sim.score(sim.load_all(FILES, draws=2000))}


# --- the domain ------------------------------------------------------------------------------


def test_it_is_another_domain() -> None:
    assert not set(FIRST.issues.issues) & set(SECOND.issues.issues)
    assert set(FIRST.positions) & set(SECOND.positions) == {"us"}, "one id in both, to be told apart by folder"
    assert SECOND.issues.no_deal.turning_issue is None
    assert not any(p.role == "alliance" for p in SECOND.positions.values())
    assert len(SECOND.issues.issues) >= 10
    assert {c.severity for c in SECOND.issues.constraints} == {"hard", "legal", "political"}
    assert SECOND.issues.effects
    assert len(SECOND.issues.no_deal.lotteries) >= 2


def test_every_file_is_in_order_without_a_warning() -> None:
    assert len(FILES) == 5
    for loaded in sim.load_all(FILES):
        assert loaded.warnings == ()


def own_lines() -> list[tuple[str, schema.Position, schema.RedLine]]:
    return [
        (party.id, entry, line)
        for party in SECOND.positions.values()
        for entries in party.positions.values()
        for entry in entries
        for line in entry.red_lines
    ]


def test_a_stated_line_cites_firm_words_of_its_party_in_a_document_that_was_found() -> None:
    rows = {row.id: row for row in SECOND.evidence}
    stated = [(party, line) for party, _, line in own_lines() if line.basis == "stated"]
    assert len(stated) >= 8
    for party, line in stated:
        firm = [
            rows[i]
            for i in line.evidence
            if rows[i].party == party and rows[i].strength in ("red_line", "firm") and rows[i].attribution != "expert"
        ]
        assert firm, (party, line.option)
        assert any(SECOND.sources.sources[row.source].status == "found" for row in firm), (party, line.option)


def test_no_position_leans_on_what_is_recalled_or_came_after_the_signature() -> None:
    rows = {row.id: row for row in SECOND.evidence}
    signed = dt.date(1955, 5, 15)
    for party in SECOND.positions.values():
        cited = {
            i
            for entries in party.positions.values()
            for entry in entries
            for i in (*entry.evidence.all, *(i for line in entry.red_lines for i in line.evidence))
        }
        cited |= {i for refusal in party.refuses for i in refusal.evidence}
        cited |= {i for beliefs in party.no_deal.beliefs.values() for i in beliefs.evidence}
        for row in (rows[i] for i in cited):
            assert SECOND.sources.sources[row.source].status != "recalled", row.id
            assert row.date < signed, row.id


def test_a_row_of_what_the_source_did_not_show_says_so() -> None:
    recalled = {s for s, source in SECOND.sources.sources.items() if source.status == "recalled"}
    assert recalled == {"recalled_1955"}
    for row in SECOND.evidence:
        if row.source in recalled:
            assert "ecalled" in (row.note or ""), row.id


def test_every_actor_with_positions_has_a_word_of_its_own() -> None:
    assert set(SECOND.positions) <= {row.party for row in SECOND.evidence}
    assert all(set(party.positions) == set(SECOND.issues.issues) for party in SECOND.positions.values())


# --- what it says ------------------------------------------------------------------------------


def test_the_known_outcome_of_each_text() -> None:
    """A modest check, in hindsight: who refused is who refused."""
    found = scored()
    refusing = {
        name: {p.id for p in result.parties if p.verdict == "refuses" and p.main_objection is not None}
        for name, result in found.items()
    }
    assert {"austria", "us", "uk", "france"} <= refusing["soviet_draft_1954"]
    assert "ussr" not in refusing["soviet_draft_1954"]
    assert refusing["western_offer_1954"] == refusing["figl_offer_1954"] == {"ussr"}
    assert refusing["moscow_memorandum_1955"] == {"us"}
    assert refusing["state_treaty_1955"] == set()
    assert {n: r.on_evidence.verdict for n, r in found.items() if r.on_evidence.verdict == "refused"} == {
        "soviet_draft_1954": "refused",
        "western_offer_1954": "refused",
    }


def test_dates_decide() -> None:
    """The signed text, put to the positions of the Berlin conference, fails in Moscow alone."""
    days = [dt.date(1954, 2, 16), dt.date(1955, 2, 8), dt.date(1955, 5, 15)]
    results = [sim.score([sim.load(TREATY, as_of=day, draws=500)])[0] for day in days]
    shares = [r.party("ussr").acceptability.estimate for r in results]
    assert shares[0] == 0 < shares[1] < shares[2]
    assert all(p.verdict == "accepts" for p in results[0].parties if p.id != "ussr")


def test_without_a_turning_issue_nothing_is_said_of_one() -> None:
    result = scored()["state_treaty_1955"]
    assert result.settings.turning_issue is None
    assert all(p.by_turning_class is None for p in result.parties)
    assert "turning" not in call("sensitivity", TREATY, *FEW, "--party", "ussr", "--issue", "withdrawal")
    assert "turning" not in call("run", TREATY, *FEW, "--no-save")


def test_no_source_is_an_article_so_that_articles_alone_settle_nothing() -> None:
    [result] = sim.score([sim.load(TREATY, evidence="articles", draws=500)])
    assert {(p.on_evidence.necessary, p.on_evidence.possible) for p in result.parties} == {(0.0, 1.0)}
    assert result.on_evidence.verdict == "not settled"


# --- the commands --------------------------------------------------------------------------------

COMMANDS = {
    "run": ("run", TREATY, MOSCOW, *FEW, "--no-save"),
    "offers": ("run", MOSCOW, *FEW, "--no-save", "--protocol", "alternating_offers"),
    "single text": ("run", f"{HERE}/figl_offer_1954.yaml", *FEW, "--no-save", "--protocol", "single_text"),
    "explain": ("explain", TREATY, *FEW),
    "explain one": ("explain", MOSCOW, *FEW, "--party", "ussr"),
    "compare": ("compare", *(f"{HERE}/{f.name}" for f in FILES), *FEW),
    "compare on a day": ("compare", *(f"{HERE}/{f.name}" for f in FILES), *FEW, "--as-of", "1955-05-12"),
    "levers": ("sensitivity", MOSCOW, *FEW, "--party", "us", "--issue", "resale", "--pairs"),
    "sobol": ("sensitivity", MOSCOW, "--method", "sobol", "--n", "64"),
    "flip": ("sensitivity", MOSCOW, "--method", "flip", *FEW),
    "sweep": ("sweep", TREATY, "--vary", "as_of=1954-02-16,1955-02-08,1955-05-15", *FEW),
    "sweep of two": (
        *("sweep", MOSCOW, "--vary", "proposal.resale=no_rule,no_german_return,no_foreign_owner"),
        *("--vary", "us.no_deal.beliefs.partition=0.1,0.3", *FEW),
    ),
    "amend": ("amend", MOSCOW, "--changes", "2", "--full", *FEW),
    "trace": ("trace", MOSCOW, *FEW, "--protocol", "alternating_offers"),
}


def words(domain: schema.Domain) -> set[str]:
    """Ids and names that no plain sentence holds by chance."""
    issues = domain.issues.issues
    ids = {*issues, *(option for issue in issues.values() for option in issue.options)}
    parties = {*domain.positions, *(p.name for p in domain.positions.values())}
    return {word for word in ids if "_" in word} | parties


FOREIGN = words(FIRST) - words(SECOND)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_works_in_every_format(name: str) -> None:
    args = COMMANDS[name]
    text = call(*args)
    assert max(map(len, text.splitlines())) <= 100
    assert json.loads(call(*args, "--format", "json"))
    assert len(list(csv.reader(io.StringIO(call(*args, "--format", "csv"))))) > 1
    marked = call(*args, "--format", "md")
    assert any(party.name in text + marked for party in SECOND.positions.values())
    for word in FOREIGN:
        assert not re.search(rf"\b{re.escape(word)}\b", text + marked), word


PLOTTED = ("offers", "compare", "levers", "sobol", "flip", "sweep", "sweep of two", "amend")


@pytest.mark.parametrize("name", PLOTTED)
def test_each_figure_can_be_drawn(name: str, tmp_path: Path) -> None:
    path = tmp_path / "figure.svg"
    call(*COMMANDS[name], "--plot", str(path))
    words = re.findall(r"<text[^>]*>(.*?)</text>", path.read_text(encoding="utf-8"), re.DOTALL)
    assert len(words) > 8


def test_a_line_under_the_title_ends_where_the_axes_do() -> None:
    from sim.analysis.flip import figure as flip
    from sim.analysis.flip.flip import flip as flipped
    from sim.simulation import figure as outcome

    for fig in (outcome.draw(scored()["moscow_memorandum_1955"]), flip.draw(flipped(sim.load(MOSCOW, draws=200)))):
        fig.draw_without_rendering()
        axes = fig.axes[0]
        line = axes._left_title  # type: ignore[attr-defined]
        assert "Moscow memorandum" in line.get_text()
        assert line.get_window_extent().x0 >= 0
        assert line.get_window_extent().x1 <= axes.get_window_extent().x1 + 1


def test_many_proposers_find_room_under_a_bar() -> None:
    from sim.bargaining import figure as talks

    [result] = sim.score([sim.load(MOSCOW, draws=200, protocol="alternating_offers")])
    fig = talks.draw(result)
    fig.draw_without_rendering()
    bars, curve = fig.axes[:2]
    said = [t for t in bars.texts if t.get_text().startswith("likes best")]
    assert said
    for text in said:
        assert text.get_text().count("·") + text.get_text().count("\n") == 3, "four proposers"
        assert text.get_window_extent().x1 < curve.get_window_extent().x0


def test_a_saved_run_can_be_run_again(tmp_path: Path) -> None:
    call("run", TREATY, *FEW, "--out", str(tmp_path))
    [saved] = tmp_path.glob("state_treaty_1955/*/scenario.yaml")
    first = json.loads((saved.parent / "result.json").read_text(encoding="utf-8"))
    again = json.loads(call("run", str(saved), *FEW, "--no-save", "--format", "json"))
    assert again["joint_acceptability"] == first["joint_acceptability"]
    assert again["parties"] == first["parties"]


# --- reading it ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("issues",), "Austria 1954 and 1955"),
        (("positions", "ussr"), "Soviet Union"),
        (("positions", "austria", "--as-of", "1954-02-18"), "after_german_treaty"),
        (("evidence", "D14b"), "ussr.withdrawal"),
        (("sources",), "frus_bc_519"),
    ],
)
def test_show_reads_the_domain_that_is_named(args: tuple[str, ...], words: str) -> None:
    assert words in call("show", *args, "--domain", f"{HERE}/domain")
    assert words in call("show", *args, "--domain", f"{HERE}/domain", "--format", "json") or args[0] != "sources"


@pytest.mark.parametrize("args", [("evidence", "D14b"), ("positions", "ussr")])
def test_show_says_which_domain_it_read_and_how_to_read_another(args: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, ["show", *args])
    assert done.exit_code == 2
    assert "in scenarios/domain (--domain DIR reads another)" in done.stderr
    done = CliRunner().invoke(app, ["show", args[0], "nobody", "--domain", f"{HERE}/domain"])
    assert done.exit_code == 2
    assert f"in {HERE}/domain" in done.stderr
    assert "reads another" not in done.stderr


def test_a_new_scenario_names_its_own_domain(tmp_path: Path) -> None:
    file = tmp_path / "my_text.yaml"
    done = CliRunner().invoke(app, ["new", str(file), "--domain", f"{HERE}/domain"])
    assert f"sim validate {file} --domain {HERE}/domain" in done.stderr
    text = file.read_text(encoding="utf-8")
    assert f"sim show evidence --domain {HERE}/domain" in text
    assert "after_german_treaty" in text
    [actor] = re.findall(r"consent_not_modelled: \[(\w+)\]", text)
    assert actor in SECOND.sources.actors
    assert actor not in SECOND.positions
    call("validate", str(file), "--domain", f"{HERE}/domain")


def test_domains_side_by_side_are_said_to_be_two() -> None:
    text = call("compare", "scenarios/istanbul.yaml", TREATY, *FEW)
    assert max(map(len, text.splitlines())) <= 100
    assert "Different domains" in text
    flat = " ".join(text.split())
    assert "a party of the same name is read from other sources" in flat
    assert flat.index("Different domains") < flat.index("Istanbul guarantees: ") < flat.index("State Treaty: ")
    for word in ("comes nearest", "does best", "Behind it", "in each", "Warning: Different", "on one yardstick"):
        assert word not in flat
    assert "Different domains" not in call("compare", MOSCOW, TREATY, *FEW)
    # in the order given, whatever the figures
    found = json.loads(call("compare", "scenarios/istanbul.yaml", TREATY, MOSCOW, *FEW, "--format", "json"))
    assert [r["name"] for r in found["rows"]] == ["istanbul", "state_treaty_1955", "moscow_memorandum_1955"]
    assert [(d["a"], d["b"]) for d in found["differences"]] == [("state_treaty_1955", "moscow_memorandum_1955")]


@pytest.mark.parametrize("form", ["table", "md", "csv", "json"])
def test_runs_of_two_domains_are_said_to_be_two(form: str) -> None:
    args = ["run", "--no-save", "--format", form, *FEW]
    done = CliRunner().invoke(app, [*args, "scenarios/istanbul.yaml", TREATY])
    said = done.stdout if form in ("table", "md") else done.stderr
    assert " ".join(said.split()).startswith("Warning: Different domains (")
    rows = "The rows are of different domains, so that a higher figure ranks nothing."
    assert (rows in done.stdout) == (form == "table")
    plain = CliRunner().invoke(app, [*args, MOSCOW, TREATY])
    assert "different domains" not in (plain.stdout + plain.stderr).lower()


def test_show_and_explain_call_an_unknown_ranking_the_same() -> None:
    shown = call("show", "positions", "ussr", "--domain", f"{HERE}/domain", "--as-of", "1955-05-15")
    told = call("explain", TREATY, "--party", "ussr", *FEW)
    assert re.search(r"^ *unity\b.* unknown  ", shown, re.MULTILINE)
    assert "ranking: unknown (not looked for; from 1954-02-12)" in told
    assert "mean gain 0.000" in told
    for text in (shown, told):
        assert "ranking: unknown (unknown" not in text
        assert not re.search(r"^ *unity\b.* unknown \(", text, re.MULTILINE)
        assert "-0.000" not in text


def test_a_tie_at_nothing_goes_to_the_text_that_fewest_refuse() -> None:
    soviet = f"{HERE}/soviet_draft_1954.yaml"
    flat = " ".join(call("compare", soviet, TREATY, "--as-of", "1954-02-16", *FEW).split())
    assert "State Treaty comes nearest: all whose consent it needs accept together in 0% of draws." in flat
    assert "Soviet draft, 1954 has the same figure, and 5 refuse there rather than 1." in flat
    assert "Behind it" not in flat


def test_a_whole_tie_names_no_text_as_nearer(tmp_path: Path) -> None:
    folder = tmp_path / "austria"
    shutil.copytree(FOLDER, folder)
    twin = folder / "twin.yaml"
    shutil.copy(folder / "state_treaty_1955.yaml", twin)
    pair = (str(folder / "state_treaty_1955.yaml"), str(twin))
    flat = " ".join(call("compare", *pair, "--as-of", "1954-02-16", *FEW).split())
    assert (
        "state_treaty_1955 and twin come equally near: all whose consent each needs accept together in 0% of draws."
        in flat
    )
    flat = " ".join(call("compare", *pair, *FEW).split())
    assert "state_treaty_1955 and twin do equally well" in flat


def test_edits_of_the_first_domain_are_refused_with_what_would_be_right() -> None:
    done = CliRunner().invoke(app, ["run", TREATY, "--no-save", "--set", "russia.alignment.importance=minor"])
    assert done.exit_code == 3
    assert "there is no party russia" in done.stderr
    assert "did you mean" in done.stderr or "ussr" in done.stderr


# --- the library ----------------------------------------------------------------------------------


def test_the_library_has_a_part_for_each_domain() -> None:
    text = (ROOT / "results" / "library.md").read_text(encoding="utf-8")
    first, second = re.split(r"^## (?=Austria)", text, flags=re.MULTILINE)
    assert f"## {FIRST.issues.title}" in first
    for file in FILES:
        assert file.stem in second
        assert file.stem not in first
    assert "Russia" not in second


def test_the_guide_names_every_scenario_and_the_caveat() -> None:
    text = (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8")
    part = text.split("## The second library")[1].split("\n## ")[0]
    assert {f.stem for f in FILES} <= set(re.findall(r"`(\w+)`", part))
    assert "hindsight" in part


def test_the_guide_gives_the_figures_of_a_run() -> None:
    text = " ".join((ROOT / "scenarios" / "README.md").read_text(encoding="utf-8").split())
    treaty, moscow = sim.score(sim.load_all([TREATY, MOSCOW]))
    assert treaty.joint_acceptability is not None
    assert f"accepted by all ({percent(treaty.joint_acceptability.estimate)} of draws)" in text
    assert f"States accepts in {percent(moscow.party('us').by_layer.stated)} of draws" in text
