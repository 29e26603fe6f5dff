"""What commands print reads as plain English: short sentences, names for ids, and the word that the evidence allows."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import sim
from sim.files.complaints import meant
from sim.report.outcome import cells
from sim.report.verdict import evidence_in_short, evidence_word, short, word, word_of
from sim.results.records import OnEvidence, PartyVerdict
from sim.results.verdicts import evidence_stance, overall
from sim.simulation.summary import settings
from tests import domains, small
from tests.exchange import CAR, write
from tests.exchange import sim as call

ROOT = Path(__file__).parents[2]
ISTANBUL, TREATY = "scenarios/istanbul.yaml", "scenarios/austria_1955/state_treaty_1955.yaml"
PUTIN = "scenarios/putin_2025.yaml"
FEW = ("--draws", "300")
#: Most words in a sentence; figures and what stands in brackets beside them are no words.
MOST = 32
COMMANDS = [
    ("run", ISTANBUL, "--no-save", *FEW),
    ("run", PUTIN, "--no-save", *FEW),
    ("run", TREATY, "--no-save", *FEW),
    ("run", ISTANBUL, "--no-save", "--protocol", "alternating_offers", *FEW),
    ("run", ISTANBUL, "--no-save", "--protocol", "single_text", *FEW),
    ("compare", ISTANBUL, "scenarios/armed_neutrality.yaml", "--as-of", "2025-02-24", *FEW),
    ("sensitivity", ISTANBUL, "--party", "us", *FEW),
    ("sensitivity", TREATY, "--party", "us", *FEW),
    ("sensitivity", ISTANBUL, "--method", "flip", *FEW),
    ("sweep", ISTANBUL, "--vary", "us.fighting.importance=none,moderate,critical", *FEW),
    ("sweep", TREATY, "--vary", "as_of=1954-02-16,1955-04-15,1955-05-15", *FEW),
    ("sensitivity", ISTANBUL, "--method", "sobol", "--n", "64", "--party", "us"),
    ("sensitivity", TREATY, "--method", "sobol", "--n", "64"),
    ("sensitivity", ISTANBUL, "--pairs", "--party", "us", *FEW),
    ("sensitivity", TREATY, "--pairs", *FEW),
    ("amend", ISTANBUL, "--changes", "1", "--full", *FEW),
    ("search", ISTANBUL, "--effort", "100", *FEW),
    ("search", TREATY, *FEW),
    ("frontier", ISTANBUL, "--full", *FEW),
    ("frontier", TREATY, "--full", *FEW),
    ("trace", ISTANBUL, "--protocol", "alternating_offers", *FEW),
]
#: A party that knows one thing alone: a line on the text's guarantee.
BLUE = """\
id: blue
name: Blue
role: principal
consent: always
positions:
  guarantee:
    - from: 2022-03-20
      ranking: unknown
      importance: unknown
      basis: assumed
      red_lines: [{option: armed, basis: BASIS, evidence: [E3]}]
"""
#: The same party as the files of a scenario may have it where no source speaks: all is assumed.
UNSETTLED = """\
id: blue
name: Blue
role: principal
consent: always
positions:
  status:
    - {from: 2022-03-20, ranking: [member, undecided, neutral], importance: critical, basis: assumed}
  guarantee:
    - {from: 2022-03-20, ranking: [armed, consult, none], importance: minor, basis: assumed}
no_deal:
  cost: -0.08
"""
#: What the pages used to say.
GONE = (
    "comes in with", "is none of", "States's", "package told", "packages told", "neither is nearer", "narrowly",
    "term of ours", "(ours)", "not settled", "joint figure", "Joint acceptability",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _at_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def printed(*args: str) -> str:
    done = call(*args)
    assert done.exit_code == 0, done.stderr
    return str(done.stdout)


def prose(text: str) -> list[str]:
    """The lead and the notes of a page in Markdown, without headings and tables."""
    lines = [x for x in text.splitlines() if x and not x.startswith(("|", "#", "**", "$"))]
    return [x.removeprefix("- ").strip("*") for x in lines]


def sentences(paragraph: str) -> list[str]:
    return re.split(r"(?<=[.?!;:])\s+(?=[\"'(A-Z0-9])|; ", paragraph)


def words(sentence: str) -> list[str]:
    """Without what stands in brackets, and without figures; a list of many names is looked through, not read."""
    bare = re.sub(r"\([^()]*\)|\[[^]]*\]", " ", sentence)
    if bare.count(", ") > 5:
        first, *_, last = bare.split(", ")
        bare = f"{first} {last}"
    return [x for x in bare.split() if re.search(r"[A-Za-z]", x)]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: " ".join(c[:5]))
def test_pages_read_well(command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Sentences are short and phrases plain, things go by their names, lines fit; of one run, whatever its pages."""
    (tmp_path / "document.json").write_text(printed(*command, "--format", "json"), encoding="utf-8")
    document = sim.read(tmp_path / "document.json")
    markdown = document.to_markdown()
    long = [s for p in prose(markdown) for s in sentences(p) if len(words(s)) > MOST and "--" not in s]
    assert not long, "\n".join(f"{len(words(s))}: {s}" for s in long)
    flat = " ".join(markdown.split())
    assert not [phrase for phrase in GONE if phrase in flat]
    document.show(full="--full" in command)
    page = capsys.readouterr().out
    assert max(map(len, page.splitlines())) <= 100
    # what is left with an underscore is an edit to type, or which file it is
    flat = re.sub(r"--\S+ '[^']*'", "", " ".join(page.split()))
    left = {w.strip("(),.;:") for w in re.findall(r"\S*[a-z0-9]_[a-z0-9]\S*", flat)}
    left = {w for w in left if "=" not in w and "--" not in w and w not in (Path(command[1]).stem, "as_it_stands")}
    assert not left


def test_a_sentence_is_measured_as_a_reader_would() -> None:
    assert len(words("All accept in 19% of draws (more or less), say.")) == 6
    assert sentences("One is here. Two follows; three too.") == ["One is here.", "Two follows", "three too."]


# --- the word follows the evidence ------------------------------------------------------------------


@pytest.fixture
def unsettled(tmp_path: Path) -> str:
    """A text to which Blue says yes in somewhat less than half of the draws, all by positions that are assumed."""
    return str(small.write(tmp_path, {"domain/positions/blue.yaml": UNSETTLED}))


def test_a_share_of_47_whose_evidence_allows_anything_is_unknown_in_every_view(unsettled: str, tmp_path: Path) -> None:
    result = sim.run(unsettled, draws=2000)
    blue = result.party("blue")
    assert blue.acceptability.high < 0.5
    assert blue.verdict == "refuses"  # as modelled; what programs read stays
    assert blue.on_evidence.verdict == "not settled"
    assert word_of(blue, result.settings) == "unknown"
    assert short(result) == "unknown: Blue, Red"
    accepts = cells(result, blue)[1]
    assert re.fullmatch(r"unknown \(4\d% \[\d\d, \d\d\]\)", accepts)
    assert result.verdict.startswith("On the evidence alone, unknown: it leaves open whether Blue (")
    other = tmp_path / "other.yaml"
    other.write_text(small.SCENARIO.replace("option: neutral", "option: undecided"))
    for command in (
        ("compare", unsettled, str(other)),
        ("sensitivity", unsettled, "--party", "blue"),
        ("sweep", unsettled, "--vary", "blue.status.importance=none,critical"),
        ("amend", unsettled, "--changes", "1"),
    ):
        told = " ".join(printed(*command, *FEW).split())
        assert "unknown" in told, command
        assert "On the evidence alone" in told, command


def test_analyses_carry_the_evidence_that_run_gives(tmp_path: Path) -> None:
    deal = small.write(tmp_path)
    ran = json.loads(printed("run", str(deal), "--no-save", "--format", "json", *FEW))
    ranges = {p["id"]: (p["own"] or p)["on_evidence"] for p in ran["parties"] if p["consent_needed"]}
    for command, path in ((("sensitivity",), ()), (("amend", "--changes", "1"), ("base",))):
        found = json.loads(printed(command[0], str(deal), *command[1:], "--format", "json", *FEW))
        for key in path:
            found = found[key]
        assert found["on_evidence"]["verdict"] == ran["on_evidence"]["verdict"]
        assert found["on_evidence"]["parties"] == ran["on_evidence"]["parties"]
        assert found["on_evidence"]["ranges"] == ranges
    vary = "blue.status.importance=minor,critical"
    swept = json.loads(printed("sweep", str(deal), "--vary", vary, "--format", "json", *FEW))
    for point in swept["points"]:
        edit = f"blue.status.importance={point['values'][0]}"
        alone = json.loads(printed("run", str(deal), "--no-save", "--set", edit, "--format", "json", *FEW))
        assert point["on_evidence"]["verdict"] == alone["on_evidence"]["verdict"]
        assert [p["on_evidence"] for p in point["parties"]] == [p["on_evidence"] for p in alone["parties"]]


def allows(low: float, high: float, read: float | None = None) -> OnEvidence:
    return OnEvidence(necessary=low, possible=high, with_inferred=read, verdict=evidence_stance(low, high))


def test_what_the_evidence_settles_of_a_text() -> None:
    accepts, refuses, either = allows(0.6, 1), allows(0, 0.3), allows(0, 1, 0.9)
    inferred = allows(0, 0.9, 0.2)
    assert overall({"a": accepts, "b": refuses, "c": either}).parties == ("b",)
    assert overall({"a": accepts, "c": either}).verdict == "not settled"
    assert overall({"a": accepts, "c": either}).by_inference == ()
    found = overall({"a": accepts, "c": either, "d": inferred})
    assert (found.verdict, found.parties, found.by_inference) == ("not settled", ("c", "d"), ("d",))
    assert evidence_word(found) == "refused, inferred"
    assert evidence_in_short(found, {"c": "C", "d": "D"}) == "refused, inferred by D"
    assert overall({"a": accepts}).verdict == "accepted"
    assert overall({}).verdict == "not settled"


@pytest.mark.parametrize(
    ("modelled", "evidence", "said"),
    [
        ("refuses", allows(0, 1), "unknown"),
        ("accepts", allows(0, 1), "unknown"),
        ("divided", allows(0, 1), "unknown"),
        ("refuses", allows(0, 0.3), "refuses"),
        ("accepts", allows(0.6, 1), "accepts"),
        ("divided", allows(0.6, 1), "divided"),
        ("accepts", allows(0, 1, 0.5), "unknown"),
        ("accepts", allows(0, 1, 0.49), "refuses, inferred"),
        ("accepts", None, "accepts"),
    ],
)
def test_the_word_is_unknown_where_the_evidence_leaves_both_answers_open(
    modelled: PartyVerdict, evidence: OnEvidence | None, said: str
) -> None:
    assert word(modelled, evidence) == said


@pytest.mark.parametrize(
    ("basis", "said"), [("stated", "refuses"), ("inferred", "refuses, inferred"), ("assumed", "unknown")]
)
def test_a_line_speaks_as_firmly_as_its_basis(basis: str, said: str, tmp_path: Path) -> None:
    """Blue would take the text, were it not for one line on it."""
    path = small.write(tmp_path, {"domain/positions/blue.yaml": BLUE.replace("BASIS", basis)})
    result = json.loads(printed("run", str(path), "--no-save", "--format", "json", *FEW))
    [blue] = [p for p in result["parties"] if p["id"] == "blue"]
    assert blue["acceptability"]["estimate"] == 0
    low, read, high = (blue["on_evidence"][key] for key in ("necessary", "with_inferred", "possible"))
    assert low == 0
    assert (high > 0.5, read > 0.5) == (basis != "stated", basis == "assumed")
    row = next(x for x in printed("run", str(path), "--no-save", "--format", "md", *FEW).splitlines() if "| Blue " in x)
    assert f"| {said} " in row


# --- domains in numbers -----------------------------------------------------------------------------


def test_a_domain_in_numbers_has_no_sentence_on_seeds_and_no_sources(tmp_path: Path) -> None:
    files = write(tmp_path / "files", CAR)
    terms = ("--text", "Colour=none", "--text", "Warranty (years)=3", "--text", "Price=10,000")
    assert call("import", *files, "--out", tmp_path / "car", "--date", "2026-01-01", *terms).exit_code == 0
    text = str(tmp_path / "car" / "best_for_seller.yaml")
    for command in (("run", "--no-save"), ("search",), ("amend",), ("frontier",)):
        told = " ".join(printed(command[0], text, *command[1:], *FEW).split())
        assert "seed" not in told, command
        assert "sampling error only" not in told, command
        assert "nothing is drawn" in told, command
    found = " ".join(printed("search", text, *FEW).split())
    assert "no sources" in found
    for words_ in ("On the evidence alone", "unknown", "0% to 100%", "sources are silent", "not in the sources"):
        assert words_ not in found


def test_whether_anything_is_drawn() -> None:
    fixed = {"i": domains.position(None, None, values={"x": 1, "y": 0}, weight=1)}
    case = domains.case({"i": "xy"}, {"p": domains.party(fixed, reservation=0.5)}, {"i": "x"})
    assert not settings(case).drawn
    ranged = {"i": domains.position(None, None, values={"x": 1, "y": [0, 0.5]}, weight=1)}
    assert settings(domains.case({"i": "xy"}, {"p": domains.party(ranged, reservation=0.5)}, {"i": "x"})).drawn
    assert settings(domains.case({"i": "xy"}, {"p": domains.party(fixed, reservation=[0.4, 0.5])}, {"i": "x"})).drawn
    ordered = {"i": domains.position("xy", "major")}
    assert settings(domains.case({"i": "xy"}, {"p": domains.party(ordered, reservation=0.5)}, {"i": "x"})).drawn


# --- the command line -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "wanted"),
    [("high", "major"), ("very high", "critical"), ("Very_High", "critical"), ("medium", "moderate"), ("low", "minor"),
     ("zero", "none"), ("majr", "major"), ("banana", None)],
)  # fmt: skip
def test_everyday_words_are_understood(said: str, wanted: str | None) -> None:
    classes = ("critical", "major", "moderate", "minor", "none", "unknown")
    assert meant(said, classes) == wanted


def test_a_wrong_class_says_which_is_meant() -> None:
    done = call("run", ISTANBUL, "--no-save", "--set", "us.fighting.importance=high")
    assert done.exit_code == 3
    assert "'high' is not one of critical, major, moderate" in done.stderr
    assert "did you mean major?" in done.stderr
    assert "did you mean articles" not in call("run", ISTANBUL, "--evidence", "zebra").stderr


def test_quiet_says_nothing_but_the_page(tmp_path: Path) -> None:
    figure = tmp_path / "out.svg"
    loud = call("run", ISTANBUL, "--out", tmp_path, "--plot", figure, *FEW)
    assert "saved " in loud.stderr
    assert "wrote " in loud.stderr
    done = call("run", ISTANBUL, "--out", tmp_path, "--plot", figure, "--quiet", *FEW)
    assert done.exit_code == 0
    assert done.stderr == ""
    assert done.stdout == loud.stdout
    # errors are still told
    assert "no such file" in call("run", "nowhere.yaml", "-q").stderr


def test_quiet_of_other_commands(tmp_path: Path) -> None:
    for command in (
        ("explain", ISTANBUL, *FEW),
        ("trace", ISTANBUL, "--protocol", "alternating_offers", *FEW),
    ):
        done = call(*command, "--format", "json", "--quiet")
        assert (done.exit_code, done.stderr) == (0, ""), command
        json.loads(done.stdout)
    assert "wrote " in call("schema", "edits", "--write", tmp_path).stderr
    assert call("schema", "edits", "--write", tmp_path, "-q").stderr == ""


def test_quiet_names_no_library_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where stdout is for a program, that line stands on stderr."""
    monkeypatch.chdir(tmp_path)
    command = ("run", "istanbul", "--no-save", "--format", "json", *FEW)
    assert "Library: " in call(*command).stderr
    done = call(*command, "--quiet")
    assert (done.exit_code, done.stderr) == (0, "")


def test_a_figure_takes_a_title_and_names(unsettled: str, tmp_path: Path) -> None:
    figure = tmp_path / "out.svg"
    assert call("run", unsettled, "--no-save", "--plot", figure, "--title", "My own heading", *FEW).exit_code == 0
    drawn = figure.read_text(encoding="utf-8")
    assert "My own heading" in drawn
    assert "Unknown: Blue" not in drawn
    assert ">unknown<" in drawn
    assert call("run", unsettled, "--no-save", "--plot", figure, *FEW).exit_code == 0
    assert "Unknown: Blue, Red" in figure.read_text(encoding="utf-8")
    refused = call("run", unsettled, "--no-save", "--title", "No figure")
    assert refused.exit_code == 2
    assert "there is no figure without --plot FILE" in " ".join(refused.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    "command",
    [
        ("compare", ISTANBUL, PUTIN),
        ("sensitivity", ISTANBUL, "--party", "us"),
        ("sweep", ISTANBUL, "--vary", "us.fighting.importance=none,critical"),
        (
            "sweep",
            ISTANBUL,
            "--vary",
            "us.fighting.importance=none,critical",
            "--vary",
            "proposal.crimea=deferred,de_facto",
        ),
        ("amend", ISTANBUL, "--changes", "1"),
        ("run", ISTANBUL, "--no-save", "--protocol", "alternating_offers"),
    ],
    ids=lambda c: " ".join(c),
)
def test_figures_carry_names_and_the_evidence(command: tuple[str, ...], tmp_path: Path) -> None:
    figure = tmp_path / "out.svg"
    done = call(*command, "--plot", figure, *FEW)
    assert done.exit_code == 0, done.stderr
    drawn = " ".join(re.findall(r"<text[^>]*>([^<]*)<", figure.read_text(encoding="utf-8")))
    assert not re.findall(r"[a-z0-9]_[a-z0-9]", drawn)
    assert "unknown" in drawn or "no figure on the evidence" in drawn
