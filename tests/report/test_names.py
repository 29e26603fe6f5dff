"""What readers see are names: labels of the files, else ids as words; parties with the article English wants."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sim
from sim.files.complaints import Complaints
from sim.results.result import Result
from sim.scenario.labels import Labels, capital, labels_of, possessive, spoken, together
from tests import small

OPTION = "      armed: Send troops.\n"


def test_the_default_is_the_id_as_words(tmp_path: Path) -> None:
    named = sim.run(small.write(tmp_path), draws=20).labels
    assert named.issue("status") == "status"
    assert named.refusal("red", "armed_neighbour") == "'armed neighbour'"
    assert named.option("guarantee", None) == "left open"
    assert Labels().term("nato_pledge", "left_unmentioned") == "nato pledge: left unmentioned"


def test_labels_of_files_are_carried_by_the_result(tmp_path: Path) -> None:
    options = "      armed: {text: Send troops., label: troops}\n"
    changes = small.changed("domain/issues.yaml", OPTION, options)
    text = changes["domain/issues.yaml"].replace(
        "question: What must a guarantor do?", "question: What must a guarantor do?\n    label: duty"
    )
    changes = {"domain/issues.yaml": text} | small.changed(
        "domain/positions/red.yaml", "id: armed_neighbour", "id: armed_neighbour\n    label: arms next door"
    )
    changes |= small.changed("deal.yaml", "title: A small deal", "title: A small deal\nlabel: Deal")
    result = sim.run(small.write(tmp_path, changes), draws=20)
    assert result.labels.term("guarantee", "armed") == "duty: troops"
    assert result.labels.refusal("red", "armed_neighbour") == "'arms next door'"
    assert result.scenario.name == "Deal"
    # ids stay what programs read
    assert [i.option for i in result.party("red").issues][2] == "armed"
    # and a saved result needs no files to be shown by the same names
    assert Result.model_validate_json(result.to_json()).labels == result.labels


def test_results_of_before_are_read_without_labels(tmp_path: Path) -> None:
    plain = json.loads(sim.run(small.write(tmp_path), draws=20).to_json())
    del plain["labels"], plain["scenario"]["label"]
    read = Result.model_validate_json(json.dumps(plain))
    assert read.labels.issue("status") == "status"
    assert read.scenario.name == "A small deal"


@pytest.mark.parametrize(
    ("option", "fault"),
    [
        ("      armed: [Send troops.]\n", "expected one plain sentence, or a mapping with text:"),
        ("      armed: {label: troops}\n", "text"),
        ("      armed: {text: Send troops., label: ' '}\n", "expected some text"),
        ("      armed: {text: Send troops., lable: troops}\n", "lable"),
    ],
)
def test_a_faulty_option_is_told_where_it_stands(tmp_path: Path, option: str, fault: str) -> None:
    with pytest.raises(Complaints) as found:
        sim.run(small.write(tmp_path, small.changed("domain/issues.yaml", OPTION, option)), draws=20)
    [complaint] = found.value.complaints
    assert fault in complaint.what + complaint.where
    assert complaint.place.file.endswith("issues.yaml")
    assert complaint.place.line == 17


@pytest.mark.parametrize(
    ("name", "said", "whose"),
    [
        ("United States", "the United States", "the United States'"),
        ("Ukrainian public", "the Ukrainian public", "the Ukrainian public's"),
        ("Soviet Union", "the Soviet Union", "the Soviet Union's"),
        ("Parliament of Ukraine", "the Parliament of Ukraine", "the Parliament of Ukraine's"),
        ("The League", "The League", "The League's"),
        ("NATO", "NATO", "NATO's"),
        ("Russia", "Russia", "Russia's"),
        ("Cyprus", "Cyprus", "Cyprus'"),
        ("Party of Labour", "Party of Labour", "Party of Labour's"),
    ],
)
def test_names_in_sentences(name: str, said: str, whose: str) -> None:
    assert spoken(name) == said
    assert possessive(name) == whose
    assert capital(said)[0].isupper()


def test_of_several_results_the_first_label_counts() -> None:
    one = Labels(issues={"a": "A"}, options={"a": {"x": "X"}}, texts={"t": "T"})
    other = Labels(issues={"a": "other", "b": "B"}, options={"a": {"x": "other", "y": "Y"}})
    both = together([one, other])
    assert (both.issue("a"), both.issue("b")) == ("A", "B")
    assert (both.option("a", "x"), both.option("a", "y"), both.text("t")) == ("X", "Y", "T")


@pytest.mark.parametrize("path", ["scenarios/istanbul.yaml", "scenarios/austria_1955/state_treaty_1955.yaml"])
def test_shipped_labels_are_short_and_tell_options_apart(path: str) -> None:
    named = labels_of(sim.load(path).scenario.domain)
    for names in (named.issues, *named.options.values(), *named.refusals.values()):
        assert len(set(names.values())) == len(names)
        assert all(len(name) <= 40 and "_" not in name for name in names.values())
    assert all(len(name) <= 28 for names in named.options.values() for name in names.values())
