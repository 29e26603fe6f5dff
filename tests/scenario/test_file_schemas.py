"""The JSON Schemas of the files say what the models say: by a public validator, on files, slips and short forms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.cli.new_files import negotiation
from sim.files import nodes
from sim.files.complaints import Complaints
from sim.files.yaml import read_yaml
from sim.scenario import catalogue
from sim.scenario.edit_paths import read_edits
from sim.scenario.file_schemas import KINDS, file_schema
from sim.scenario.loading import load
from tests import small
from tests.readme import ROOT

CHECKS = {kind: jsonschema.Draft7Validator(file_schema(kind)) for kind in KINDS}
HOME = ROOT / "scenarios"
SHIPPED = sorted(
    {
        *catalogue.shipped_texts(HOME),
        *(
            f
            for library in catalogue.SHIPPED
            for part in ("domain", "edits")
            for f in (HOME / library).rglob(f"{part}/**/*.yaml")
        ),
    }
)


def kind_of(name: str) -> str:
    path = Path(name)
    if path.parent.name in ("positions", "edits"):
        return path.parent.name
    return path.stem if path.stem in KINDS else "scenario"


def faults(name: str, text: str) -> list[str]:
    """What the schema of the file's kind has against it."""
    plain = json.loads(json.dumps(nodes.to_plain(read_yaml(text, name))))
    return [error.message for error in CHECKS[kind_of(name)].iter_errors(plain)]


@pytest.mark.parametrize("kind", KINDS)
def test_each_is_a_schema(kind: str) -> None:
    jsonschema.Draft7Validator.check_schema(file_schema(kind))


@pytest.mark.parametrize("file", SHIPPED, ids=lambda f: str(f.relative_to(HOME)))
def test_shipped_files_are_in_order(file: Path) -> None:
    assert len(SHIPPED) > 35
    assert faults(str(file), file.read_text(encoding="utf-8")) == []


def test_every_key_of_every_file_is_described() -> None:
    """Add a line to DESCRIPTIONS for a key that is new."""
    for kind in KINDS:
        for key, value in _keys(file_schema(kind)):
            assert value.get("description"), f"{kind}: {key}"


def _keys(node: Any) -> list[tuple[str, dict[str, Any]]]:
    """Every key of every object that takes no others, with what may stand there."""
    if isinstance(node, list):
        return [pair for item in node for pair in _keys(item)]
    if not isinstance(node, dict):
        return []
    own = list(node["properties"].items()) if node.get("additionalProperties") is False and "properties" in node else []
    return own + [pair for value in node.values() for pair in _keys(value)]


def test_every_key_of_the_models_is_there() -> None:
    """By name, so that none that is also a word of JSON Schema (title, default) is lost."""
    for kind, (_, model) in KINDS.items():
        if model is None:
            continue
        whole = model.model_json_schema(by_alias=True)
        own = file_schema(kind)
        for name, definition in (("", whole), *whole["$defs"].items()):
            here = own if not name else own["$defs"].get(name)
            if here is not None and "properties" in definition:
                saved = {"": {"id", "domain", "edits"} if kind == "scenario" else set(), "Term": {"default"}}
                assert set(here["properties"]) == set(definition["properties"]) - saved.get(name, set()), (kind, name)


def test_the_mark_of_an_edit_is_nothing_to_write() -> None:
    assert '"edited"' not in json.dumps([file_schema(kind) for kind in KINDS])
    assert {"id", "domain", "edits"}.isdisjoint(file_schema("scenario")["properties"])
    assert "default" not in file_schema("scenario")["$defs"]["Term"]["properties"]


DEAL, ISSUES, SOURCES, RED, LEAGUE = (
    "deal.yaml",
    "domain/issues.yaml",
    "domain/sources.yaml",
    "domain/positions/red.yaml",
    "domain/positions/league.yaml",
)


def test_the_small_files_are_in_order(tmp_path: Path) -> None:
    small.write(tmp_path)
    for file in tmp_path.rglob("*.yaml"):
        assert faults(str(file), file.read_text(encoding="utf-8")) == []


#: Slips in the small files: file, what stands there, what is written instead.
SLIPS = [
    (DEAL, "title: A small deal", "titel: A small deal"),
    (DEAL, "title: A small deal\n", ""),
    (DEAL, "date: 2022-03-29", "date: 29.03.2022"),
    (DEAL, "date: 2022-03-29", "date: 2022"),
    (DEAL, "option: stops, basis: stated", "option: stops, basis: sure"),
    (DEAL, "option: stops, basis: stated", "option: stops, basis: edited"),
    (DEAL, "option: stops, basis: stated", "option: stops"),
    (DEAL, "option: stops,", "option: stops, open: true,"),
    (DEAL, "{open: true, basis: assumed}", "{basis: assumed}"),
    (DEAL, "evidence: [E1]", "evidence: E1"),
    (DEAL, "summary: Neutrality against guarantees.", "summary: ''"),
    (DEAL, "title: A small deal", "title: A small deal\ndraws: 0"),
    (DEAL, "title: A small deal", "title: A small deal\ndraws: many"),
    (DEAL, "title: A small deal", "title: A small deal\nedits: []"),
    (DEAL, "title: A small deal", "title: A small deal\nnegotiation: {protocol: duel}"),
    (DEAL, "title: A small deal", "title: A small deal\nnegotiation: {tactics: {red: bluff}}"),
    (DEAL, "title: A small deal", "title: A small deal\nnegotiation: {delay_cost: {red: 2}}"),
    (ISSUES, "question: Does the fighting stop?", "qestion: Does the fighting stop?"),
    (ISSUES, "      continues: It goes on.\n", ""),
    (ISSUES, "severity: hard", "severity: grave"),
    (ISSUES, "if: {status: [member]}", "if: {status: member}"),
    (ISSUES, "then: {guarantee: consult}", "then: {guarantee: [consult]}"),
    (ISSUES, "from: 2022-01-01", "form: 2022-01-01"),
    (SOURCES, "origin: article", "origin: rumour"),
    (SOURCES, "publisher: The Paper, ", ""),
    (RED, "role: principal", "role: boss"),
    (RED, "consent: always", "consent: never"),
    (RED, "importance: critical", "importance: big"),
    (RED, "importance: critical", "importance: critical\n      weight: 0.5"),
    (LEAGUE, "members: [blue]", "members: blue"),
]


@pytest.mark.parametrize(("file", "old", "new"), SLIPS)
def test_slips_are_seen_by_sim_and_by_the_schema(file: str, old: str, new: str, tmp_path: Path) -> None:
    small.write(tmp_path)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text, f"{file} has no {old!r}"
    slip = text.replace(old, new, 1)
    assert faults(file, slip), "the schema lets it pass"
    (tmp_path / file).write_text(slip, encoding="utf-8")
    with pytest.raises(Complaints):
        load(tmp_path / DEAL)


#: Short and long forms of one cell, and what is neither: key, text, whether it may stand there.
FORMS = [
    ("ranking: [a, [b, c], rest]", True),
    ("ranking: unknown", True),
    ("ranking: []", False),
    ("ranking: a", False),
    ("ranking: [a, []]", False),
    ("values: {a: 1, b: [0.3, 0.6]}", True),
    ("values: {a: 1.5}", False),
    ("values: {a: [0.1, 0.2, 0.3]}", False),
    ("values: {a: '1'}", False),
]
OF_PARTY = [
    ("consent: always", True),
    ("consent: {always: true}", True),
    ("consent: {when: [{x: [a]}], why: So.}", True),
    ("consent: {when: [{x: a}]}", False),
    ("consent: {whenever: []}", False),
    ("reservation: 0.4", True),
    ("reservation: [0.2, 0.4]", True),
    ("reservation: [0.2, 1.4]", False),
    ("no_deal: {cost: -0.5}", True),
    ("no_deal: {cost: -2}", False),
    ("name: [A]", False),
    ("note:", True),
]


@pytest.mark.parametrize(("cell", "good"), FORMS)
def test_forms_of_a_position(cell: str, good: bool) -> None:
    for basis in ("basis: assumed", "basis: {ranking: assumed, importance: stated}"):
        for cited in ("", "evidence: [E1], ", "evidence: {ranking: [E1]}, "):
            entry = f"{{from: 2022-01-01, {cell}, importance: major, {cited}{basis}}}"
            text = f"id: p\nname: P\nrole: principal\nconsent: always\npositions: {{x: [{entry}]}}\n"
            assert _both("positions", text) == (good, good), text


@pytest.mark.parametrize(("line", "good"), OF_PARTY)
def test_forms_of_a_party(line: str, good: bool) -> None:
    lines = {"id": "id: p", "name": "name: P", "role": "role: principal", "consent": "consent: always"}
    lines[line.partition(":")[0]] = line
    assert _both("positions", "\n".join(lines.values()) + "\n") == (good, good)


@pytest.mark.parametrize(
    ("block", "good"),
    [
        ("{protocol: vote}", True),
        ("{tactics: {p: linear, q: {tactic: boulware, exponent: [2, 5]}}, delay_cost: {p: [0, 0.1]}}", True),
        ("{tactics: {p: {exponent: 2}}}", False),
        ("{rounds: 501}", False),
        ("{candidates: {changes: 4}}", False),
        ("{candidates: {texts: {t: {x: a}}}, temperature: 3}", True),
        ("{proposers: []}", False),
    ],
)
def test_forms_of_talks(block: str, good: bool) -> None:
    text = "title: T\nproposal: {date: 2022-01-01, summary: S, terms: {x: {option: a, basis: assumed}}}\n"
    assert _both("scenario", f"{text}negotiation: {block}\n") == (good, good)


def _both(kind: str, text: str) -> tuple[bool, bool]:
    """Whether the model takes a text, and whether its schema does."""
    plain = nodes.to_plain(read_yaml(text, "x.yaml"))
    model = KINDS[kind][1]
    assert model is not None
    if kind == "scenario":
        assert isinstance(plain, dict)
        # what loading adds
        plain = {**plain, "id": "x"}
        domain = {
            "issues": {"title": "T", "issues": {"x": {"question": "Q?", "options": {"a": "A.", "b": "B."}}}},
            "sources": {"sources": {}, "actors": {}},
            "evidence": (),
            "positions": {"p": {"id": "p", "name": "P", "role": "principal", "consent": "always"}},
        }
        content: Any = {**plain, "domain": domain}
        plain.pop("id")
    else:
        content = plain
    try:
        model.model_validate(content, by_alias=True, by_name=False)
        taken = True
    except ValueError:
        taken = False
    return taken, not list(CHECKS[kind].iter_errors(json.loads(json.dumps(plain))))


@pytest.mark.parametrize(
    ("line", "good"),
    [
        ("us.fighting.importance: minor", True),
        ("us.fighting.importance: tiny", False),
        ("us.fighting: {ranking: [a, b], importance: major, red_lines: none}", True),
        ("us.fighting: {rankings: [a, b]}", False),
        ("us.fighting: unknown", True),
        ("us.fighting.weight: 0.2..0.4", True),
        ("us.fighting.weight: [0.2, 0.4]", True),
        ("us.fighting.weight: heavy", False),
        ("us.fighting.red_lines: [a, {option: b, holds: 0.1..0.2}]", True),
        ("us.fighting.red_lines: [{opton: b}]", False),
        ("us.refuses: none", True),
        ("us.refuses: {some_line: none}", True),
        ("us.refuses: some", False),
        ("proposal.donbas: open", True),
        ("us: minor", False),
        ("negotiation.rounds: 30", True),
    ],
)
def test_forms_of_edits(line: str, good: bool) -> None:
    assert (faults("edits/x.yaml", f"title: T\nedits:\n  {line}\n") == []) is good


def test_edits_without_title_are_refused_by_both(tmp_path: Path) -> None:
    (tmp_path / "e.yaml").write_text("edits:\n  us.x.importance: minor\n", encoding="utf-8")
    assert faults("edits/e.yaml", "edits:\n  us.x.importance: minor\n")
    with pytest.raises(Complaints):
        read_edits(tmp_path / "e.yaml")


# --- commands -------------------------------------------------------------------------------------


def test_the_command_prints_one_or_all_and_writes_them(tmp_path: Path) -> None:
    run = CliRunner().invoke
    one = run(app, ["schema", "positions"])
    assert json.loads(one.stdout) == file_schema("positions")
    both = json.loads(run(app, ["schema"]).stdout)
    assert both["$defs"] == {kind: file_schema(kind) for kind in KINDS}
    assert run(app, ["schema", "--write", str(tmp_path / "s")]).exit_code == 0
    assert {f.name for f in (tmp_path / "s").iterdir()} == {f"{kind}.json" for kind in KINDS}
    wrong = run(app, ["schema", "position"])
    assert wrong.exit_code == 2
    assert "did you mean positions?" in " ".join(wrong.stderr.split())


@pytest.mark.parametrize("command", [["talks", "--negotiation", "--parties", "a,b", "--issues", "x,y"], ["mine.yaml"]])
def test_the_line_for_editors_leads_to_the_schema(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, ["new", *command]).exit_code == 0
    files = list(tmp_path.rglob("*.yaml"))
    assert files
    for file in files:
        text = file.read_text(encoding="utf-8")
        first = text.partition("\n")[0]
        start = "# yaml-language-server: $schema="
        assert first.startswith(start)
        found = json.loads((file.parent / first.removeprefix(start)).read_text(encoding="utf-8"))
        assert found == file_schema(kind_of(str(file)))
        assert faults(str(file), text) == []


def test_what_a_new_negotiation_comments_on_is_valid_too(tmp_path: Path) -> None:
    """Comments taken away, the files are still in order: what they propose can be written."""
    made = negotiation(["Union", "Board"], ["pay", "working hours"], tmp_path)
    issues, union = made["domain/issues.yaml"], made["domain/positions/union.yaml"]
    bare = issues.replace("# constraints:", "constraints:").replace("\n#   ", "\n  ")
    bare = bare.replace("  id,date", "#  id,date")
    assert "constraints" in read_yaml(bare, "issues.yaml").items  # type: ignore[union-attr]
    assert faults("domain/issues.yaml", bare) == []
    bare = (
        union.replace("# refuses:", "refuses:")
        .replace("\n#   ", "\n  ")
        .replace("      # red_lines", "      red_lines")
    )
    assert "red_lines: [{option: as_now" in bare
    assert faults("domain/positions/union.yaml", bare) == []
