"""What the map and the evidence say: marks by the desk's rule, words of ``sim explain`` without ids, every claim."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

import sim
from sim.desk.notes import half_width, method
from sim.desk.page import report
from sim.desk.positions import claims, expectations, positions
from sim.engine.acceptability import wilson
from sim.engine.profiles import Case, compile_case
from sim.report.explain import issue_lines, line_itself, line_words
from sim.results.result import Result
from sim.scenario.labels import WithoutIds
from tests import small

#: What a page shows of a text with its tags taken away.
TAGS = re.compile(r"<[^>]+>")


def read(name: str | Path, draws: int = 100, **options: str) -> tuple[Result, Case]:
    loaded = sim.load(name, draws=draws, **options)
    [result] = sim.score([loaded])
    return result, compile_case(loaded.scenario)


@pytest.fixture(scope="module")
def plan() -> tuple[Result, Case]:
    """A text that crosses lines of every basis."""
    return read("us_28_points_2025")


@pytest.mark.parametrize(
    ("ranking", "kind"),
    [
        ("[neutral, undecided, member]", "best"),
        ("[undecided, neutral, member]", "middle"),
        ("[undecided, member, neutral]", "worst"),
        ("[undecided, rest]", "rest"),
        ("[[undecided, member, neutral]]", "even"),
        ("[undecided, member]", "unknown"),
    ],
)
def test_a_mark_says_where_the_term_stands(ranking: str, kind: str, tmp_path: Path) -> None:
    files = small.changed("domain/positions/red.yaml", "[neutral, undecided, member]", ranking)
    rows = {row.id: row for row in positions(*read(small.write(tmp_path, files)))}
    [red] = [cell for cell in rows["status"].parties if cell.party == "red"]
    assert (red.term.kind, red.term.basis) == (kind, "inferred")


def test_a_crossed_line_comes_before_the_ranking(plan: tuple[Result, Case]) -> None:
    rows = {row.id: {cell.party: cell.term for cell in row.parties} for row in positions(*plan)}
    assert (rows["foreign_forces"]["ukraine"].kind, rows["foreign_forces"]["ukraine"].basis) == ("line", "stated")
    assert (rows["donbas"]["ukrainian_public"].kind, rows["donbas"]["ukrainian_public"].basis) == (
        "refused",
        "inferred",
    )
    for party in plan[0].parties:
        crossed = [line for line in party.lines if line.crossed]
        ours = {issue for line in crossed for issue in (*line.terms, line.issue)} - {None}
        assert {i for i in rows if rows[i][party.id].kind in ("line", "refused")} == ours


def test_an_open_term_is_no_mark_for_anybody() -> None:
    result, case = read("istanbul")
    [donbas] = [row for row in positions(result, case) if row.id == "donbas"]
    assert {cell.term.kind for cell in donbas.parties} == {"open"}


def test_wishes_and_lines_stand_in_a_cell(plan: tuple[Result, Case]) -> None:
    [row] = [row for row in positions(*plan) if row.id == "alignment"]
    [ukraine] = [cell for cell in row.parties if cell.party == "ukraine"]
    assert [(x.kind, x.basis, x.names) for x in ukraine.wants] == [
        ("best", "inferred", ("NATO membership",)),
        ("line", "stated", ("membership ruled out", "permanent neutrality")),
        ("line", "inferred", ("declared neutrality",)),
        ("refused", "stated", ("'neutral without a guarantee'",)),
        ("refused", "inferred", ("'outside NATO without a guarantee'",)),
    ]
    assert (ukraine.importance, ukraine.bars) == ("critical", 4)


def test_no_words_of_a_page_name_an_id_or_say_what_the_text_crosses(plan: tuple[Result, Case]) -> None:
    result, case = plan
    ids = {o for issue in case.scenario.domain.issues.issues.values() for o in issue.options if "_" in o}
    ids |= {name for name in case.space.issues if "_" in name}
    labels = WithoutIds(**result.labels.model_dump())
    for party in result.parties:
        words = [x for issue in party.issues for x in issue_lines(issue, result, labels, notes=False)]
        words += [line_itself(party.id, line.model_copy(update={"why": None}), labels) for line in party.lines]
        assert not ids & set(re.findall(r"\w+", " ".join(words)))
    shown = " ".join(x for row in positions(result, case) for cell in row.parties for x in cell.words)
    assert not ids & set(re.findall(r"\w+", shown))
    assert "No line is drawn at 'membership ruled out'" in shown
    assert "rossed, binds in" not in shown
    assert "Not crossed" not in shown


def test_explain_says_of_a_line_what_the_page_says_and_whether_it_is_crossed(plan: tuple[Result, Case]) -> None:
    result, _ = plan
    party = result.party("ukraine")
    for line in party.lines:
        of_text = "Crossed, binds in 100% of draws" if line.crossed else "Not crossed"
        assert line_words("ukraine", line, result.labels) == f"{of_text}: {line_itself('ukraine', line, result.labels)}"


def test_notes_are_left_out_by_name(plan: tuple[Result, Case]) -> None:
    with_notes, without = (positions(*plan, notes=notes) for notes in (True, False))
    notes = [issue.note for party in plan[0].parties for issue in party.issues if issue.note]
    assert notes
    everything = [x for row in with_notes for cell in row.parties for x in cell.words]
    less = [x for row in without for cell in row.parties for x in cell.words]
    # the note on a red line says why it is drawn
    assert {x.split()[0] for x in set(everything) - set(less)} == {"note:", "red"}
    assert len(everything) - len(less) == len(notes)
    assert any(row.note for row in with_notes)
    assert not any(row.note for row in without)


def test_every_claim_that_is_cited_stands_with_its_source() -> None:
    loaded = sim.load("istanbul", draws=100)
    [result] = sim.score([loaded])
    case = compile_case(loaded.scenario)
    page = report(loaded, "istanbul")
    shown = html.unescape(TAGS.sub(" ", page[page.index('id="positions-title"') :]))
    rows = claims(case)
    cited = {id for row in positions(result, case) for x in (row.claims, *(c.claims for c in row.parties)) for id in x}
    cited |= {id for party in expectations(result) for id in party.claims}
    terms = {id for term in case.scenario.proposal.terms.values() for id in term.evidence}
    lines = {id for party in result.parties for line in party.lines for id in line.evidence}
    assert terms | lines <= cited
    for id in cited:
        row = rows[id]
        for part in (id, row.claim, row.date, row.strength, row.title, row.publisher, row.place, row.url):
            assert part is None or part in shown, (id, part)


def test_a_term_says_what_it_rests_on() -> None:
    rows = {row.id: row for row in positions(*read("istanbul"))}
    assert rows["alignment"].words == "permanent neutrality (stated: F01, P103)"
    assert rows["nato_pledge"].words == "not mentioned (not in the sources)"
    assert rows["donbas"].term == "left open"


@pytest.mark.parametrize("draws", [100, 101, 2048, 10_000])
def test_no_share_has_a_wider_interval_than_the_method_says(draws: int) -> None:
    widest = max(50 * (share.high - share.low) for share in (wilson(k, draws) for k in range(draws + 1)))
    assert half_width(draws) - 0.1 < widest <= half_width(draws)


def test_the_method_has_the_figures_of_the_text() -> None:
    for draws in (200, 2048):
        result, case = read("istanbul", draws)
        words = " ".join(method(result, case))
        assert f"{half_width(draws)} points" in words
        assert f"{draws:,} draws" in words
        assert "1 are not in the sources" in words
        for actor in case.scenario.proposal.consent_not_modelled:
            assert result.names[actor] in words


@pytest.mark.parametrize("name", ["istanbul", "lavrov_2025", "us_28_points_2025", "e3_counter_2025"])
def test_the_method_is_half_a_page(name: str) -> None:
    assert len(" ".join(method(*read(name))).split()) < 400
