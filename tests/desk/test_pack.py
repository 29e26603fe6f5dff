"""The page's own modules, in Node, against the engine: every count of every text, to the draw."""

from __future__ import annotations

import base64
import gzip
import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given

import sim
from sim.desk.pack import FORMAT, Pack, Packing, draw_pack
from sim.engine.acceptability import TIE
from sim.engine.packages import Packages
from sim.engine.preferences import preferences_of
from sim.engine.profiles import Case, compile_case
from sim.files.ceilings import PAGE_DRAWS
from sim.scenario import schema
from tests import domains, spaces
from tests.desk.reference import expected, packages

NODE = shutil.which("node")
STATIC = Path(sim.__file__).parent / "desk" / "static"
needs_node = pytest.mark.skipif(NODE is None, reason="NODE IS NOT INSTALLED: the page's engine is not tested")


def agree(items: Iterable[tuple[Pack, list[dict[str, Any]]]], folder: Path, **how: bool) -> Any:
    """What ``agree.mjs`` says of packs and what is expected of them."""
    cases = folder / "cases.json"
    cases.write_text(json.dumps([{"pack": pack.document(**how), "texts": texts} for pack, texts in items]))
    return said_of(cases, STATIC)


def said_of(cases: Path, static: Path, *words: str) -> Any:
    """What ``agree.mjs`` says of cases in a file and the page's modules in a folder."""
    assert NODE is not None
    command = [NODE, str(Path(__file__).with_name("agree.mjs")), str(static), str(cases), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def shipped(name: str, n: int, **options: Any) -> tuple[Pack, list[dict[str, Any]]]:
    """A text of the library with ``n`` packages of its space."""
    loaded = sim.load(name, draws=PAGE_DRAWS, **options)
    case = compile_case(loaded.scenario)
    return draw_pack(loaded), expected(case, packages(case, n))


def drawn(case: Case, rows: Sequence[Packages]) -> tuple[Pack, list[dict[str, Any]]]:
    return Packing(case).pack("0", {}), expected(case, rows)


@needs_node
def test_a_text_and_its_neighbours_are_counted_as_the_engine_counts(tmp_path: Path) -> None:
    pack, texts = shipped("istanbul", 40)
    texts[0]["changes"] = True
    answer = agree([(pack, texts)], tmp_path)
    assert answer == {"texts": 40, "wrong": 0, "examples": []}


@needs_node
@pytest.mark.parametrize("mode", ["all", "articles", "firm"])
def test_all_shipped_texts(mode: str, tmp_path: Path) -> None:
    files = sorted(p for p in Path(sim.__file__).parent.parent.joinpath("scenarios").glob("**/*.yaml"))
    names = [str(p) for p in files if p.parent.name in ("scenarios", "austria_1955")]
    assert len(names) > 20
    answer = agree([shipped(name, 1, evidence=mode) for name in names], tmp_path)
    assert (answer["texts"], answer["wrong"]) == (len(names), 0), answer["examples"]


@needs_node
@pytest.mark.parametrize(
    ("name", "n"),
    [("istanbul", 200), ("us_28_points_2025", 60), ("scenarios/austria_1955/state_treaty_1955.yaml", 60)],
)
def test_many_packages(name: str, n: int, tmp_path: Path) -> None:
    answer = agree([shipped(name, n)], tmp_path)
    assert (answer["texts"], answer["wrong"]) == (n, 0), answer["examples"]


@needs_node
def test_double_precision(tmp_path: Path) -> None:
    answer = agree([shipped("twenty_points_2025", 40)], tmp_path, exact=True)
    assert answer["wrong"] == 0, answer["examples"]


@needs_node
def test_random_scenarios(tmp_path: Path) -> None:
    items: list[tuple[Pack, list[dict[str, Any]]]] = []

    @domains.quick(250)
    @given(domains.scenarios(most_parties=3, open_issues=True, constrained=True))
    def collect(it: schema.Scenario) -> None:
        case = compile_case(it.model_copy(update={"draws": 512}))
        items.append(drawn(case, packages(case, 4)))

    collect()
    assert len(items) >= 250
    answer = agree(items, tmp_path, exact=True)
    assert answer["wrong"] == 0, answer["examples"]


@needs_node
def test_exact_ties_and_alliances(tmp_path: Path) -> None:
    """Weights and values in tenths, so that gains of exactly nothing are common."""
    rng = np.random.default_rng(5)
    items, ties = [], 0
    for k in range(120):
        case = spaces.random_case(rng, integers=k % 3 > 0, several=k % 2 > 0)
        rows = spaces.every_package(case)
        tied = np.zeros(len(rows), int)
        for own in preferences_of(case, 0):
            for number, gain in own.gains(case.space.seen(rows, own.profile.id)):
                tied[number] += bool((np.abs(gain[: case.scenario.draws]) <= TIE).all())
        # Those first that leave most parties indifferent.
        chosen = np.argsort(-tied, kind="stable")[:24]
        ties += int(tied[chosen].sum())
        items.append(drawn(case, [case.text, *rows[chosen]]))
    assert ties >= 900
    answer = agree(items, tmp_path)
    assert (answer["texts"], answer["wrong"]) == (120 * 25, 0), answer["examples"]


#: Changes of the page's modules that make it wrong: file, text, what stands in its place.
MUTANTS = [
    ("party.js", "export const TIE = 1e-12", "export const TIE = -1e-12"),
    ("party.js", "if (other[d] > own[d] ||", "if (other[d] < own[d] ||"),
    ("party.js", "least[d] += apart ? -p : p * (worst[d] - highest[d]);", "least[d] += p * (worst[d] - highest[d]);"),
    ("party.js", "share >= 1 - quota - TIE", "share > quota"),
    ("texts.js", "if (text[issue] !== OPEN) out[issue] = option;", "out[issue] = option;"),
    ("texts.js", "&& !broken(r, text));", ");"),
    ("texts.js", ".filter(k => !parties[k].silent)", ""),
    ("answer.js", 'const at = line.kind === "red_line" ? text : seen;', "const at = seen;"),
    ("answer.js", 'without(firm, own.binds(line, "high"));', "without(firm, own.binds(line));"),
    ("answer.js", "if (line.layer <= 1) without(read", "if (line.layer <= 2) without(read"),
    ("answer.js", "const often = [...lines.keys()].filter(k => crossed[k] && 2 * crossed[k] >= refused)",
     "const often = [...lines.keys()].filter(k => crossed[k])"),
]  # fmt: skip


def corner() -> Case:
    """A vote that is lost at exactly one half, and an alliance with a member on whom the sources are silent."""
    voters = {"by": "majority", "of": "voters", "quota": 0.5}
    against = [domains.line("x", holds=[0.5, 0.5])]
    people = {
        "public": domains.party({"a": domains.position("xy", red_lines=against)}, role="ratifier", decides=voters),
        "quiet": domains.party(),
        "bloc": domains.party({"b": domains.position("xy")}, role="alliance", members=["quiet"]),
    }
    terms = {"a": "x", "b": "x"}
    return domains.case({"a": ["x", "y"], "b": ["x", "y"]}, people, terms, {"k": {"a": "y", "b": "y"}}, draws=64)


@needs_node
def test_a_page_that_counts_otherwise_is_caught(tmp_path: Path) -> None:
    """Each mutant, on texts that the right page counts as the engine does."""
    rng = np.random.default_rng(11)
    items = [shipped("us_28_points_2025", 12), shipped("istanbul", 12)]
    items.append(drawn(corner(), [corner().text]))
    for k in range(24):
        case = spaces.random_case(rng, integers=k % 3 > 0, several=k % 2 > 0)
        items.append(drawn(case, [case.text, *packages(case, 12, seed=k)] if case.outcomes else [case.text]))
    assert agree(items, tmp_path)["wrong"] == 0
    unnoticed = []
    for number, (file, old, new) in enumerate(MUTANTS):
        mutant = tmp_path / str(number)
        shutil.copytree(STATIC, mutant)
        source = (mutant / file).read_text(encoding="utf-8")
        assert source.count(old) == 1, f"{file}: {old}"
        (mutant / file).write_text(source.replace(old, new), encoding="utf-8")
        if not said_of(tmp_path / "cases.json", mutant, "first")["wrong"]:
            unnoticed.append((file, old))
    assert not unnoticed


def test_what_a_pack_holds() -> None:
    loaded = sim.load("istanbul", draws=100, seed=7)
    document = draw_pack(loaded).document()
    assert document["format"] == FORMAT
    assert (document["draws"], document["seed"], document["scenario"]["sha256"]) == (100, 7, loaded.sha256)
    planes = gzip.decompress(base64.b64decode(document["blob"]))
    assert len(planes) == 4 * document["rows"] * 100
    rows = np.frombuffer(planes, np.uint8).reshape(4, -1).T.copy().view("<f4").reshape(-1, 100)
    russia = document["parties"][0]
    [number] = russia["weights"]["raw"][0]
    own = preferences_of(compile_case(loaded.scenario), 0)[0]
    assert (rows[number] == own.exponentials[0][:100].astype(np.float32)).all()


def test_every_key_is_documented() -> None:
    told = set(re.findall(r"`(\w+)`", (Path(sim.__file__).parent / "desk" / "README.md").read_text(encoding="utf-8")))
    missing = _keys(draw_pack(sim.load("istanbul", draws=20)).document()) - told
    assert not missing


def _keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {*value}.union(*(_keys(inner) for key, inner in value.items() if key != "texts"))
    return set().union(*map(_keys, value)) if isinstance(value, list) else set()
