"""The recipes of sim/README.md for SALib and EMA Workbench, run as they stand there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

README = Path(__file__).parents[2] / "sim" / "README.md"


def recipes(library: str) -> list[str]:
    """The blocks of code below the heading that are about a library."""
    text = README.read_text(encoding="utf-8")
    section = text[text.index("### With SALib and EMA Workbench") : text.index("### What goes wrong")]
    return [block for block in re.findall(r"```python\n(.*?)```", section, re.DOTALL) if library in block]


def test_salib(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("SALib")
    monkeypatch.chdir(README.parents[1])
    [recipe] = recipes("SALib")
    names: dict[str, Any] = {}
    exec(recipe, names)
    assert "us.no_deal.cost" in capsys.readouterr().out
    table, indices = names["table"], names["indices"]
    assert table.values.shape == (len(names["samples"]), 2)
    assert np.isfinite(table.values).all()
    # one party's cost is added to its own gain alone, draw by draw
    np.testing.assert_allclose(table["gain.us"] - names["samples"][:, 2], table["gain.us"][0] - names["samples"][0, 2])
    assert indices["ST"].argmax() == 2
    assert indices["ST"][1] == 0


def test_ema_workbench(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ema_workbench", minversion="3.0")
    monkeypatch.chdir(README.parents[1])
    whole, single = recipes("ema_workbench")
    names: dict[str, Any] = {}
    exec(whole, names)
    assert "joint" in capsys.readouterr().out
    together, design = names["outcomes"]["joint"], names["design"].samples
    exec(single, names)
    assert names["outcomes"]["joint"].tolist() == together[:3].tolist()
    assert names["experiments"][list(names["paths"])].to_numpy().tolist() == design[:3].tolist()
