"""What ``import sim`` gives: every name says what it takes and what goes wrong, and shows a call that runs."""

from __future__ import annotations

import doctest
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from tests import reference

ROOT = Path(__file__).parent.parent
NAMES = [name for name in sim.__all__ if name != "__version__"]


@pytest.mark.parametrize("name", NAMES)
def test_the_example_of_a_name_runs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    text = inspect.getdoc(getattr(sim, name)) or ""
    example = doctest.DocTestParser().get_doctest(text, {}, name, None, None)
    assert example.examples, f"sim.{name} has no example"
    assert doctest.DocTestRunner().run(example).failed == 0


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
