"""Columns as a pandas table, where pandas is installed; nothing else imports it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas


def frame(columns: Mapping[str, Any], index: str | None = None) -> pandas.DataFrame:
    """A table with these columns, all of one length; ``index`` names its numbered rows.

    Raises ImportError, in one line, where pandas is not installed.
    """
    try:
        import pandas
    except ImportError:
        raise ImportError("to_frame needs pandas: pip install pandas") from None
    return pandas.DataFrame(dict(columns)).rename_axis(index)
