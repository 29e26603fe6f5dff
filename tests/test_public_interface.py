"""What ``import sim`` gives: every name says what it takes and what goes wrong, and shows a call that runs."""

from __future__ import annotations

import doctest
import inspect
import re
import subprocess
import sys

import pytest

import sim
from sim.scenario import negotiation_edits
from sim.scenario.negotiation_schema import PROTOCOLS, TACTICS, NegotiationSettings
from tests import reference
from tests.engine.test_examples import MODULES

NAMES = [name for name in sim.__all__ if name != "__version__"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_has_an_example(name: str) -> None:
    """That it runs is seen by tests/engine/test_examples.py, where its module is."""
    thing = getattr(sim, name)
    assert doctest.DocTestParser().get_examples(inspect.getdoc(thing) or ""), f"sim.{name} has no example"
    assert thing.__module__ in MODULES


@pytest.mark.parametrize("name", NAMES)
def test_parameters_and_errors_of_a_name_are_told(name: str) -> None:
    thing = getattr(sim, name)
    text = inspect.getdoc(thing) or ""
    if inspect.isclass(thing):
        return
    parameters = set(inspect.signature(thing).parameters)
    assert set(re.findall(r"^    (\w+): ", _section(text, "Args"), re.MULTILINE)) == parameters
    assert re.match(r"    \w+: ", _section(text, "Raises"))
    assert _section(text, "Returns")


def _section(text: str, title: str) -> str:
    """What stands in a docstring below a title, up to the next one."""
    [section] = re.findall(rf"^{title}:\n((?:    .*\n?|\n)+)", text, re.MULTILINE)
    return section


# --- lists in docstrings ------------------------------------------------------------------------


def _listed(thing: object) -> dict[str, str]:
    """The items of the lists in a docstring, by what begins each."""
    text = " ".join((inspect.getdoc(thing) or "").partition("\nArgs:\n")[0].split())
    items = re.split(r" \* ``", text)[1:]
    return {item.partition("``")[0]: item.partition("``")[2] for item in items}


def test_tactics_that_are_built_in_are_told_with_their_parameters() -> None:
    listed = _listed(sim.tactic)
    assert sorted(listed) == sorted(TACTICS.built_in)
    for name, words in listed.items():
        setting = TACTICS[name].setting
        if setting is None:
            assert "``" not in words
        else:
            low, high = setting.default
            default = f"{low:g}" if low == high else f"{low:g} to {high:g}"
            assert re.search(rf"``{setting.key}``, {setting.low:g} to {setting.high:g}, {default}[;.]", words)


def test_protocols_that_are_built_in_are_told_with_what_they_read() -> None:
    listed = {name: words for name, words in _listed(sim.protocol).items() if not name.startswith("negotiation.")}
    assert sorted(listed) == sorted(PROTOCOLS.built_in)
    for name, words in listed.items():
        keys = words.partition(";")[2].partition(". Edits")[0]
        assert sorted(re.findall(r"``(\w+)``", keys)) == sorted(PROTOCOLS[name].uses)


def test_paths_of_talks_are_told_and_can_be_set() -> None:
    listed = {path: words for path, words in _listed(sim.protocol).items() if path.startswith("negotiation.")}
    keys = {re.split(r"[.=]", path)[1] for path in listed}
    assert keys == {*negotiation_edits.KEYS}
    within = {re.split(r"[.=]", path)[2] for path in listed if ".candidates." in path}
    assert within == {*negotiation_edits.CANDIDATES}
    texts = " ".join(listed.values())
    paths = [*listed, *re.findall(r"``(negotiation\.[^`]*=[^`]*)``", texts)]
    paths += [f"negotiation.tactics.us={tactic}" for tactic in re.findall(r"``(\{tactic[^`]*)``", texts)]
    assert len(paths) == len(listed) + 2
    loaded = sim.load("istanbul", draws=1)
    for path in paths:
        key = re.split(r"[.=]", path)[1]
        protocol = next((name for name in PROTOCOLS.built_in if key in PROTOCOLS[name].uses), None)
        edited = loaded.with_([path], protocol=protocol)
        assert edited.sha256 != loaded.with_(protocol=protocol).sha256, path


def test_what_stands_there_without_being_set_is_told() -> None:
    told = {path.split("=")[0]: re.match(r" \(`*([^)`]*)", words) for path, words in _listed(sim.protocol).items()}
    block = NegotiationSettings()
    usual = {"protocol": block.protocol, "rounds": str(block.rounds), "first_mover": block.first_mover}
    usual |= {"candidates.changes": str(block.candidates.changes), "temperature": f"{block.temperature.low:g}"}
    for key, words in usual.items():
        found = told[f"negotiation.{key}"]
        assert found is not None
        assert found[1] == words


def test_every_option_is_told() -> None:
    items = re.findall(r"^    (\w+): ", _section(inspect.getdoc(sim.Options) or "", "Attributes"), re.MULTILINE)
    assert sorted(items) == sorted(sim.Options.__annotations__)


def test_every_public_name_is_imported_from_where_it_is_defined() -> None:
    assert all(getattr(sim, name).__module__ == sim._HOME[name] for name in NAMES)
    assert sorted(sim.__all__) == sorted([*sim._HOME, "__version__"])


def test_a_name_that_there_is_not_is_met_with_the_nearest() -> None:
    """And what that takes is imported only then; a traceback does not say it a second time."""
    with pytest.raises(AttributeError, match=r"^module 'sim' has no attribute 'evalute'; did you mean evaluate\?$"):
        sim.evalute  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AttributeError, match=r"^module 'sim' has no attribute '\w+'$"):
        sim.xyzzy  # type: ignore[attr-defined]  # noqa: B018
    code = "import sim, sys; assert not hasattr(sim, '__wrapped__'); print('difflib' in sys.modules); sim.evalute"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "False\n"
    assert done.stderr.endswith("has no attribute 'evalute'; did you mean evaluate?\n")


def test_the_reference_is_made_of_these_docstrings() -> None:
    assert sorted(name for names in reference.GROUPS.values() for name in names) == sorted(NAMES)
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page(), "python -m tests.reference --write"
