"""What Genius XML means and how it is read: known utilities, the rules Genius has, every fault located."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from sim.files.complaints import Complaints
from sim.interop.additive import Imported
from sim.interop.formats import read_files
from tests.exchange import CAR, CAR_BUYER, CAR_DOMAIN, CAR_SELLER, changed, write


def read(folder: Path, steps: int | None = None, **files: str) -> Imported:
    """The car domain with some of its files changed; an empty text leaves a file out."""
    held = {f"{name}.xml": text for name, text in files.items()}
    return read_files(write(folder, {n: t for n, t in (CAR | held).items() if t}), steps)


def faults(folder: Path, steps: int | None = None, **files: str) -> list[str]:
    with pytest.raises(Complaints) as found:
        read(folder, steps, **files)
    return [str(c).removeprefix(f"{folder}/") for c in found.value.complaints]


def warnings(imported: Imported) -> list[str]:
    return [f"{c.where}: {c.what}" for c in imported.warnings]


def test_a_domain_written_from_the_formats_description(tmp_path: Path) -> None:
    cardinal = read(tmp_path).domain
    assert cardinal.name == "A used car"
    assert [i.name for i in cardinal.issues] == ["Colour", "Warranty (years)", "Price"]
    assert cardinal.issues[1].options == ("1", "2", "3", "4", "5")
    buyer, seller = cardinal.parties
    assert (buyer.name, buyer.weights, buyer.reservation) == ("buyer", (0.2, 0.3, 0.5), 0.45)
    # divided by the largest of the issue; a line from the lower bound
    assert buyer.values == ((1, 0.4, 0.1), (0, 0.25, 0.5, 0.75, 1), (1, 0.6, 0))
    # items and issues in another order, types left out, a line cut at 1, no reservation value
    assert seller.values == ((1, 1, 1), (1, 1, 0.5, 0, 0), (0, 0.6, 1))
    assert seller.weights == (0.1, 0.3, 0.6)
    assert seller.reservation == 0
    assert buyer.of((1, 2, 1)) == pytest.approx(0.2 * 0.4 + 0.3 * 0.5 + 0.5 * 0.6, abs=1e-15)


def test_without_a_file_of_its_own_the_domain_is_the_first_profiles(tmp_path: Path) -> None:
    whole = read(tmp_path / "whole").domain
    bare = read(tmp_path / "bare", domain="").domain
    assert bare == whole
    # a bare utility_space without anybody's weights is a domain too
    space = CAR_DOMAIN.replace("<negotiation_template>\n", "").replace("</negotiation_template>\n", "")
    assert read(tmp_path / "space", domain=space).domain == whole


def test_weights_below_one_keep_every_utility(tmp_path: Path) -> None:
    short = changed(CAR_BUYER, '<weight index="3" value="0.5"/>', '<weight index="3" value="0.3"/>')
    imported = read(tmp_path, buyer=short)
    buyer = imported.domain.parties[0]
    assert sum(buyer.weights) == pytest.approx(1, abs=1e-12)
    assert buyer.reservation == 0.45
    values = ((1, 0.4, 0.1), (0, 0.25, 0.5, 0.75, 1), (1, 0.6, 0))
    for package in itertools.product(range(3), range(5), range(3)):
        plain = sum(w * row[o] for w, row, o in zip((0.2, 0.3, 0.3), values, package, strict=True))
        assert buyer.of(package) == pytest.approx(plain, abs=1e-12)
    assert any(w.startswith("weights: the weights sum to 0.8") for w in warnings(imported))


def test_weights_above_one_keep_every_acceptance(tmp_path: Path) -> None:
    long = changed(CAR_BUYER, '<weight index="3" value="0.5"/>', '<weight index="3" value="1.5"/>')
    imported = read(tmp_path, buyer=long)
    buyer = imported.domain.parties[0]
    values = ((1, 0.4, 0.1), (0, 0.25, 0.5, 0.75, 1), (1, 0.6, 0))
    for package in itertools.product(range(3), range(5), range(3)):
        plain = sum(w * row[o] for w, row, o in zip((0.2, 0.3, 1.5), values, package, strict=True))
        assert 2 * (buyer.of(package) - buyer.reservation) == pytest.approx(plain - 0.45, abs=1e-12)
    assert any(w.startswith("weights: the weights sum to 2") for w in warnings(imported))


def test_issues_in_groups_are_weighed_by_their_own_weights(tmp_path: Path) -> None:
    issue = CAR_BUYER[CAR_BUYER.index('    <issue index="2"') : CAR_BUYER.index('    <issue index="3"')]
    weight = '    <weight index="2" value="0.3"/>\n'
    group = f'    <objective index="9" name="Service">\n{weight}{issue}    </objective>\n'
    grouped = changed(
        changed(CAR_BUYER, issue, group), f"{weight}    <weight", '    <weight index="9" value="1"/>\n    <weight'
    )
    imported = read(tmp_path, buyer=grouped)
    assert imported.domain.parties[0] == read(tmp_path / "plain").domain.parties[0]
    assert any(w.startswith("objective: issues are grouped") for w in warnings(imported))


def test_an_issue_on_which_nothing_is_worth_anything(tmp_path: Path) -> None:
    flat = CAR_SELLER.replace('evaluation="2"', 'evaluation="0"')
    imported = read(tmp_path, seller=flat)
    assert imported.domain.parties[1].values[0] == (0, 0, 0)
    assert "issue Colour: no option has an evaluation above 0: it adds nothing to any utility" in warnings(imported)


def test_what_is_not_carried_is_told(tmp_path: Path) -> None:
    said = CAR_BUYER.replace("</objective>", '</objective><discount_factor value="0.9"/><report x="1"/>')
    said = changed(said, 'value="Racing green" evaluation="10"', 'value="Racing green" evaluation="10" cost="7"')
    about = CAR_DOMAIN.replace('value="Weiß"', 'value="Weiß" description="as snow"')
    imported = read(tmp_path, buyer=said, domain=about)
    assert warnings(imported) == [
        "item: descriptions are not carried",
        "item: costs of items are not carried",
        "report: is not carried",
        "discount_factor: a discount factor of 0.9 becomes a cost of delay of 0.005263 a round of 20: what it takes "
        "of the best package by the last round",
    ]
    how = "The discount factor of 0.9 stands in the texts as a cost of delay of 0.005263 a round of 20"
    assert [party.notes for party in imported.domain.parties] == [(how,), ()]
    # a factor of 1 says nothing
    same = CAR_BUYER.replace("</objective>", '</objective><discount_factor value="1.0"/>')
    assert read(tmp_path, buyer=same).warnings == ()


def test_items_of_what_is_not_read_are_no_items(tmp_path: Path) -> None:
    """As files of the tournaments have them: tables of similarity inside an issue, and Windows line ends."""
    table = (
        '<similarity_function weight="0.6"><criteria_function weight="1">{}</criteria_function></similarity_function>'
    )
    items = '<item index="1" value="Racing green" evaluation="1" description="no"/><item index="9" value="else"/>'
    said = changed(CAR_BUYER, 'evaluation="1"/>\n    </issue>', f'evaluation="1"/>\n{table.format(items)}    </issue>')
    imported = read(tmp_path, buyer=said.replace("\n", "\r\n"))
    assert imported.domain == read(tmp_path / "plain").domain
    assert warnings(imported) == ["similarity_function: is not carried"]


def test_large_and_real_ranges_become_as_many_options_as_asked_for(tmp_path: Path) -> None:
    wide = {n: t.replace('upperbound="5"', 'upperbound="1000001"') for n, t in CAR.items()}
    files = {n.removesuffix(".xml"): t for n, t in wide.items()}
    said = faults(tmp_path, **files)
    assert said == [
        "domain.xml:9:7: error: issue Warranty (years): 1000001 numbers from 1 to 1000001; up to 100 become options"
    ]
    imported = read(tmp_path, steps=3, **files)
    assert imported.domain.issues[1].options == ("1", "500001", "1000001")
    assert "issue Warranty (years): 1000001 numbers from 1 to 1000001: 3 of them are options" in warnings(imported)

    real = '<issue index="2" name="Warranty (years)" type="real"><range lowerbound="0" upperbound="1"/>{}</issue>'
    line = '<evaluator ftype="linear" parameter0="0.25" parameter1="0.5"/>'
    constant = '<evaluator ftype="constant" parameter0="0.4"/>'

    def with_real(text: str, evaluator: str) -> str:
        start = text.index('<issue index="2"')
        end = text.index("/>", start) + 2 if text is CAR_DOMAIN else text.index("</issue>", start) + 8
        return text[:start] + real.format(evaluator) + text[end:]

    files = {
        "domain": with_real(CAR_DOMAIN, ""),
        "buyer": with_real(CAR_BUYER, line),
        "seller": with_real(CAR_SELLER, constant),
    }
    [said_of_real] = faults(tmp_path, **files)
    assert "any real number from 0 to 1; options are countable" in said_of_real
    cardinal = read(tmp_path, steps=5, **files).domain
    assert cardinal.issues[1].options == ("0", "0.25", "0.5", "0.75", "1")
    assert cardinal.parties[0].values[1] == (0.25, 0.375, 0.5, 0.625, 0.75)
    assert cardinal.parties[1].values[1] == (0.4,) * 5


DOMAIN_FAULTS = {
    "no issue": ("<issue", "<question", "holds no issue"),
    "no name": (' name="Colour"', "", "domain.xml:4:7: error: issue 1: an issue without a name"),
    "no index": ('<issue index="1"', "<issue", "issue Colour: the index is missing"),
    "an odd index": ('<issue index="1"', '<issue index="one"', "domain.xml:4:14: error: issue Colour: the index 'one'"),
    "an index twice": ('<issue index="2"', '<issue index="1"', "the index 1 stands here twice; Colour has it already"),
    "a name twice": ('name="Price"', 'name="Colour"', "domain.xml:10:24: error: issue Colour: a second issue"),
    "an item without value": ('value="Weiß"', 'worth="Weiß"', "issue Colour: an item without a value"),
    "a strange kind": ('type="integer" etype="integer"', 'type="fuzzy"', "fuzzy is no kind of issue"),
    "no bound": (' upperbound="5"', "", "issue Warranty (years): upperbound is missing"),
    "bounds upside down": ('lowerbound="1"', 'lowerbound="6"', "the range from 6 to 5 holds fewer than two numbers"),
    "a bound that is no number": ('lowerbound="1"', 'lowerbound="1_0"', "expected a number, found '1_0'"),
    "a bound between numbers": ('lowerbound="1"', 'lowerbound="1.5"', "lowerbound: 1.5 is not a whole number"),
    "a bound out of reach": ('lowerbound="1"', 'lowerbound="-1e300"', "lowerbound: -1e+300 is out of reach"),
}


@pytest.mark.parametrize(("old", "new", "said"), DOMAIN_FAULTS.values(), ids=DOMAIN_FAULTS)
def test_faults_of_domains(tmp_path: Path, old: str, new: str, said: str) -> None:
    domain = CAR_DOMAIN.replace(old, new) if old == "<issue" else changed(CAR_DOMAIN, old, new)
    domain = domain.replace("</issue>", "</question>") if old == "<issue" else domain
    assert any(said in line for line in faults(tmp_path, domain=domain)), faults(tmp_path, domain=domain)


def test_one_option_leaves_nothing_to_decide(tmp_path: Path) -> None:
    alone = CAR_DOMAIN.replace('        <item index="2" value="Weiß"/>\n        <item index="3" value="none"/>\n', "")
    assert faults(tmp_path, domain=alone) == ["domain.xml:4:7: error: issue Colour: one item: nothing to decide"]


PROFILE_FAULTS = {
    "no evaluation": (' evaluation="4"', "", "buyer.xml:8:7: error: issue Colour: no evaluation of Weiß"),
    "evaluation null": ('evaluation="4"', 'evaluation="null"', "issue Colour: no evaluation of Weiß"),
    "a negative evaluation": ('evaluation="4"', 'evaluation="-4"', "issue Colour: Weiß: the evaluation -4 is negative"),
    "an evaluation that is no number": ('evaluation="4"', 'evaluation="nan"', "expected a number, found 'nan'"),
    "a comma": (
        'evaluation="4"',
        'evaluation="4,5"',
        "buyer.xml:8:36: error: issue Colour: Weiß: evaluation: expected",
    ),
    "an evaluation beyond numbers": ('evaluation="4"', 'evaluation="1e999"', "a number too large to be one"),
    "an item less": (
        '      <item index="2" value="Weiß" evaluation="4"/>\n',
        "",
        "buyer.xml:6:5: error: issue Colour: no evaluation of Weiß",
    ),
    "an item more": ('value="Weiß"', 'value="Blau"', "issue Colour: the domain has no option Blau"),
    "a weight less": ('    <weight index="2" value="0.3"/>\n', "", "issue Warranty (years): has no weight (index 2)"),
    "a weight more": ('<weight index="2"', '<weight index="7"', "weight: there is no issue with index 7"),
    "a weight twice": ('<weight index="2"', '<weight index="1"', "weight of Colour: a second weight of this issue"),
    "a negative weight": (
        'value="0.3"',
        'value="-0.3"',
        "buyer.xml:4:23: error: weight of Warranty (years): the weight",
    ),
    "a weight that is no number": ('value="0.3"', 'value="much"', "expected a number, found 'much'"),
    "no evaluator": ('<evaluator ftype="linear" offset="0" slope="0.25"/>', "", "Warranty (years): has no evaluator"),
    "a strange evaluator": ('ftype="linear"', 'ftype="sine"', "an evaluator of ftype sine is not read"),
    "an evaluator without slope": (' slope="0.25"', "", "evaluator: slope is missing"),
    "another range": ('upperbound="5"', 'upperbound="6"', "from 1 to 6; in the domain 1 to 5"),
    "an item twice, worth something else": (
        '<item index="2" value="Weiß" evaluation="4"/>',
        '<item index="2" value="none" evaluation="4"/><item index="3" value="none" evaluation="4.0"/>',
        "buyer.xml:9:23: error: issue Colour: a second item none, with another evaluation",
    ),
    "another name": (
        'name="Colour"',
        'name="Color"',
        "index 1 is Color (discrete); in the domain it is Colour (discrete)",
    ),
    "another kind": (
        ' type="discrete" etype="discrete">\n      <item index="1" value="Racing',
        ' type="integer" lowerbound="1" upperbound="3">\n      <item index="1" value="Racing',
        "index 1 is Colour (integer); in the domain it is Colour (discrete)",
    ),
    "an issue less": ('<issue index="3"', '<issue index="4"', "issue Price (index 3) of the domain is missing"),
    "not additive": ('<utility_space type="linear">', '<utility_space type="nonlinear">', "a nonlinear utility"),
    "of another type, with what is not known": (
        '<utility_space type="linear">',
        '<utility_space type="any"><hyperbox/>',
        "utility_space: a utility that is not a sum over issues is not read",
    ),
    "hypervolumes": ("</utility_space>", "<ufun/></utility_space>", "profile: a nonlinear utility, no sum"),
    "a reservation out of reach": ('value="0.45"', 'value="45"', "reservation: a reservation value of 45"),
    "a reservation that is no number": ('value="0.45"', 'value=""', "reservation: value: expected a number, found ''"),
}


@pytest.mark.parametrize(("old", "new", "said"), PROFILE_FAULTS.values(), ids=PROFILE_FAULTS)
def test_faults_of_profiles(tmp_path: Path, old: str, new: str, said: str) -> None:
    found = faults(tmp_path, buyer=changed(CAR_BUYER, old, new))
    assert any(said in line for line in found), found


def test_a_fault_beside_a_discount_factor_is_a_complaint(tmp_path: Path) -> None:
    """What a factor takes of the best package is asked only where there is one."""
    discounted = CAR_BUYER.replace("</objective>", '</objective><discount_factor value="0.9"/>')
    first, *_ = faults(tmp_path, buyer=changed(discounted, '<issue index="1"', '<issue index="9"'))
    assert first == "buyer.xml:1:1: error: profile: issue Colour (index 1) of the domain is missing"


def test_weights_whose_sum_is_no_number(tmp_path: Path) -> None:
    huge = changed(changed(CAR_BUYER, 'value="0.2"', 'value="1.7e308"'), 'value="0.3"', 'value="1.7e308"')
    assert faults(tmp_path, buyer=huge) == [
        "buyer.xml:3:5: error: weights: they sum to more than a number can be",
    ]


def test_a_narrow_range_of_real_numbers_has_no_option_twice(tmp_path: Path) -> None:
    """Twelve digits do not tell the inner ones apart."""
    line = '<evaluator ftype="constant" parameter0="1"/>'
    issue = '<issue index="1" name="R" type="real"><range lowerbound="1000" upperbound="1000.000000001"/>{}</issue>'
    inside = f'<objective index="0">{issue.format(line)}<weight index="1" value="1"/></objective>'
    text = f"<utility_space>{inside}</utility_space>"
    [path] = write(tmp_path, {"p.xml": text})
    options = read_files([path], 5).domain.issues[0].options
    assert len(set(options)) == 5
    assert list(map(float, options)) == sorted(map(float, options))


def test_weights_that_sum_to_nothing(tmp_path: Path) -> None:
    nothing = CAR_BUYER
    for weight in ("0.2", "0.3", "0.5"):
        nothing = changed(nothing, f'value="{weight}"', 'value="0"')
    assert faults(tmp_path, buyer=nothing) == [
        "buyer.xml:1:1: error: profile: the weights sum to 0: nothing is worth anything"
    ]
    # in a second file too, whatever is wrong with the first
    short = changed(CAR_SELLER, 'value="0.6"', 'value="-0.6"')
    assert len(faults(tmp_path / "two", seller=nothing, buyer=short)) == 2
    bare = "\n".join(line for line in CAR_BUYER.splitlines() if "<weight" not in line)
    assert faults(tmp_path, buyer=bare) == ["buyer.xml:1:1: error: profile: has no weights"]


def test_faults_of_several_files_are_told_together(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        buyer=changed(CAR_BUYER, 'value="0.2"', 'value="-0.2"'),
        seller=changed(CAR_SELLER, 'value="0.6"', 'value="-0.6"'),
    )
    assert [line.split(":")[0] for line in found] == ["buyer.xml", "seller.xml"]


def test_a_crowd_of_faults_is_cut_short(tmp_path: Path) -> None:
    issue = '<issue index="{0}" name="i{0}"/>'
    many = "<negotiation_template><utility_space>{}</utility_space></negotiation_template>"
    found = faults(tmp_path, domain=many.format("".join(issue.format(k) for k in range(120))))
    assert len(found) == 50


def test_crowds_of_issues_and_options_are_refused(tmp_path: Path) -> None:
    items = "".join(f'<item index="{k}" value="v{k}"/>' for k in range(2001))
    crowd = CAR_DOMAIN.replace('<item index="1" value="Racing green"/>', items)
    assert any("2003 items; up to 2000 are read" in line for line in faults(tmp_path, domain=crowd))
    issue = '<issue index="{0}" name="i{0}"><item value="a"/><item value="b"/></issue>'
    many = "<negotiation_template><utility_space><objective>{}</objective></utility_space></negotiation_template>"
    domain = many.format("".join(issue.format(k) for k in range(201)))
    assert any("201 issues; up to 200 are read" in line for line in faults(tmp_path, domain=domain))
    wide = '<issue index="{0}" name="i{0}">' + items + "</issue>"
    wide = wide.replace('<item index="2000" value="v2000"/>', "")
    full = many.format("".join(wide.format(k) for k in range(10)) + issue.format(10))
    assert any("more than 20000 options in all issues" in line for line in faults(tmp_path, domain=full))
