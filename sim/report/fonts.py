"""Fonts for names of every script: matplotlib's own has Latin, Greek and Cyrillic letters, but few others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Fonts that hold a picture of each script in place of its letters, or mathematics alone.
_NO_FONTS = ("Last Resort", "STIX", "cm", "DejaVu Sans Display")
#: Words in the names of fonts with many scripts; these are tried first.
_LIKELY = ("cjk", "noto sans", "unicode", "gothic", "hei", "sans", "yu", "malgun")


def fit(fig: Figure) -> str:
    """Give each text of a figure a font that has its letters, where one is installed.

    Returns the letters, each once and in order, that no font here has.
    """
    from matplotlib.text import Text

    texts = [t for t in fig.findobj(Text) if isinstance(t, Text) and not t.get_text().isascii()]
    lacking = {text: _lacking(text) for text in texts}
    wanted = set().union(*lacking.values()) if lacking else set()
    if not wanted:
        return ""
    fonts, rest = _covering(wanted)
    for text, letters in lacking.items():
        if letters and fonts:
            text.set_fontfamily([*text.get_fontfamily(), *fonts])
    return "".join(sorted(rest))


def warning(letters: str) -> str:
    """One line on letters that a figure shows as boxes."""
    some = ", ".join(letters[:5])
    more = f" and {len(letters) - 5} more letters" if len(letters) > 5 else ""
    return (
        f"warning: no font installed here has {some}{more}, so the figure shows boxes for them; install one that has, "
        f"Noto Sans CJK for instance, or draw a .svg, which is shown in the reader's fonts"
    )


def _lacking(text: object) -> set[str]:
    """Letters of a text that its font does not have."""
    from matplotlib.font_manager import findfont
    from matplotlib.text import Text

    assert isinstance(text, Text)
    letters = {c for c in text.get_text() if c.isprintable() and not c.isspace()}
    return letters - _letters(findfont(text.get_fontproperties()))


def _letters(path: str) -> set[str]:
    from matplotlib.ft2font import FT2Font

    try:
        return {chr(code) for code in FT2Font(path).get_charmap()}
    except (OSError, RuntimeError, ValueError):  # no font that can be read
        return set()


def _covering(wanted: set[str]) -> tuple[list[str], set[str]]:
    """Names of installed fonts that between them have most of the letters, and the letters that none has."""
    from matplotlib.font_manager import fontManager

    upright = [f for f in fontManager.ttflist if f.style == "normal" and not f.name.startswith(_NO_FONTS)]
    # Of a name's weights the regular one, which text of a figure takes, comes last and stays.
    upright.sort(key=lambda f: -abs(f.weight - 400) if isinstance(f.weight, int) else -1000)
    known = {f.name: f.fname for f in upright}
    rest, out = set(wanted), []
    for name in sorted(known, key=lambda n: (not any(word in n.lower() for word in _LIKELY), n)):
        if has := rest & _letters(known[name]):
            out.append(name)
            rest -= has
        if not rest:
            break
    return out, rest
