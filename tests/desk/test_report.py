"""What the report holds below the desk: its figures are those of the pack's draws, and its words stay words."""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from typer.testing import CliRunner

import sim
from sim.analysis.amend import english as amend_english
from sim.analysis.levers import english as levers_english
from sim.cli import app
from sim.desk.comparison import comparison_of
from sim.desk.downloads import size_words
from sim.desk.page import report
from sim.desk.sections import amended, amendments_of, half_width, levers_of
from sim.desk.texts import judged_alike
from sim.report.english import Names
from sim.report.numbers import compact
from sim.results.records import Interval
from sim.scenario.loading import Loaded
from tests import small

#: A text that both parties can take, so that it is worth amending.
OPEN_TEXT = small.SCENARIO.replace("neutral,", "undecided,")
#: Another text of the same day.
OTHER = small.SCENARIO.replace("A small deal", "Another deal").replace("armed,", "none,")
DRAWS = 400
#: The sections that have figures written into the page.
PARTS = ("levers", "amendments", "comparison")


def loaded(folder: Path, name: str = "deal.yaml", changes: dict[str, str] | None = None, **options: Any) -> Loaded:
    small.write(folder, {"other.yaml": OTHER, "deal.yaml": OPEN_TEXT, **(changes or {})})
    return sim.load(folder / name, draws=DRAWS, **options)


def sections(page: str) -> str:
    """A page without its data, scripts and style, as text."""
    bare = re.sub(r"<(script|style|noscript)[^>]*>.*?</\1>", " ", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", bare)))


def document(page: str, name: str) -> Any:
    [content] = re.findall(f'<script type="text/plain" id="data-{name}">([^<]*)</script>', page)
    return json.loads(gzip.decompress(base64.b64decode(content)))


def pack(page: str) -> Any:
    [content] = re.findall('<script type="application/json" id="pack">([^<]*)</script>', page)
    return json.loads(content)


def run(*words: str) -> Any:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, done.output
    return done


# --- figures ------------------------------------------------------------------------------------


def test_every_section_counts_the_draws_of_the_pack(tmp_path: Path) -> None:
    text, other = loaded(tmp_path), sim.load(tmp_path / "other.yaml", draws=7, seed=5)
    page = report(text, "deal", compared=[other])
    [result] = sim.score(text)
    joint = result.joint_acceptability.estimate
    held = pack(page)
    assert (held["draws"], held["seed"]) == (DRAWS, text.scenario.seed)
    levers, amendments, comparison = (document(page, name) for name in ("levers", "amendments", "comparison"))
    for answer in (document(page, "result"), levers, amendments, *comparison["rows"]):
        assert (answer["settings"]["draws"], answer["settings"]["seed"]) == (DRAWS, text.scenario.seed)
    assert levers["joint"]["estimate"] == pytest.approx(joint, abs=1e-11)
    assert amendments["base"]["joint_acceptability"]["estimate"] == pytest.approx(joint, abs=1e-11)
    for item in (text, other.with_(draws=DRAWS, seed=text.scenario.seed)):
        [alone] = sim.score(item)
        [row] = [row for row in comparison["rows"] if row["scenario"]["id"] == item.scenario.id]
        shares = {p["id"]: p["acceptability"]["estimate"] for p in row["parties"]}
        assert shares == pytest.approx({p.id: p.acceptability.estimate for p in alone.parties}, abs=1e-11)
        for party in alone.parties:
            assert compact(party.acceptability.estimate) in sections(page)


def test_shares_have_no_decimals(tmp_path: Path) -> None:
    page = report(loaded(tmp_path), "deal", compared=[sim.load(tmp_path / "other.yaml", draws=DRAWS)])
    parts = [page.split(f'<section aria-labelledby="{part}-title">')[1].split("</section>")[0] for part in PARTS]
    below = sections(" ".join(parts))
    shares = re.findall(r"[<>]?([\d.]+)%", below)
    assert len(shares) > 10
    # 49.5 to 50 alone keeps a decimal everywhere in the product, since rounded it would be one half.
    assert [x for x in shares if "." in x and not x.startswith("49.")] == []
    assert re.search(r"\d% → [<>]?\d+% ±\d", below)


@pytest.mark.parametrize(
    ("low", "high", "words"), [(0.0, 0.002, "1"), (0.37, 0.43, "3"), (0.39, 0.432, "2"), (0.5, 0.5, "1")]
)
def test_half_widths_are_whole_points(low: float, high: float, words: str) -> None:
    assert half_width(Interval(estimate=low, low=low, high=high)) == words


# --- what the verdict turns on -------------------------------------------------------------------


def test_edits_that_turn_the_verdict_come_first(tmp_path: Path) -> None:
    answer = sim.levers(loaded(tmp_path, changes={"deal.yaml": small.SCENARIO}))
    section = levers_of(answer)
    assert len(answer.flipping) > 6
    assert len(section.edits) == 6
    assert section.dropped == ()
    assert [edit.turns for edit in section.edits] == sorted((edit.turns for edit in section.edits), reverse=True)
    first, strongest = section.edits[0], answer.flipping[0]
    assert strongest.joint is not None
    assert first.what == strongest.what
    assert (first.move.before, first.move.after) == (
        compact(strongest.joint.before.estimate),
        compact(strongest.joint.after.estimate),
    )
    assert first.words == levers_english.IN_A_SENTENCE[strongest.joint.verdict_after]
    assert f"turns on {len(answer.flipping)} of the {len(answer.levers)} single edits" in section.lead


def test_where_no_edit_turns_it_lines_are_dropped_together(tmp_path: Path) -> None:
    answer = sim.levers(loaded(tmp_path))
    section = levers_of(answer)
    assert not answer.flipping
    assert "turns that" in section.lead
    assert [edit.what for edit in section.dropped] == ["drop all red lines and refusals of Red"]
    assert section.dropped[0].move.before == "0%"


def test_where_no_edit_moves_the_figure_none_is_listed(tmp_path: Path) -> None:
    member = small.SCENARIO.replace("neutral,", "member,")
    answer = sim.levers(loaded(tmp_path, changes={"deal.yaml": member}))
    section = levers_of(answer)
    assert answer.stuck
    assert "moves that figure at all" in section.lead
    assert section.edits == ()


def test_a_text_that_asks_nobody_says_so(tmp_path: Path) -> None:
    never = "consent: {when: [{fighting: [continues]}], why: Only then.}"
    parties = {"red": small.RED, "blue": small.BLUE}
    nobody = {f"domain/positions/{p}.yaml": text.replace("consent: always", never) for p, text in parties.items()}
    text = sections(report(loaded(tmp_path, changes=nobody), "deal"))
    assert "No party with positions has to consent, so there is no verdict that an edit could turn." in text
    assert "No party with positions has to consent to this text, so there is nothing to amend." in text


# --- amendments ------------------------------------------------------------------------------------


def test_amendments_have_a_link_with_their_terms(tmp_path: Path) -> None:
    text = loaded(tmp_path)
    answer = amended(text)
    assert not isinstance(answer, str)
    section = amendments_of(answer)
    of_size = {size.changes: size for size in answer.sizes}
    assert [words for words, _ in section.sizes] == ["One change", "Two changes"]
    for changes, (_, rows) in enumerate(section.sizes, 1):
        for row, amendment in zip(rows, of_size[changes].amendments, strict=False):
            terms = dict(parse_qsl(row.link.removeprefix("#")))
            assert terms.pop("pack") == text.sha256[:12]
            assert terms == {change.issue: change.to for change in amendment.changes}
            assert row.move.after == compact(amendment.joint_acceptability.estimate)
            assert len(row.terms) == changes


def test_whom_an_amendment_helps_and_costs(tmp_path: Path) -> None:
    answer = amended(loaded(tmp_path))
    assert not isinstance(answer, str)
    before = {p.id: p for p in answer.base.parties}
    for _, rows in amendments_of(answer).sizes:
        for row in rows:
            assert not {side.name for side in row.helps} & {side.name for side in row.costs}
    best = answer.sizes[0].amendments[0]
    [row, *_] = amendments_of(answer).sizes[0][1]
    for party in best.parties:
        rise = party.acceptability.estimate - before[party.id].acceptability.estimate
        if rise >= 0.01:
            assert answer.names[party.id] in {side.name for side in row.helps if side.before}


def test_amendments_beyond_count_leave_the_page_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.analysis.amend.changes.MOST_PACKAGES", 12)
    one = amended(loaded(tmp_path))
    assert not isinstance(one, str)
    assert one.options.changes == 1
    monkeypatch.setattr("sim.analysis.amend.changes.MOST_PACKAGES", 2)
    text = sections(report(loaded(tmp_path), "deal"))
    assert "packages lie within so many changes of the text" in text


# --- sentences that tables beside them shorten ------------------------------------------------------


def test_short_sentences_are_beginnings_of_whole_ones(tmp_path: Path) -> None:
    levers, amendments = sim.levers(loaded(tmp_path)), sim.amend(loaded(tmp_path))
    names, parties = levers_english.names_of(levers), Names(amendments.labels, amendments.names)
    pairs = [(levers_english.in_short(x, names), levers_english.say(x, names)) for x in levers.findings]
    pairs += [(amend_english.in_short(x, parties), amend_english.say(x, parties)) for x in amendments.findings]
    short = [(few, all) for few, all in pairs if few]
    assert len(short) >= 3
    for few, whole in short:
        for sentence in re.findall(r"[^.]+", few):
            assert sentence.strip() in whole


# --- several texts ---------------------------------------------------------------------------------


def test_texts_are_judged_alike_under_the_same_positions(tmp_path: Path) -> None:
    one, other = loaded(tmp_path), sim.load(tmp_path / "other.yaml", draws=DRAWS)
    edits = ["red.status.importance=minor"]
    assert judged_alike(one, other)
    assert judged_alike(one.with_(edits), other.with_(edits))
    assert not judged_alike(one.with_(edits), other)
    assert not judged_alike(one, other.with_(as_of="2025-02-01"))
    assert not judged_alike(one, other.with_(evidence="articles"))


def test_only_texts_judged_alike_are_tried_in_the_desk(tmp_path: Path) -> None:
    text = loaded(tmp_path)
    alike = sim.load(tmp_path / "other.yaml", draws=DRAWS)
    later = sim.load(tmp_path / "other.yaml", draws=DRAWS, as_of="2025-02-01")
    page = report(text, "deal", compared=[alike])
    assert list(pack(page)["texts"]) == ["other"]
    _, table = comparison_of(text, [alike])
    own, other = sorted(table.texts, key=lambda row: not row.own)
    assert own.link is None
    assert dict(parse_qsl((other.link or "").removeprefix("#"))) == {
        "guarantee": "none",
        "status": "neutral",
        "pack": text.sha256[:12],
    }
    assert [term.issue for term in other.terms or ()] == ["Status", "Guarantee"]
    page = report(text, "deal", compared=[later])
    assert pack(page)["texts"] == {}
    _, table = comparison_of(text, [later])
    assert [row.link for row in table.texts] == [None, None]
    assert table.days == 2


def test_a_cell_says_what_the_evidence_allows(tmp_path: Path) -> None:
    _, table = comparison_of(loaded(tmp_path), [sim.load(tmp_path / "other.yaml", draws=DRAWS)])
    cells = [cell for row in table.texts for cell in row.cells if cell]
    assert {"?", "–"} <= {cell.sign for cell in cells}
    for cell in cells:
        assert cell.low is not None
        assert cell.high is not None
        assert cell.low <= cell.high
    assert any(cell.stance == "unknown" and (cell.low or 0) < 50 <= (cell.high or 0) for cell in cells)


def test_texts_of_other_domains_stand_beside_it(tmp_path: Path) -> None:
    austria = sim.load("scenarios/austria_1955/state_treaty_1955.yaml", draws=DRAWS)
    _, table = comparison_of(loaded(tmp_path), [austria])
    own, other = sorted(table.texts, key=lambda row: not row.own)
    assert own.terms == ()
    assert other.terms is None
    assert None in own.cells
    assert None in other.cells


# --- documents ---------------------------------------------------------------------------------------


def test_documents_are_those_that_commands_print(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for paths of the machine: files are named from where the command is given."""
    loaded(tmp_path)
    monkeypatch.chdir(tmp_path)
    out, deal, other = tmp_path / "page.html", "deal.yaml", "other.yaml"
    run("report", deal, other, deal, "--draws", str(DRAWS), "--set", "red.status.importance=minor", "--out", str(out))
    page = out.read_text(encoding="utf-8")
    commands = re.findall(r"<code>(sim [^<]*)</code>", page)
    assert len(commands) == 4
    for name, command in zip(("result", "levers", "amendments", "comparison"), commands, strict=True):
        words = shlex.split(html.unescape(command))[1:]
        printed = run(*words, *(["--no-save"] if words[0] == "run" else [])).stdout
        assert json.loads(printed) == document(page, name), command
    made = re.findall(r"Made by: sim ([^<]*), sim ", page)[0]
    again = tmp_path / "again.html"
    run(*shlex.split(html.unescape(made)), "--out", str(again))
    assert again.read_text(encoding="utf-8") == page


def test_notes_are_left_out_of_everything(tmp_path: Path) -> None:
    text = loaded(tmp_path)
    other = sim.load(tmp_path / "other.yaml", draws=DRAWS)

    def noted(page: str) -> int:
        documents = [document(page, name) for name in ("result", "levers", "amendments", "comparison")]
        return page.count("Top and bottom stated.") + json.dumps(documents).count("Top and bottom stated.")

    assert noted(report(text, "deal", compared=[other])) >= 3
    assert noted(report(text, "deal", compared=[other], notes=False)) == 0


def test_no_note_of_any_kind_is_left(tmp_path: Path) -> None:
    """Those of cells, terms and refusals, and those on red lines, which say why the line is drawn."""
    content = loaded(tmp_path).to_dict()
    marks = 0
    for party in content["domain"]["positions"].values():
        for entry in [entry for cell in party.get("positions", {}).values() for entry in cell]:
            for noted in (entry, *entry.get("red_lines", [])):
                marks += 1
                noted["note"] = f"MARK{marks}."
    assert any("red_lines" in str(party) for party in content["domain"]["positions"].values())
    text = sim.from_dict(content)
    pages = [report(text, "deal", notes=notes) for notes in (True, False)]
    documents = [json.dumps([document(page, name) for name in ("result", "levers", "amendments")]) for page in pages]
    assert [page.count("MARK") > marks for page in pages] == [True, False]
    assert [page.count("MARK") for page in pages][1] == 0
    assert [words.count("MARK") > 0 for words in documents] == [True, False]


def test_a_page_does_not_say_where_files_lie_on_a_machine(tmp_path: Path) -> None:
    text = loaded(tmp_path)
    other = sim.load((tmp_path / "other.yaml").absolute(), draws=DRAWS)
    page = report(text, "deal", compared=[other])
    assert {row["source"]["path"] for row in document(page, "comparison")["rows"]} == {"deal", "other"}


def test_texts_of_one_id_are_presets_of_their_own(tmp_path: Path) -> None:
    text = loaded(tmp_path)
    namesakes = [text.with_(edits={"proposal.status": "open"}), text.with_(edits={"proposal.guarantee": "open"})]
    assert len({id(x) for x in namesakes}) == 2
    pack = json.loads(re.findall(r'id="pack">(.*?)</script>', report(text, "deal", namesakes), re.DOTALL)[0])
    assert list(pack["texts"]) == ["deal", "deal_2"]


def test_sizes_are_for_reading() -> None:
    assert [size_words(size) for size in (12, 101_400, 2_650_000)] == ["1 kB", "101 kB", "2.6 MB"]


def test_markup_stays_text(tmp_path: Path) -> None:
    marks = "<b id=bold>x</b></script><i>"
    title = OTHER.replace("Another deal", f'"{marks}"')
    issues = small.ISSUES.replace(
        "question: Who holds the land?", f'label: "{marks}"\n    question: Who holds the land?'
    )
    text = loaded(tmp_path, changes={"other.yaml": title, "domain/issues.yaml": issues})
    page = report(text, marks, compared=[sim.load(tmp_path / "other.yaml", draws=DRAWS)], command=marks)
    assert "<b id=bold>" not in page
    assert page.count("</script>") == page.count("<script")
    assert sections(page).count(marks) > 3


def test_a_page_of_many_issues_holds_fewer_draws_and_stays_under_five_megabytes(tmp_path: Path) -> None:
    """Of 21 issues 2,048 draws would be 5.5 MB; what is asked for is taken as it is."""
    out = tmp_path / "page.html"
    done = CliRunner().invoke(app, ["report", "twenty_points_2026", "--out", str(out)])
    assert done.exit_code == 0, done.stderr
    assert out.stat().st_size < 5_000_000
    assert '"draws":1700,' in out.read_text(encoding="utf-8")
    done = CliRunner().invoke(app, ["report", "twenty_points_2026", "--draws", "300", "--out", str(out)])
    assert '"draws":300,' in out.read_text(encoding="utf-8")
