"""Files as they are in the wild: what Genius reads is read, with a warning where it is more than it seems.

Small files with the features of the tournaments' files and of those that NegMAS writes; the values are worked out by
hand from what Genius does.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from sim.interop.additive import Imported
from sim.interop.formats import read_files
from sim.interop.xml import read_xml
from tests.exchange import CAR, CAR_BUYER, CAR_DOMAIN, CAR_SELLER, changed, sim, write
from tests.interop.test_genius import faults, read, warnings


def profile(*issues: str, weights: tuple[float, ...] = (), type: str = "", more: str = "") -> str:
    """A profile around issues, weighed alike unless told otherwise."""
    shares = weights or (1 / len(issues),) * len(issues)
    held = "".join(f'<weight index="{k}" value="{w}"/>' for k, w in enumerate(shares, 1))
    said = f' type="{type}"' if type else ""
    return (
        f'<utility_space{said}><objective index="0" name="d">{held}{"".join(issues)}</objective>{more}</utility_space>'
    )


def issue(index: int, name: str, **items: float) -> str:
    held = "".join(f'<item index="{k}" value="{v}" evaluation="{e}"/>' for k, (v, e) in enumerate(items.items(), 1))
    return f'<issue index="{index}" name="{name}" type="discrete">{held}</issue>'


def one(folder: Path, text: str | bytes, **options: bool) -> Imported:
    return read_files(write(folder, {"p.xml": text}), **options)


# --- XML that is none ------------------------------------------------------------------------


def test_a_bare_ampersand_is_read_as_it_stands(tmp_path: Path) -> None:
    text = profile(issue(1, "A", **{"Tea & cake": 1, "R&amp;D": 2}), issue(2, "&", x=1, y=2))
    imported = one(tmp_path, text)
    assert imported.domain.issues[0].options == ("Tea & cake", "R&D")
    assert imported.domain.issues[1].name == "&"
    [warning] = imported.warnings
    assert (warning.what, warning.hint) == ("a bare & (2 of them), read as it stands", "XML writes it &amp;")
    assert warning.place.column == text.index("&") + 1
    assert warning.place.text == text


def test_places_behind_a_bare_ampersand_are_those_of_the_file(tmp_path: Path) -> None:
    """One in a comment is none; ``&auml;`` is still an entity that XML does not know."""
    root = read_xml(b"<!-- R&D --><a x='B&B' y='1&2'>\n <b z='\xc3\xa4 & c' w='1'/></a>", "f.xml")
    assert root.attributes == {"x": "B&B", "y": "1&2"}
    [b] = root.children
    assert b.attributes == {"z": "ä & c", "w": "1"}
    assert str(b.at("w")) == "f.xml:2:15"
    assert b.at("w").text == " <b z='ä & c' w='1'/></a>"
    assert [w.what for w in root.document.warnings] == ["a bare & (3 of them), read as it stands"]
    assert not read_xml(b"<!-- R&D --><a x='&#38;'/>", "f.xml").document.warnings
    # a text that uses the sign which stands in for it
    assert read_xml("<a x='\ue000 & \ue001'/>".encode(), "f.xml").attributes == {"x": "\ue000 & \ue001"}


def test_bytes_of_no_declared_encoding_are_windows_1252(tmp_path: Path) -> None:
    text = profile(issue(1, "Cost", **{"€ 50": 1, "€ 90": 2}))
    imported = one(tmp_path, text.encode("cp1252"))
    assert imported.domain.issues[0].options == ("€ 50", "€ 90")
    [warning] = imported.warnings
    assert warning.what == "byte 0x80 is not UTF-8, and no encoding is declared: read as windows-1252"
    assert (warning.place.column, warning.place.text) == (text.index("€") + 1, text)
    assert not one(tmp_path, text).warnings
    # a file that says what it is in is held to that
    assert not one(tmp_path, f"<?xml version='1.0' encoding='cp1252'?>{text}".encode("cp1252")).warnings


@pytest.mark.parametrize("before", ["\n  ", "<!-- profile 1 -->\n", "\n<!-- a -->\n<!-- b -->"])
def test_blanks_and_comments_may_stand_before_the_declaration(tmp_path: Path, before: str) -> None:
    text = f"{before}<?xml version='1.0' encoding='latin-1'?>\n{CAR_BUYER}"
    assert one(tmp_path, text.encode("latin-1")).domain.issues[0].options[1] == "Weiß"
    root = read_xml(text.encode("latin-1"), "f.xml")
    assert root.place.line == before.count("\n") + 2


# --- options ---------------------------------------------------------------------------------


def test_an_item_that_stands_there_twice_counts_once(tmp_path: Path) -> None:
    text = profile(issue(1, "Pay", a=8, b=4)).replace(
        "</issue>", '<item index="3" value="a" evaluation="8.0"/></issue>'
    )
    imported = one(tmp_path, text)
    assert imported.domain.issues[0].options == ("a", "b")
    assert imported.domain.parties[0].values == ((1, 0.5),)
    assert warnings(imported) == ["issue Pay: the item a stands there twice, and counts once"]
    domain = changed(CAR_DOMAIN, '<item index="2" value="Weiß"/>', '<item value="Weiß"/>' * 2)
    domain = changed(domain, '<item index="3" value="none"/>', '<item value="none"/>' * 2)
    twice = read(tmp_path / "domain", domain=domain)
    assert twice.domain == read(tmp_path / "plain").domain
    assert warnings(twice) == ["issue Colour: 2 items, Weiß among them, stand there twice, and count once"]


def test_an_issue_of_more_than_a_thousand_options_is_read_and_run(tmp_path: Path) -> None:
    """The commonest domain of all divides a pie in 1,001 pieces."""
    pieces = {f"s{k}": k for k in range(1001)}
    files = {
        "a.xml": profile(issue(1, "Pie", **pieces)),
        "b.xml": profile(issue(1, "Pie", **{name: 1000 - k for name, k in pieces.items()})),
    }
    done = sim("import", *write(tmp_path / "in", files), "--out", tmp_path / "pie", "--text", "Pie=s250")
    assert done.exit_code == 0, done.stderr
    done = sim("run", tmp_path / "pie/text.yaml", "--draws", 100, "--format", "csv", "--no-save")
    assert done.exit_code == 0, done.stderr
    gains = [row for row in (line.split(",") for line in done.stdout.splitlines()) if row[2] == "gain"]
    assert {row[1]: float(row[3]) for row in gains} == pytest.approx({"a": 0.25, "b": 0.75}, abs=1e-3)


def test_items_the_domain_has_not_are_idle_but_divide(tmp_path: Path) -> None:
    """As Genius: the largest evaluation is the file's, also where no package can have its option."""
    more = changed(
        CAR_BUYER, 'evaluation="1"/>\n    </issue>', 'evaluation="1"/><item value="red" evaluation="20"/></issue>'
    )
    imported = read(tmp_path, buyer=more)
    assert imported.domain.issues[0].options == ("Racing green", "Weiß", "none")
    assert imported.domain.parties[0].values[0] == (0.5, 0.2, 0.05)
    [warning] = warnings(imported)
    assert warning.startswith("issue Colour: the domain has no option red; the largest evaluation may be theirs")
    # beside a missing one it is a fault
    [missing, strange] = faults(tmp_path / "other", buyer=changed(CAR_BUYER, 'value="Weiß"', 'value="white"'))
    assert missing.endswith("no evaluation of Weiß")
    assert strange.endswith("the domain has no option white")


def test_a_name_at_another_index_says_what_genius_would_do(tmp_path: Path) -> None:
    swapped = CAR_SELLER.replace('name="Colour"', 'name="?"').replace('name="Price"', 'name="Colour"')
    done = sim(
        "import", *write(tmp_path, CAR | {"seller.xml": swapped.replace("?", "Price")}), "--out", tmp_path / "out"
    )
    assert done.exit_code == 3
    assert "Genius goes by the index and takes no note of the name" in done.stderr


# --- ranges ----------------------------------------------------------------------------------


def test_a_range_inside_the_domains(tmp_path: Path) -> None:
    """Options are the domain's 1 to 5; the line starts at the profile's own lower bound, cut to 0 to 1."""
    narrow = changed(CAR_BUYER, 'lowerbound="1" upperbound="5"', 'lowerbound="2" upperbound="4"')
    imported = read(tmp_path, buyer=narrow)
    assert imported.domain.issues[1].options == ("1", "2", "3", "4", "5")
    assert imported.domain.parties[0].values[1] == (0, 0, 0.25, 0.5, 0.75)
    [warning] = warnings(imported)
    assert warning.startswith("issue Warranty (years): from 2 to 4; in the domain 1 to 5: the domain's numbers are")
    # a single number is a range too, as long as the domain has more
    point = changed(CAR_BUYER, 'lowerbound="1" upperbound="5"', 'lowerbound="3" upperbound="3"')
    assert read(tmp_path / "point", buyer=point).domain.parties[0].values[1] == (0, 0, 0, 0.25, 0.5)
    for low, high in ((0, 5), (6, 7), (4, 2)):
        other = changed(CAR_BUYER, 'lowerbound="1" upperbound="5"', f'lowerbound="{low}" upperbound="{high}"')
        assert f"from {low} to {high}; in the domain 1 to 5" in faults(tmp_path / str(low), buyer=other)[0]


# --- utilities that go by another name -------------------------------------------------------


def test_an_uncertain_profile_is_a_sum(tmp_path: Path) -> None:
    more = "<comparisons>\n10\n</comparisons><errors>0</errors><fixed_seed>true</fixed_seed>"
    text = profile(issue(1, "A", x=1, y=4), issue(2, "B", p=3, q=1), weights=(0.4, 0.6), more=more, type="UNCERTAIN")
    imported = one(tmp_path, text)
    [party] = imported.domain.parties
    assert (party.weights, party.values) == ((0.4, 0.6), ((0.25, 1), (1, 1 / 3)))
    assert warnings(imported) == [
        "utility_space: of type UNCERTAIN: read as the sum it holds; how little its agent is shown of it is not "
        "carried (comparisons, errors, fixed_seed)"
    ]
    # these tags elsewhere are told as any other
    assert "errors: is not carried" in warnings(one(tmp_path, text.replace("UNCERTAIN", "linear")))


NEGMAS = """\
<utility_space number_of_issues="3">
<objective index="1" etype="objective" type="objective" description="" name="any">
<issue index="1" etype="discrete" type="discrete" vtype="discrete" name="col">
    <item index="1" value="a" evaluation="0.4" /><item index="2" value="b" evaluation="0.2" />
</issue>
<issue index="2" etype="discrete" type="discrete" vtype="integer" name="years">
    <item index="1" value="2" evaluation="0.25" /><item index="2" value="3" evaluation="0.5" />
    <item index="3" value="4" evaluation="0.75" /><item index="4" value="5" evaluation="1" />
</issue>
<issue index="3" etype="real" type="real" vtype="real" name="price">
    <evaluator ftype="linear" parameter0="0.0" parameter1="0.5"></evaluator>
</issue>
<weight index="1" value="0.5"></weight><weight index="2" value="0.25"></weight><weight index="3" value="0.25"></weight>
</objective>
<discount_factor value="1.0" /><reservation value="0.4" />
</utility_space>
"""
NEGMAS_DOMAIN = """\
<negotiation_template><utility_space number_of_issues="3"><objective index="0" name="root">
<issue etype="discrete" index="1" name="col" type="discrete" vtype="discrete"><item value="a"/><item value="b"/></issue>
<issue etype="integer" index="2" name="years" type="integer" vtype="integer" lowerbound="2" upperbound="5" />
<issue etype="real" index="3" name="price" type="real" vtype="real"><range lowerbound="0.0" upperbound="1.0"></range>
</issue></objective></utility_space></negotiation_template>
"""


def test_a_file_of_negmas_is_read_and_its_division_told(tmp_path: Path) -> None:
    paths = write(tmp_path, {"d.xml": NEGMAS_DOMAIN, "u.xml": NEGMAS})
    imported = read_files(paths, 5)
    assert [i.options for i in imported.domain.issues] == [
        ("a", "b"),
        ("2", "3", "4", "5"),
        ("0", "0.25", "0.5", "0.75", "1"),
    ]
    assert imported.domain.parties[0].values == ((1, 0.5), (0.25, 0.5, 0.75, 1), (0, 0.125, 0.25, 0.375, 0.5))
    assert warnings(imported)[1:] == [
        "issue years: items here and an integer in the domain, as NegMAS writes it: read by their numbers",
        "issue price: has no range: the domain's, 0 to 1, is taken (NegMAS writes it so)",
        "evaluations: evaluations are divided by the largest, 0.4 on col, as in Genius; NegMAS wrote this file and "
        "takes them as they stand, so acceptance may differ",
    ]
    straight = read_files(paths, 5, True)
    assert straight.domain.parties[0].values == ((0.4, 0.2), (0.25, 0.5, 0.75, 1), (0, 0.125, 0.25, 0.375, 0.5))
    assert not [w for w in straight.warnings if w.where == "evaluations"]
    assert straight.domain.parties[0].notes[0].startswith("Evaluations are as written")
    # of the range only some numbers are options; the others are no strange items
    assert read_files(paths, 2).domain.parties[0].values[1] == (0.25, 1)
    # the profile alone does not say what its range is
    done = sim("import", paths[1], "--out", tmp_path / "out")
    assert "issue price: has no range" in done.stderr
    assert "NegMAS writes it in the domain alone: name that file too" in done.stderr


def test_acceptance_is_that_of_the_writer_where_asked_for(tmp_path: Path) -> None:
    """Worth 0.35 with a reservation of 0.4: refused by who wrote it so, accepted once 0.35 is divided by itself."""
    text = profile(issue(1, "A", x=0.35, y=0.1), more='<reservation value="0.4"/>')
    for options, accepts in (((), True), (("--as-written",), False)):
        out = tmp_path / f"out{len(options)}"
        done = sim("import", *write(tmp_path / "in", {"u.xml": text}), "--out", out, *options)
        assert ("--as-written takes them as they stand" in done.stderr) == accepts
        done = sim("run", out / "best_for_u.yaml", "--draws", 50, "--no-save", "--format", "json")
        assert json.loads(done.stdout)["joint_acceptability"]["estimate"] == accepts


def test_as_written_values_above_one_keep_their_utilities(tmp_path: Path) -> None:
    text = profile(issue(1, "A", x=4, y=1), issue(2, "B", p=0.5, q=0.25), weights=(0.2, 0.2))
    [party] = one(tmp_path, text, as_written=True).domain.parties
    assert [party.of((a, b)) for a in (0, 1) for b in (0, 1)] == pytest.approx([0.9, 0.85, 0.3, 0.25], abs=1e-12)
    assert max(map(max, party.values)) <= 1


def test_as_written_is_for_files_of_genius(tmp_path: Path) -> None:
    from tests.exchange import JOB

    done = sim("import", *write(tmp_path, JOB), "--out", tmp_path / "out", "--as-written")
    assert done.exit_code == 3
    assert done.stderr.startswith("--as-written:1:1: error: --as-written: is for files of Genius")


# --- time ------------------------------------------------------------------------------------


def test_a_discount_factor_is_a_cost_of_delay(tmp_path: Path) -> None:
    """The best package of the buyer is worth 1; by the last of 20 rounds a factor of 0.62 takes 0.38 of it."""
    late = CAR_BUYER.replace("</objective>", '</objective><discount_factor value="0.62"/>')
    paths = write(tmp_path, CAR | {"buyer.xml": late})
    done = sim("import", *paths, "--out", tmp_path / "car")
    assert "discount_factor: a discount factor of 0.62 becomes a cost of delay of 0.02 a round of 20" in done.stderr
    text = yaml.safe_load((tmp_path / "car/best_for_seller.yaml").read_text())
    assert text["negotiation"] == {"rounds": 20, "delay_cost": {"buyer": 0.02}}
    done = sim(
        "run", tmp_path / "car/best_for_seller.yaml", "--draws", 50, "--no-save", "--protocol", "alternating_offers"
    )
    assert done.exit_code == 0, done.stderr
    assert "delay" in done.stdout
    # alone at the table nobody waits, a factor of 1 takes nothing, one that is no number is none, as in Genius
    assert warnings(one(tmp_path, late)) == [
        "discount_factor: a discount factor of 0.62 is not carried: one party has nobody to talk with"
    ]
    assert one(tmp_path, late.replace("0.62", "1")).warnings == ()
    assert warnings(one(tmp_path, late.replace("0.62", "s"))) == [
        "discount_factor: 's' is no number, and counts as none, as in Genius"
    ]
