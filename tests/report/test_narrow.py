"""Tables on screens of any width: no figure is broken, blanked or cut, and what is left out is named."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from typer.testing import CliRunner

import sim
from sim.analysis.amend import page as amend_view
from sim.analysis.amend.amend import amend
from sim.analysis.audit import page as audit_view
from sim.analysis.audit.audit import audit
from sim.analysis.backtest import page as backtest_view
from sim.analysis.compare import page as compare_view
from sim.analysis.compare.compare import compare
from sim.analysis.compare.inputs import gather
from sim.analysis.flip import page as flip_view
from sim.analysis.flip.flip import flip
from sim.analysis.forecast import page as forecast_view
from sim.analysis.levers import page as levers_view
from sim.analysis.levers.levers import levers
from sim.analysis.sobol import page as sobol_view
from sim.analysis.sobol.sobol import sobol
from sim.analysis.sweep import page as sweep_view
from sim.analysis.sweep.sweep import sweep
from sim.analysis.trace import page as trace_view
from sim.analysis.trace.trace import trace
from sim.bargaining import page as talks_view
from sim.cli import app
from sim.report import layout, listing, terminal
from sim.report import outcome as tables
from sim.report.layout import Column
from sim.report.page import Page, Sheet, screen
from sim.simulation.score import score
from tests.readme import shipped_place

#: The shipped texts and no others: what is searched shows the texts beside.
SCENARIOS = shipped_place() / "scenarios"
ISTANBUL, NEUTRAL, MEMBER = (SCENARIOS / f"{x}.yaml" for x in ("istanbul", "armed_neutrality", "membership"))
WIDTHS = (60, 72, 80, 100, 120)
NUMBER = re.compile(r"[-+<>]?\d[\d.,]*\d%?|[-+<>]?\d%?")


@cache
def loaded(**options: object) -> sim.Loaded:
    return sim.load(ISTANBUL, draws=200, **options)  # type: ignore[arg-type]


def forecast_page() -> Page:
    terms = {"fighting": {"option": "stops", "basis": "stated"}, "donbas": {"option": "ceded", "basis": "stated"}}
    text = {"title": "A text of later days", "date": "2026-01-23", "summary": "Two terms.", "terms": terms}
    file = {"title": "One text", "texts": {"later": text}}
    options = {"domain": SCENARIOS / "domain", "as_of": "2025-12-24", "without_younger": True}
    return forecast_view.page(sim.forecast(file, draws=200, **options))  # type: ignore[arg-type]


def backtest_page() -> Page:
    file = SCENARIOS / "backtest" / "reactions_austria_1955.csv"
    texts = SCENARIOS / "backtest" / "texts_austria_1955.yaml"
    domain = SCENARIOS / "austria_1955" / "domain"
    return backtest_view.page(sim.backtest(file, as_of="1955-04-16", texts=texts, domain=domain, draws=200))


def two_paths() -> Page:
    paths = (
        "proposal.domestic_consent=referendum,parliament",
        "proposal.guarantee_duty=armed_assistance,aid_and_sanctions,consult_only",
    )
    return sweep_view.page(sweep(loaded(), paths))


PAGES: dict[str, Callable[[], Page]] = {
    "compare": lambda: compare_view.page(compare(gather((ISTANBUL, NEUTRAL, MEMBER), draws=200))),
    "levers": lambda: levers_view.page(levers(loaded(), party="us", issue="guarantee_duty", pairs=True), top=15),
    "sobol": lambda: sobol_view.page(sobol(loaded(), 64)),
    "flip": lambda: flip_view.page(flip(loaded())),
    "amend": lambda: amend_view.page(amend(loaded(), changes=2)),
    "sweep": lambda: sweep_view.page(sweep(loaded(), ("us.fighting.importance=minor,moderate,major",))),
    "sweep of two": two_paths,
    "talks": lambda: talks_view.page(score([loaded(protocol="single_text")])[0]),
    "audit": lambda: audit_view.page(audit([loaded(), sim.load(MEMBER, draws=200)])),
    "forecast": forecast_page,
    "backtest": backtest_page,
    "trace": lambda: trace_view.page(trace(loaded(protocol="alternating_offers"))),
}


def printed(what: object, width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setenv("COLUMNS", str(width))
    assert terminal.screen_width() == width
    terminal.show(what)  # type: ignore[arg-type]
    return capsys.readouterr().out


@pytest.mark.parametrize("name", PAGES)
def test_every_figure_of_a_page_is_printed_whole(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = PAGES[name]()
    for width in WIDTHS:
        for sheet in page.sheets:
            alone = printed(screen(Page("", "", (sheet,)), width), width, monkeypatch, capsys)
            gone = left_out(alone)
            table = alone.replace(layout.ELSEWHERE, "")
            tokens = NUMBER.findall(table)
            kept = kept_columns(sheet, width)
            spared = [c for k, c in enumerate(sheet.columns) if k not in kept]
            assert all(c.least for c in spared)
            assert gone == [" ".join(c.heading.split()) for c in spared]
            wanted = [n for row in sheet.rows for k in kept for n in NUMBER.findall(row[k])]
            for number in set(wanted):
                assert tokens.count(number) >= wanted.count(number), (name, width, number)
            for row in sheet.rows:
                for k in kept:
                    if sheet.columns[k].right:
                        assert all(line.strip() in table for line in row[k].split("\n")), (name, width, row[k])
            if width >= (120 if name == "compare" else 100):  # which has seven parties beside each other
                assert not gone
                assert max(map(len, alone.splitlines())) <= width


def kept_columns(sheet: Sheet, width: int) -> list[int]:
    """The columns that are screen, in one table or in several."""
    kept, widths, _ = layout._fitted(sheet.columns, sheet.rows, width)
    parts = layout._folded(sheet.columns, sheet.rows, width) if layout._needed(widths) > width else None
    if parts is None:
        return kept
    some = [[sheet.columns[k] for k in part] for part in parts]
    return sorted(
        {
            part[k]
            for part, columns in zip(parts, some, strict=True)
            for k in layout._fitted(columns, layout._some(sheet.rows, part), width)[0]
        }
    )


def left_out(text: str) -> list[str]:
    found = re.findall(r"Left out for want of room: (.*?)\. A wider terminal", " ".join(text.split()))
    return [name for names in found for name in names.split("; ")]


def test_columns_of_a_kind_go_on_in_further_tables(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [f"Party{k}" for k in range(12)]
    columns = (Column("text"), *(Column(n, right=True, folds=True) for n in names), Column("verdict"))
    rows = (("a", *(f"{10 + k}%" for k in range(12)), "accepted"), ("b", *("0%" for _ in names), "refused"))
    wide = printed(layout.table(columns, rows, 140), 140, monkeypatch, capsys)
    assert wide.count("text") == 1
    for width in (40, 60, 80):
        text = printed(layout.table(columns, rows, width, "Shares"), width, monkeypatch, capsys)
        assert max(map(len, text.splitlines())) <= width
        assert text.count("Shares") == text.count("verdict") == 1
        heads = [line.split() for line in text.splitlines() if "Party" in line]
        assert len(heads) == text.count("text") > 1
        assert [x for head in heads for x in head if x.startswith("Party")] == names
        cells = [line.split()[1:] for line in text.splitlines() if re.match(r" ?a ", line)]
        assert [x for line in cells for x in line] == list(rows[0][1:])
    # Without columns of a kind the table is printed at the width it needs.
    plain = tuple(Column(c.heading, right=c.right) for c in columns)
    text = printed(layout.table(plain, rows, 40), 40, monkeypatch, capsys)
    assert text.count("text") == 1
    assert max(map(len, text.splitlines())) > 40


@pytest.mark.parametrize("width", WIDTHS)
def test_run_and_summary_keep_their_figures(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    results = score([sim.load(path, draws=200) for path in (ISTANBUL, NEUTRAL)])
    text = printed(tables.outcome(results[0], None, width), width, monkeypatch, capsys)
    for party in results[0].parties:
        _, accepts, evidence, gain, *_ = tables.cells(results[0], party, join="\n")
        shown_cells = [accepts, evidence] if left_out(text) else [accepts, evidence, gain]
        assert all(line in text for cell in shown_cells for line in cell.split("\n"))
    assert left_out(text) in ([], ["gain, 5 to 95%"])
    assert (left_out(text) == []) == (width >= 100)
    text = printed(tables.summary(results, width), width, monkeypatch, capsys)
    for result in results:
        assert width < 80 or result.scenario.name.split()[0] in text
        for p in result.parties:
            word, *share = tables.figure(result, p, tables.compact).split()
            assert all(part in text for part in (word, *share))


@pytest.mark.parametrize("width", [60, 100])
def test_the_library_keeps_its_ids(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    domain = loaded().scenario.domain
    text = printed(listing.evidence(domain.evidence), width, monkeypatch, capsys)
    assert all(row.id in text and str(row.date) in text for row in domain.evidence)
    text = printed(listing.issues(domain.issues), width, monkeypatch, capsys)
    assert all(option in text for issue in domain.issues.issues.values() for option in issue.options)


def test_explain_keeps_its_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    said: dict[int, list[str]] = {}
    for width in WIDTHS:
        done = CliRunner().invoke(app, ["explain", str(ISTANBUL), "--draws", "200"], env={"COLUMNS": str(width)})
        assert done.exit_code == 0
        said[width] = NUMBER.findall(done.stdout)
        assert max(map(len, done.stdout.splitlines())) <= width
    assert all(sorted(numbers) == sorted(said[120]) for numbers in said.values())


@pytest.mark.parametrize(
    ("columns", "width"), [(None, 100), ("80", 80), ("", 100), ("wide", 100), ("0", 100), ("7", 40), ("-5", 100)]
)
def test_columns_says_how_wide_output_is(columns: str | None, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    assert terminal.screen_width() == width


def test_what_does_not_fit_goes_wrap_leave_out_break_overflow(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = (
        Column("text"),
        Column("share", right=True),
        Column("detail", least=90),
        Column("more", least=80),
    )
    row = ("us.guarantee_duty of proposal.domestic_consent", "+0.3 [0, +0.5]", "a detail of 12", "more of 34")

    def at(width: int) -> str:
        return printed(layout.table(columns, [row], width), width, monkeypatch, capsys)

    assert row[0] in at(100)
    aligned = printed(layout.table([Column("share", right=True)], [("5%",), ("50%\n7%",)], 40), 40, monkeypatch, capsys)
    assert [line[-5:] for line in aligned.splitlines()[3:6]] == ["   5%", "  50%", "   7%"]
    assert left_out(at(100)) == []
    assert row[0] not in at(80)  # wrapped, nothing gone
    assert left_out(at(80)) == []
    assert left_out(at(60)) == ["detail"]
    assert left_out(at(46)) == ["detail", "more"]
    assert "proposal.domestic_consent" in at(46)
    broken = at(40)
    assert "proposal.domestic_consent" not in broken
    assert "domestic_\n" in re.sub(r" +(\+.*)?\n", "\n", broken)
    wide = tuple("0.12 [0.10, 0.14]" for _ in range(4))
    text = printed(layout.table([Column("x", right=True)] * 4, [wide], 40), 40, monkeypatch, capsys)
    assert text.count(wide[0]) == 4
    assert max(map(len, text.splitlines())) > 40


_WORDS = st.lists(
    st.sampled_from(
        ["37%", "+0.3 [0, +0.5]", "of", "us.fighting=[a_b, c]", "(22%)", "0.1..0.9", "neutrality", "12,345"]
    ),
    min_size=1,
    max_size=6,
)


@given(
    rows=st.lists(st.tuples(_WORDS, _WORDS, _WORDS), min_size=1, max_size=4),
    width=st.integers(20, 120),
    rights=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    wide=st.one_of(st.none(), st.integers(3, 30)),
)
@settings(max_examples=40, deadline=None)
def test_nothing_is_ever_lost(
    rows: list[tuple[list[str], ...]], width: int, rights: tuple[bool, ...], wide: int | None
) -> None:
    columns = [Column(f"h{k}", right=right, width=wide) for k, right in enumerate(rights)]
    cells = [tuple(" ".join(words) for words in row) for row in rows]
    out = io.StringIO()
    Console(width=width, file=out).print(layout.table(columns, cells, width), crop=False)
    body = re.split("─ *\n", out.getvalue(), maxsplit=1)[1]
    assert sorted("".join(body.split())) == sorted("".join("".join(c.split()) for row in cells for c in row))
    for row in rows:
        for words in row:
            for word in words:
                if word[0] in "(+0123456789":
                    assert word in body
