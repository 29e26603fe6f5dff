"""What a run says of options that files do not place: read like another by ``like``, or not spoken of at all."""

from __future__ import annotations

from sim.results.records import Result
from sim.scenario.option_checks import NOTHING_SAYS, ONE


def like_notes(result: Result) -> list[str]:
    """Which terms of the text are read as another option is, since no file says more of them."""
    terms = {i.issue: i.option for p in result.parties[:1] for i in p.issues}
    names = result.labels
    return [
        f"'{names.option(issue, option)}' ({names.issue(issue)}) is read as '{names.option(issue, likes[option])}' is, "
        "where nothing says otherwise (like); what it takes over counts as assumed."
        for issue, likes in result.likes.items()
        if (option := terms.get(issue)) is not None and option in likes
    ]


def unplaced_notes(result: Result) -> list[str]:
    """Parties whose files say nothing of a term, though their lines bear on its neighbours."""
    names = result.labels
    return [
        f"Nothing says what {result.called(x.party)} makes of '{names.option(x.issue, x.option)}' "
        f"({names.issue(x.issue)}): {x.lines} there {'bears' if x.lines in ONE else 'bear'} on other options. "
        "On the evidence it may be worth anything to it; here it is drawn."
        for x in result.unplaced
    ]


def tells_unplaced(warning: str, result: Result) -> bool:
    """Whether a warning is of the file and the terms that :func:`unplaced_notes` tells by name."""
    return any(f": {x.party}: {NOTHING_SAYS} " in warning for x in result.unplaced)
