"""Sentences about whole domains: several of them side by side, one without sources, one without articles."""

from __future__ import annotations

from collections.abc import Sequence

#: Said once, in place of what the evidence settles and of what other filler would give, where there are no sources.
UNSOURCED = "Nothing in this domain is sourced: this is arithmetic on the figures given, not a reading of evidence."
#: Said first where only articles count and there are none.
NO_ARTICLES = "No source of this domain is an article, so all that rests on sources counts as assumed."
#: What shares are, in place of the usual caveat, for a domain without sources.
UNSOURCED_CAVEAT = "Shares count draws that agree with the figures given, not chances that events will happen."
#: In a cell of a table, for the same.
NO_SOURCES = "no sources"


def no_agreement(outcomes: Sequence[str]) -> str | None:
    """Said once where packages that say no more than no deal are left out; None where none was."""
    if not outcomes:
        return None
    names = ", ".join(f"'{name.replace('_', ' ')}'" for name in outcomes)
    what = f"outcome{'s' if len(outcomes) > 1 else ''} {names}"
    return f"Left out, since it is no agreement: what says no more than no deal ({what})."


def several_domains(titles: Sequence[str]) -> str | None:
    """A warning where texts are not about the same thing; None for one domain. ``titles`` may repeat."""
    names = list(dict.fromkeys(titles))
    if len(names) < 2:
        return None
    return (
        f"Different domains ({'; '.join(names)}): the proposals answer different questions and are not ranked; their "
        "figures stand side by side and no more, and a party of the same name is read from other sources."
    )
