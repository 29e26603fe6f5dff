"""Names of every script in figures: a font that has the letters where there is one, else one line that says so."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from matplotlib import font_manager
from matplotlib.figure import Figure

from sim.report import figure as style
from sim.report import fonts
from tests.exchange import sim
from tests.tables import WIDE, csv_text, put


def drawn(text: str) -> Figure:
    fig = style.figure(3, 2)
    fig.add_subplot().set_title(text)
    return fig


def test_cyrillic_and_greek_need_no_other_font() -> None:
    fig = drawn("Росія, Україна, Εγγυήσεις, ğışŁ")
    assert fonts.fit(fig) == ""
    assert fig.axes[0].title.get_fontfamily() == ["sans-serif"]


def test_letters_that_no_font_has_are_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = [f for f in font_manager.fontManager.ttflist if f.name.startswith("DejaVu")]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", own)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        said = style.write(drawn("支払い 現金 支払い 分割払い"), tmp_path / "a.png")
        assert said is not None
        assert said.startswith(
            "warning: no font installed here has い, 分, 割, 払, 支 and 2 more letters, so the figure"
        )
        assert "\n" not in said
        assert style.write(drawn("支払い"), tmp_path / "a.svg") is None
    assert "支払い" in (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "sans-serif" in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_an_installed_font_that_has_them_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A font of matplotlib's own stands for one of a system: it has letters that the default lacks."""
    path = next(
        f.fname
        for f in font_manager.fontManager.ttflist
        if f.name == "STIXNonUnicode" and f.weight == 400 and f.style == "normal"
    )
    default = fonts._letters(font_manager.findfont("DejaVu Sans"))
    letter = next(c for c in sorted(fonts._letters(path) - default) if c.isprintable() or ord(c) > 0xE000)
    monkeypatch.setattr(fonts, "_NO_FONTS", ("Last Resort",))
    monkeypatch.setattr(fonts, "_lacking", lambda text: set(text.get_text()) & {letter})
    fig = drawn(f"a {letter}")
    assert fonts.fit(fig) == ""
    assert len(fig.axes[0].title.get_fontfamily()) == 2
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # of a letter that is missing
        assert style.write(fig, tmp_path / "a.png") is None


def test_a_run_draws_names_as_written_and_warns_in_one_line(tmp_path: Path) -> None:
    rows = [list(row) for row in WIDE]
    rows[0][4] = "日本"
    sim("import", put(tmp_path, "t.csv", csv_text(rows)), "--out", tmp_path / "out")
    text = tmp_path / "out/text.yaml"
    done = sim("run", text, "--no-save", "--draws", "200", "--plot", tmp_path / "a.svg")
    assert done.exit_code == 0, done.stderr
    svg = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "日本" in svg
    assert "Україна" in svg
    assert "Glyph" not in done.stderr
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        done = sim("run", text, "--no-save", "--draws", "200", "--plot", tmp_path / "a.png")
    assert done.exit_code == 0, done.stderr
    assert done.stderr.count("warning: no font installed here has") <= 1
    assert "Glyph" not in done.stderr
