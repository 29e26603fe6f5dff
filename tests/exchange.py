"""A small domain in the formats of the field, written from their descriptions, and random cardinal ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from sim.cli import app
from sim.interop.additive import NamedIssue, Utilities, UtilityDomain

CAR_DOMAIN = """\
<negotiation_template>
  <utility_space number_of_issues="3">
    <objective index="0" name="A used car" type="objective" etype="objective">
      <issue index="1" name="Colour" type="discrete" etype="discrete">
        <item index="1" value="Racing green"/>
        <item index="2" value="Weiß"/>
        <item index="3" value="none"/>
      </issue>
      <issue index="2" name="Warranty (years)" type="integer" etype="integer" lowerbound="1" upperbound="5"/>
      <issue index="3" name="Price" vtype="discrete">
        <item index="1" value="9,000"/>
        <item index="2" value="10,000"/>
        <item index="3" value="11,500"/>
      </issue>
    </objective>
  </utility_space>
</negotiation_template>
"""

CAR_BUYER = """\
<utility_space type="linear">
  <objective index="0" name="A used car" type="objective" etype="objective">
    <weight index="1" value="0.2"/>
    <weight index="2" value="0.3"/>
    <weight index="3" value="0.5"/>
    <issue index="1" name="Colour" type="discrete" etype="discrete">
      <item index="1" value="Racing green" evaluation="10"/>
      <item index="2" value="Weiß" evaluation="4"/>
      <item index="3" value="none" evaluation="1"/>
    </issue>
    <issue index="2" name="Warranty (years)" type="integer" etype="integer" lowerbound="1" upperbound="5">
      <evaluator ftype="linear" offset="0" slope="0.25"/>
    </issue>
    <issue index="3" name="Price" type="discrete" etype="discrete">
      <item index="1" value="9,000" evaluation="5"/>
      <item index="2" value="10,000" evaluation="3"/>
      <item index="3" value="11,500" evaluation="0"/>
    </issue>
  </objective>
  <reservation value="0.45"/>
</utility_space>
"""

CAR_SELLER = """\
<utility_space type="linear">
  <objective index="0" name="A used car" type="objective" etype="objective">
    <issue index="3" name="Price" type="discrete" etype="discrete">
      <item index="3" value="11,500" evaluation="50"/>
      <item index="2" value="10,000" evaluation="30"/>
      <item index="1" value="9,000" evaluation="0"/>
    </issue>
    <issue index="1" name="Colour">
      <item value="Racing green" evaluation="2"/>
      <item value="Weiß" evaluation="2"/>
      <item value="none" evaluation="2"/>
    </issue>
    <issue index="2" name="Warranty (years)" type="integer">
      <range lowerbound="1" upperbound="5"/>
      <evaluator ftype="linear" offset="1.5" slope="-0.5"/>
    </issue>
    <weight index="1" value="0.1"/>
    <weight index="2" value="0.3"/>
    <weight index="3" value="0.6"/>
  </objective>
</utility_space>
"""

CAR = {"domain.xml": CAR_DOMAIN, "buyer.xml": CAR_BUYER, "seller.xml": CAR_SELLER}

JOB_DOMAIN: dict[str, Any] = {
    "name": "A job",
    "issuesValues": {
        "lease car": {"values": ["yes", "no"]},
        "salary": {"range": [2000, 4000, 500]},
    },
}


def job_profile(name: str = "employee", spelling: tuple[str, str] = ("discreteutils", "numberutils")) -> dict[str, Any]:
    """A linear additive profile of GeniusWeb, in one of the two spellings of its utilities."""
    discrete, numbers = spelling
    return {
        "LinearAdditiveUtilitySpace": {
            "name": name,
            "domain": JOB_DOMAIN,
            "issueUtilities": {
                "salary": {numbers: {"lowValue": 2000, "lowUtility": 0.2, "highValue": 4000, "highUtility": 1}},
                "lease car": {discrete: {"valueUtilities": {"yes": 0.9, "no": 0.1}}},
            },
            "issueWeights": {"lease car": 0.25, "salary": 0.75},
            "reservationBid": {"issuevalues": {"lease car": "no", "salary": 3000}},
        }
    }


JOB = {"domain.json": json.dumps(JOB_DOMAIN, indent="\t"), "employee.json": json.dumps(job_profile(), indent="\t")}


def write(folder: Path, files: Mapping[str, str | bytes]) -> list[Path]:
    """Write files and return their paths, in order."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return [folder / name for name in files]


def changed(text: str, old: str, new: str) -> str:
    """A text with one place in it changed; the place must exist once."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


def sim(*args: object) -> Result:
    return CliRunner().invoke(app, list(map(str, args)))


# --- random ones ----------------------------------------------------------------------------

# words, umlauts, signs that mark up, numbers, and what cleans to the same id
NAMES = st.one_of(
    st.sampled_from(
        [
            "Hard Disk",
            "hard-disk",
            "hard_disk",
            "Größe",
            "<&>\"'",
            "10",
            "-10",
            "1.5",
            "rest",
            "type",
            "_",
            "x_",
            "yes",
            "価格",
        ]
    ),
    st.text(
        st.characters(min_codepoint=0x21, max_codepoint=0x2FF, exclude_categories=("C", "Z")), min_size=1, max_size=12
    ),
)
SHARES = st.floats(0, 1, allow_subnormal=False)


@st.composite
def cardinals(draw: st.DrawFn, issues: int = 4, topped: bool = False) -> UtilityDomain:
    """A domain of two to four options an issue, and one to three parties; ``topped``: every best option is worth 1."""
    names = draw(st.lists(NAMES, min_size=1, max_size=issues, unique=True))
    own = tuple(NamedIssue(n, tuple(draw(st.lists(NAMES, min_size=2, max_size=4, unique=True)))) for n in names)
    parties = []
    for number in range(draw(st.integers(1, 3))):
        raw = draw(st.lists(st.integers(0, 20), min_size=len(own), max_size=len(own)).filter(any))
        rows = []
        for issue in own:
            row = draw(st.lists(SHARES, min_size=len(issue.options), max_size=len(issue.options)))
            if topped:
                row[draw(st.integers(0, len(row) - 1))] = 1.0
            rows.append(tuple(row))
        weights = tuple(w / sum(raw) for w in raw)
        parties.append(Utilities(f"party {number}", weights, tuple(rows), draw(SHARES)))
    return UtilityDomain("A random domain", own, tuple(parties))
